"""How the ratings were made: standards, bands and rules, what is assumed, and where to read further."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from attrs import evolve

from ctm_rules.languages.languages import Text
from ctm_rules.model.bands import Band, ranges_of
from ctm_rules.model.framework import RATINGS, KeyQuestion, PlacedBands
from ctm_rules.model.rating_rules import RatingRule, SumInBands
from ctm_rules.model.rules_in_words import say_points, say_rating_rule
from ctm_rules.phrases import say_count, say_number
from ctm_rules.rating.results import AssumedElements, assumed_elements
from ctm_rules.rating.shares import say_percent
from ctm_rules.report.blocks import Bullets, Finding, Findings
from ctm_rules.report.inspection_page import InspectionPage


def write_method(page: InspectionPage) -> None:
    """Write how the ratings were made."""
    framework = page.framework
    page.heading(2, page.say("method"), "method")
    edition = {"title": framework.title, "publisher": framework.publisher, "edition": framework.edition}
    page.paragraph(page.say("method_standards", **edition))
    if page.declared.framework.because:
        page.paragraph(page.say("method_because", because=page.declared.framework.because))
    if framework.placed_bands:
        page.paragraph(page.say("method_cases"))
    with page.folded(page.say("method_folded")):
        _limits_and_rules(page)
    ran = {"framework": framework.id, "edition": framework.edition, "engine": page.rating.engine}
    ran |= page.material.result.inspection.framework_identity
    page.paragraph(page.say("method_checksum", **ran), "note")


def _limits_and_rules(page: InspectionPage) -> None:
    """Write every limit between ratings, the rules that are no limits, and how figures are protected."""
    framework = page.framework
    for placed in framework.placed_bands:
        _bands_of_questions(page, placed)
    for path, question in framework.every_question.items():
        _bands_of_points(page, path, question)
    for number, result in enumerate(page.rating.domains, start=1):
        title = page.domain_title(number, result)
        caption = page.say("bands_domain", domain=title, out_of=result.out_of or "–")
        caption = page.marked(caption, page.origins.of_limits("domains"))
        rule, scale = framework.rule_of_domain(result.domain), result.domain.scale
        _rating_rule(page, f"bands-{result.domain.id}", title, caption, rule, scale)
    caption = page.say("bands_overall", out_of=page.rating.out_of or "–")
    caption = page.marked(caption, page.origins.of_limits("overall"))
    _rating_rule(page, "bands-overall", page.say("overall_rating"), caption, framework.overall, RATINGS)
    for path, question in framework.every_question.items():
        if question.borrowed is not None:
            page.paragraph(page.english(f"{question.ask} ({path}) is taken from {question.borrowed}."), "note")
    if framework.placed_bands or framework.measures:
        _method_of_figures(page)


def _bands_of_questions(page: InspectionPage, placed: PlacedBands) -> None:
    """Write how key questions are rated; where one has bands of its own, its question stands first."""
    declared, caption, anchor = placed.bands, page.say("bands_key_questions"), "bands-key-questions"
    if declared is not page.framework.key_question_bands:
        path = placed.questions[0]
        caption, anchor = page.asked(path), f"{anchor}-{path}"
        page.paragraph(caption, "note")
    elif placed is not page.framework.placed_bands[0]:
        anchor = f"{anchor}-{placed.scale}"
    if declared.is_rating:
        page.paragraph(page.say("method_share", decided=page.say(f"decided_on_{declared.decided_on}")))
    page.paragraph(page.say(f"undetermined_{declared.undetermined}"))
    if declared.bands:
        caption = page.marked(caption, page.origins.of_limits("standards"))
        _bands_table(page, anchor, caption, declared.bands, say_percent, placed.scale)


def _bands_of_points(page: InspectionPage, path: str, question: KeyQuestion) -> None:
    """Write how the points of a key question are made, and which value gets which rating."""
    said = say_points(question, page.framework)
    if not said:
        return
    caption = page.asked(path)
    page.paragraph(Text(f"{caption}:", caption.language))
    page.blocks.append(Bullets(tuple(map(page.english, said))))
    declared = page.framework.points_of(path)
    if declared is not None and declared.bands:
        _bands_table(page, f"bands-points-{path}", caption, declared.bands, scale=question.scale)


def _rating_rule(
    page: InspectionPage, name: str, what: Text, caption: Text, rule: RatingRule | None, scale: str
) -> None:
    """Write how a rating is made: as a table of bands where it is a sum, else in words."""
    if rule is None:
        return
    is_sum = isinstance(rule, SumInBands) and rule.value == "sum" and not rule.weights
    if isinstance(rule, SumInBands):
        _bands_table(page, name, caption if is_sum else evolve(what, mark=caption.mark), rule.bands, scale=scale)
    if not is_sum or rule.then:
        said = say_rating_rule(rule, page.framework, scale)[1 if is_sum else 0 :]
        page.paragraph(Text(f"{what}:", what.language))
        page.blocks.append(Bullets(tuple(map(page.english, said))))


def _method_of_figures(page: InspectionPage) -> None:
    is_whole_known = page.declared.population is not None
    page.paragraph(page.say("method_interval_population" if is_whole_known else "method_interval"))
    largest = page.framework.disclosure.smallest_count - 1
    if largest > 0:
        page.paragraph(page.say("method_disclosure", largest=largest, hidden=page.say("hidden")))
        smallest = page.framework.disclosure.smallest_group
        if smallest > 1:
            page.paragraph(page.say("method_disclosure_everybody", smallest=smallest, hidden=page.say("hidden")))
        if page.declared.published:
            page.paragraph(page.say("method_published"))
    page.paragraph(page.say("method_words"))


def _bands_table(
    page: InspectionPage,
    anchor: str,
    caption: Text,
    bands: Sequence[Band],
    said: Callable[[Fraction], str] = say_number,
    scale: str = RATINGS,
) -> None:
    rows = [
        (
            page.label_of(page.framework.rating_on(scale, band.rating)),
            _bound(page, band, said),
        )
        for band in bands
    ]
    page.table(anchor, caption, [page.say("rating"), page.say("band")], rows, [1])


def _bound(page: InspectionPage, band: Band, said: Callable[[Fraction], str]) -> Text:
    """Return which values get the rating of a band."""
    for key, bound in band.bounds.items():
        return page.say("from_upwards" if key == "from" else f"bound_{key}", value=said(bound))
    return page.say("everything_else")


def write_assumptions(page: InspectionPage) -> None:
    """Write what the ratings rest on that the source does not print."""
    assumed = assumed_elements(page.framework)
    if assumed:
        page.heading(2, page.say("assumptions"), "assumptions")
        page.paragraph(page.say("assumptions_intro"))
        page.blocks.append(Bullets(tuple(_assumption(page, each) for each in assumed)))


def _assumption(page: InspectionPage, assumed: AssumedElements) -> Text:
    """Return what is assumed as a sentence that says what stands in its place."""
    framework = page.framework
    match assumed.kind, assumed.key:
        case "framework", "in_force_from":
            return page.say("assumed_in_force_from", date=page.language.date(framework.in_force_from))
        case "framework", "key_question_bands" if framework.key_question_bands is not None:
            bands = framework.key_question_bands.bands
            if not bands:
                return page.say("assumed_shares")
            return page.say("assumed_bands", limits=_limits(page, bands, say_percent))
        case "framework", "domain_rating":
            return page.say("assumed_domain_rating")
        case "framework", "overall" if isinstance(framework.overall, SumInBands):
            return page.say("assumed_overall", limits=_limits(page, framework.overall.bands, say_number))
        case "framework", "panel":
            return page.say("assumed_panel")
        case "framework", "disclosure":
            shown = framework.disclosure
            return page.say("assumed_disclosure", smallest=shown.smallest_count, group=shown.smallest_group)
        case "key question", "yes_when":
            return page.say("assumed_yes_when", questions=page.counted("key_question", assumed.number))
        case "variant rule", _:
            return page.say("assumed_variant_rule", rules=page.counted("variant_rule", assumed.number))
    elements = page.english(say_count(assumed.number, assumed.kind))
    return page.say("assumed_other", what=page.english(assumed.key.replace("_", " ")), elements=elements)


def _limits(page: InspectionPage, bands: Sequence[Band], said: Callable[[Fraction], str]) -> Text:
    """Return the limits between bands, the highest first, in a phrase."""
    return page.listed([page.plain(said(each.lowest)) for each in ranges_of(bands)[:-1]])


ACCESSIBLE = ("rules", "screens", "colours", "pictures", "print", "languages", "pdf", "word")
"""What tests check of a report that is made with the templates that come along; each has a sentence and a test."""


def write_accessibility(page: InspectionPage, *, is_own: bool) -> None:
    """Write what is known of how far the report can be used by everybody; ``is_own`` says that its templates are."""
    page.heading(2, page.say("accessibility"), "accessibility")
    if is_own:
        page.paragraph(page.say("accessibility_own_templates"))
    else:
        page.paragraph(page.say("accessibility_intro"), "intro")
        page.blocks.append(Bullets(tuple(page.say(f"accessible_{each}") for each in ACCESSIBLE)))
        page.paragraph(page.say("accessibility_limits"))
    published_by = page.declared.published_by
    if published_by is not None and published_by.contact:
        page.paragraph(page.say("accessibility_contact", contact=page.named(published_by.contact)))


def write_further(page: InspectionPage) -> None:
    """Write where to read further, who led the inspection, and how to reach who publishes the report."""
    declared, source = page.declared, page.declared.source
    page.heading(2, page.say("further"), "further-information")
    page.paragraph(page.say("further_annexe"))
    if source is not None:
        parts = [part for part in (source.title, source.section, source.url, source.licence) if part]
        page.paragraph(page.say("further_source", source="; ".join(parts)))
    if declared.lead_inspector:
        page.paragraph(page.say("lead_inspector", inspector=page.named(declared.lead_inspector)))
    if declared.thanks:
        page.paragraph(page.written(declared.thanks))
    if page.language.code in declared.translations_read_by:
        who = declared.translations_read_by[page.language.code]
        page.paragraph(page.say("translation_read_by", who=who))
    published_by = declared.published_by
    if published_by is not None and published_by.contact:
        page.paragraph(page.say("contact", contact=page.named(published_by.contact)))
    if published_by is not None and published_by.licence:
        page.paragraph(page.say("licence", licence=page.named(published_by.licence)))
    if declared.glossary:
        page.heading(2, page.say("glossary"), "glossary")
        terms = (Finding(page.written(each.meaning), page.written(each.term)) for each in declared.glossary)
        page.blocks.append(Findings(tuple(terms)))
    if declared.footnotes:
        page.heading(2, page.say("footnotes"), "footnotes")
        notes = (
            Finding(page.written(each), anchor=f"note-{at}") for at, each in enumerate(declared.footnotes, start=1)
        )
        page.blocks.append(Findings(tuple(notes), is_numbered=True))
    if declared.corrections:
        page.heading(2, page.say("corrections"), "corrections")
        said = [(page.language.date(each.date), page.written(each.text)) for each in declared.corrections]
        items = (page.say("correction", date=date, correction=text) for date, text in said)
        page.blocks.append(Bullets(tuple(items)))
