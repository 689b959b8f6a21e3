"""Every domain and standard: its rating and why, its key questions, what was found, and parts that are no standard."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from attrs import evolve

from ctm_rules.inspections.file import THEMES, Evidence, Section
from ctm_rules.inspections.next_rating import KeyQuestionGap
from ctm_rules.languages.languages import Text
from ctm_rules.model.bands import ranges_of
from ctm_rules.model.framework import Standard
from ctm_rules.model.rating_rules import TakeRating
from ctm_rules.rating.results import DomainResult, KeyQuestionResult, StandardResult
from ctm_rules.rating.shares import say_percent
from ctm_rules.report.blocks import Bullets, Finding, Findings
from ctm_rules.report.drafts import drafts_on
from ctm_rules.report.figures.disclosure import Share
from ctm_rules.report.inspection_page import InspectionPage
from ctm_rules.report.page import as_anchor
from ctm_rules.report.prompts import write_prompts
from ctm_rules.report.subjects import (
    answer_said,
    figures_beside,
    links_to,
    links_to_recommendations,
    points_said,
    subject_of,
    write_recommended,
)

PROMPTS_IN_THE_WAY = 3
"""How many of the prompts that stood in the way are named; all of them stand in the table of the key question."""


def write_domain(page: InspectionPage, number: int, result: DomainResult) -> None:
    """Write a domain with its standards."""
    page.heading(2, page.domain_title(number, result), f"domain-{result.domain.id}")
    if page.framework.rule_of_domain(result.domain) is not None:
        page.blocks.append(page.rating_of(page.say("domain_rating"), result))
        page.because(result.because)
        page.decision(result.decision)
    if result.score is not None:
        page.paragraph(page.say("domain_score", score=result.score, out_of=result.out_of))
    write_recommended(page, f"domain-{result.domain.id}")
    by_slug = {standard.standard.slug: standard for standard in page.rating.standards}
    for slug in result.domain.standards:
        _standard(page, by_slug[slug])
    for section in page.declared.sections:
        if section.within == result.domain.id:
            _section(page, section, 3)


def write_standards_outside_domains(page: InspectionPage) -> None:
    """Write the standards that are in no domain."""
    outside = page.framework.outside_domains
    if not outside:
        return
    page.heading(2, page.say("other_standards" if page.framework.domains else "standards"), "standards")
    by_slug = {standard.standard.slug: standard for standard in page.rating.standards}
    for standard in outside:
        _standard(page, by_slug[standard.slug])


def write_sections_on_the_whole(page: InspectionPage) -> None:
    """Write the parts that are about the provider as a whole."""
    for section in page.declared.sections:
        if section.within is None:
            _section(page, section, 2)


def _standard(page: InspectionPage, result: StandardResult) -> None:
    standard = result.standard
    page.heading(3, page.standard_title(standard), f"standard-{standard.slug}")
    page.paragraph(page.wording(f"{standard.slug}.statement", standard.statement), "statement")
    if page.framework.is_rated(standard):
        page.blocks.append(page.rating_of(page.say("rating"), result))
    write_recommended(page, f"standard-{standard.slug}")
    page.because(result.because)
    page.decision(result.decision)
    if standard.rated_by == "judgement":
        for elsewhere in page.material.result.inspection.rated_elsewhere:
            if elsewhere.standard == standard.slug:
                date = page.language.date(elsewhere.started)
                page.paragraph(page.say("rated_elsewhere", provider=elsewhere.provider, date=date))
                framework = f"{elsewhere.framework['id']} {elsewhere.framework['edition']}"
                checksum = elsewhere.framework["checksum"]
                page.paragraph(page.say("rated_elsewhere_by", framework=framework, checksum=checksum), "note")
        for judgement in page.declared.judgements:
            if judgement.standard == standard.slug:
                page.paragraph(page.written(judgement.rationale))
                _evidence(page, judgement.evidence, f"standard-{standard.slug}", standard)
        return
    findings = tuple(
        piece for found in page.declared.findings if found.standard == standard.slug for piece in found.evidence
    )
    _key_questions(page, result, findings)
    if not findings:
        _drafts(page, standard)


def _key_questions(page: InspectionPage, result: StandardResult, findings: Sequence[Evidence]) -> None:
    """Write how the key questions came out, why the rating is what it is, and what was found on each of them."""
    is_rated = page.framework.is_rated(result.standard)
    anchor = f"standard-{result.standard.slug}"
    of_cases = [question for question in result.key_questions if question.has_share]
    if not of_cases:
        _asked_once(page, result, is_rated=is_rated)
        _why(page, result)
        _evidence(page, findings, anchor, result.standard)
        return
    rule = page.framework.rule_of_standard(result.standard)
    is_lowest = rule is None or (isinstance(rule, TakeRating) and rule.take == "lowest" and not rule.then)
    page.paragraph(page.say("rated_by_cases" if is_lowest else "rated_by_cases_and_rule"))
    asked_of = [page.framework.sample_of(question.path) for question in of_cases]
    for sample, cases in page.rating.samples:
        if sample in asked_of:
            drawn = page.counted("case", cases)
            page.paragraph(page.say("asked_of_sample", sample=page.sample_title(sample), cases=drawn))
    _shares(page, result, of_cases, is_rated=is_rated)
    _why(page, result)
    if len(of_cases) < len(result.key_questions):
        _asked_once(page, result, is_rated=is_rated)
    left = list(findings)
    for question in of_cases:
        found = [piece for piece in left if _question_of(piece, result) == question.path]
        left = [piece for piece in left if piece not in found]
        _question(page, question, found)
    _evidence(page, left, anchor, result.standard)


def _question_of(piece: Evidence, result: StandardResult) -> str:
    """Return the address of the first key question of a standard that a piece of evidence is about (``""``: none)."""
    paths = [question.path for question in result.key_questions]
    return next((path for address in piece.about for path in paths if f"{address}.".startswith(f"{path}.")), "")


def _shares(
    page: InspectionPage, result: StandardResult, of_cases: Sequence[KeyQuestionResult], *, is_rated: bool
) -> None:
    """Set the shares of the key questions of a standard, the one that decides in bold."""
    outcomes = {page.material.share_of(question.path) for question in of_cases}
    of_one = page.say("percentage_of", outcome=page.say(f"outcome_{min(outcomes)}"))
    columns = [
        page.say("key_question"),
        of_one if len(outcomes) == 1 else page.say("percentage"),
        *([page.say("rating")] if is_rated else []),
        page.say("cases"),
        page.say("interval"),
    ]
    rows = []
    for question in of_cases:
        is_driver = question.path in result.drivers
        percent, count, interval = page.share_cells(question.path, page.share_of(question.path))
        band = [_band_words(page, question, is_driver)] if is_rated else []
        cells = (page.asked(question.path), percent, *band, count, interval)
        rows.append([evolve(cell, strong=is_driver) for cell in cells])
    caption = page.say("key_questions_caption", standard=page.standard_title(result.standard))
    numbers = [1, 3, 4] if is_rated else [1, 2, 3]
    page.table(f"key-questions-{result.standard.slug}", caption, columns, rows, numbers)


def _why(page: InspectionPage, result: StandardResult) -> None:
    """Write what a standard lacks to its next rating, and which prompts stood in the way: what decides comes first."""
    way = next((way for way in page.next_ratings if way.standard is result.standard), None)
    if way is None or way.next is None:
        return
    for of_points in way.points:
        if not page.material.hides_points(of_points.result):
            said = page.say(
                "why_next_points",
                question=page.asked(of_points.result.path),
                value=points_said(page, of_points.result),
                next=page.label_of(way.next),
                cases=page.counted("case", of_points.needed),
            )
            page.paragraph(page.marked(said, page.origins.of_cases))
    for gap in sorted(way.gaps, key=lambda gap: gap.result.path not in result.drivers):
        share = page.share_of(gap.result.path)
        if not isinstance(share, Share):
            continue
        numbers = {
            "question": page.asked(gap.result.path),
            "count": share.count,
            "among": share.among,
            "percent": say_percent(page.material.percent(gap.result.path, share)),
            "limit": _limit(page, gap),
            "cases": page.counted("case_more", gap.needed),
        }
        if gap.result.path in result.drivers:
            said = page.say("why_next", next=page.label_of(way.next), **numbers)
        else:
            said = page.say("why_next_too", **numbers)
        page.paragraph(page.marked(said, page.origins.of_cases))
        lowest = _lowest_prompts(page, gap.result)
        if lowest:
            page.paragraph(page.say("in_the_way"), "intro")
            page.blocks.append(
                Findings(tuple(Finding(page.asked(path), None, (page.figure(path),)) for path in lowest))
            )


def _limit(page: InspectionPage, gap: KeyQuestionGap) -> str:
    """Return the limit that a key question must reach, in per cent."""
    bands = page.framework.bands_of(gap.result.path)
    assert bands is not None  # it has a next rating
    return say_percent(max(each.lowest for each in ranges_of(bands.bands) if each.lowest <= gap.percent))


def _lowest_prompts(page: InspectionPage, question: KeyQuestionResult) -> list[str]:
    """Return the prompts of a key question that were yes least often, of those that may be shown and are below half."""
    paths = [f"{question.path}.{prompt.id}" for prompt in question.question.prompts]
    shares = {path: share for path in paths if isinstance(share := page.share_of(path), Share)}
    return sorted(
        (path for path, share in shares.items() if share.exact < Fraction(1, 2)), key=lambda path: shares[path].exact
    )[:PROMPTS_IN_THE_WAY]


def _question(page: InspectionPage, question: KeyQuestionResult, found: Sequence[Evidence]) -> None:
    """Write what was found on a key question, and fold away what was looked for in each case."""
    page.heading(4, page.asked(question.path), f"question-{question.path}")
    items = [
        _finding(page, piece, page.say(f"{piece.kind}_lead"), within=(f"question-{question.path}",)) for piece in found
    ]
    write_recommended(page, f"question-{question.path}", items)
    if items:
        page.blocks.append(Findings(tuple(items)))
    write_prompts(page, question.path)


def _asked_once(page: InspectionPage, result: StandardResult, *, is_rated: bool) -> None:
    """Write what was not asked of cases: what was answered once, and what people judged, with their reasons."""
    others = [question for question in result.key_questions if not question.has_share]
    _points(page, result, [question for question in others if question.question.points is not None], is_rated=is_rated)
    once = [question for question in others if question.question.points is None]
    if not once:
        return
    columns = [page.say("key_question"), page.say("answered"), *([page.say("rating")] if is_rated else [])]
    rows = []
    for question in once:
        driving = question.path in result.drivers
        band = _band_words(page, question, driving)
        cells = (page.asked(question.path), answer_said(page, question), *([band] if is_rated else []))
        rows.append([evolve(cell, strong=driving) for cell in cells])
    caption = page.say("asked_once_caption", standard=page.standard_title(result.standard))
    page.table(f"asked-once-{result.standard.slug}", caption, columns, rows, [])
    judged = {entry.key_question: entry for entry in page.declared.judgements if entry.key_question}
    for question in once:
        for reason in question.because:
            page.paragraph(page.english(f"{question.question.ask} {reason}."))
        if question.path in judged:
            page.paragraph(page.written(judged[question.path].rationale))
            _evidence(page, judged[question.path].evidence, f"question-{question.path}")


def _points(
    page: InspectionPage, result: StandardResult, questions: Sequence[KeyQuestionResult], *, is_rated: bool
) -> None:
    """Write the value of each key question that has points, over all cases together."""
    if not questions:
        return
    columns = [
        page.say("key_question"),
        page.say("points_value"),
        *([page.say("rating")] if is_rated else []),
        page.say("cases"),
    ]
    rows = []
    for question in questions:
        driving = question.path in result.drivers
        value, count = points_said(page, question), page.plain("–")
        if question.question.is_asked_of_cases:
            count = page.plain(str(question.counts.scored))
        if page.material.hides_points(question):
            count = page.say("hidden")
        band = _band_words(page, question, driving)
        cells = (page.asked(question.path), value, *([band] if is_rated else []), count)
        rows.append([evolve(cell, strong=driving) for cell in cells])
    caption = page.say("points_caption", standard=page.standard_title(result.standard))
    page.table(f"points-{result.standard.slug}", caption, columns, rows, [1, len(columns) - 1])
    page.paragraph(page.say("points_note"), "note")


def _band_words(page: InspectionPage, question: KeyQuestionResult, is_driver: bool) -> Text:
    band = page.label_of(question.rating)
    return page.marked(page.say("driver", rating=band) if is_driver else band, page.origins.of_band(question))


def _section(page: InspectionPage, section: Section, level: int) -> None:
    anchor = f"section-{section.id}"
    page.heading(level, page.written(section.title), anchor)
    write_recommended(page, anchor)
    _evidence(page, section.evidence, anchor, level=level + 1)


def _evidence(
    page: InspectionPage, evidence: Iterable[Evidence], anchor: str, standard: Standard | None = None, level: int = 4
) -> None:
    """Write strengths, areas for improvement and notes, each under its heading, with its theme in front."""
    evidence = tuple(evidence)
    themes = {theme.id: page.theme(standard, theme) for theme in standard.themes} if standard is not None else {}
    for kind in ("strength", "area_for_improvement"):
        items = [
            _finding(page, piece, themes.get(piece.theme or ""), standard, within=(anchor,))
            for piece in evidence
            if piece.kind == kind
        ]
        if items:
            page.heading(level, page.say(f"{kind}_heading"), f"{anchor}-{kind}")
            page.blocks.append(Findings(tuple(items)))
    for piece in evidence:
        if piece.kind == "note":
            page.paragraph(page.written(piece.text), "note")


def _finding(
    page: InspectionPage,
    piece: Evidence,
    lead: Text | None,
    standard: Standard | None = None,
    *,
    within: Sequence[str] = (),
) -> Finding:
    """Return a piece of evidence with its figures, and what it leads to: what else it is about, what is recommended.

    ``within`` are the anchors of where it stands, to which nothing has to lead.
    """
    subjects = [subject_of(page, address) for address in piece.about]
    here = {as_anchor(anchor) for anchor in within}
    links = links_to([each for each in subjects if not each.is_figure and each.anchor not in here])
    if piece.kind == "area_for_improvement":
        theme = {f"{standard.slug}.{THEMES}.{piece.theme}"} if standard is not None and piece.theme else set()
        answering = [
            number
            for number, each in enumerate(page.declared.recommendations, start=1)
            if {*piece.about, *theme} & set(each.about)
        ]
        links += links_to_recommendations(page, answering)
    return Finding(page.written(piece.text), lead, figures_beside(page, piece.about), links)


def _drafts(page: InspectionPage, standard: Standard) -> None:
    drafts = drafts_on(standard, page.material, page.language)
    if drafts:
        page.paragraph(page.say("drafts_note"), "draft")
    for kind in ("strength", "area_for_improvement"):
        items = tuple(draft.text for draft in drafts if draft.kind == kind)
        if items:
            page.heading(4, page.say(f"{kind}_heading"), f"standard-{standard.slug}-{kind}")
            page.blocks.append(Bullets(items))
