"""What findings and recommendations are about: what it is called, where the report tells of it, and its figure."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from ctm_rules.inspections.file import DOMAINS, FIGURES, SECTIONS, THEMES, WHOLE, Figure
from ctm_rules.languages.languages import Text
from ctm_rules.model.answers import Answer
from ctm_rules.model.framework import VARIANTS, Rating
from ctm_rules.phrases import say_number
from ctm_rules.rating.decisions import OVERALL, PanelDecision, Place
from ctm_rules.rating.results import KeyQuestionResult
from ctm_rules.rating.shares import say_to_hundredths
from ctm_rules.report.blocks import Finding, Link, Paragraph
from ctm_rules.report.inspection_page import InspectionPage
from ctm_rules.report.page import as_anchor


@frozen
class Subject:
    """What a finding or a recommendation is about.

    Attributes:
        title: what it is called.
        anchor: the heading in the report under which it is told of.
        figure: its figure, its rating or its answer (``None``: it has none).
        is_figure: whether it is a figure, and no part of the report by itself.
    """

    title: Text
    anchor: str
    figure: Text | None = None
    is_figure: bool = False


def subject_of(page: InspectionPage, address: str) -> Subject:
    """Return what stands at an address that ``about`` may name."""
    framework = page.framework
    first, _, rest = address.partition(".")
    if first in framework.standards_by_slug:
        return _in_standard(page, address)
    if address in framework.measures_by_path:
        return Subject(page.say("measures"), "measures", page.figure(address), is_figure=True)
    of = {WHOLE: _whole, DOMAINS: _domain, SECTIONS: _section, VARIANTS: _variant, FIGURES: _figure}
    return of[first](page, rest)


def figures_beside(page: InspectionPage, about: Sequence[str]) -> tuple[Text, ...]:
    """Return the figures and ratings that stand beside words about these addresses."""
    found = (subject_of(page, address).figure for address in about)
    return tuple(figure for figure in found if figure is not None)


def links_to(subjects: Sequence[Subject]) -> tuple[Link, ...]:
    """Return links to where the report tells of these, each place once."""
    return tuple({subject.anchor: Link(subject.title, f"#{subject.anchor}") for subject in subjects}.values())


def links_to_recommendations(page: InspectionPage, numbers: Sequence[int]) -> tuple[Link, ...]:
    """Return links to recommendations by their numbers."""
    return tuple(
        Link(page.say("recommendation_number", number=number), f"#recommendation-{number}") for number in numbers
    )


def write_recommended(page: InspectionPage, anchor: str, findings: Sequence[Finding] = ()) -> None:
    """Write which recommendations lead to the place at an anchor, with the way to each of them.

    What the findings below lead to themselves is not said twice.
    """
    if not page.recommended:
        for number, each in enumerate(page.declared.recommendations, start=1):
            for to in dict.fromkeys(subject_of(page, address).anchor for address in each.about):
                page.recommended.setdefault(to, []).append(number)
    numbers = page.recommended.get(as_anchor(anchor), [])
    below = {link for finding in findings for link in finding.links}
    links = tuple(link for link in links_to_recommendations(page, numbers) if link not in below)
    if links:
        page.blocks.append(Paragraph(page.say("recommended_here"), links=links))


def figure_said(page: InspectionPage, figure: Figure) -> Text:
    """Return a figure that no case table gives: a count among a number, or a value with its unit."""
    if figure.value is None:
        value = page.say("count_of", count=figure.count, among=figure.among)
    else:
        number, unit = say_number(figure.value), page.written(figure.unit)
        value = Text(f"{number} {unit}", unit.language) if figure.unit else page.plain(number)
    return page.marked(value, page.origins.of_figure(figure.id))


def points_said(page: InspectionPage, question: KeyQuestionResult) -> Text:
    """Return the value of a key question that has points: in all, on average, or per cent of what could be reached."""
    declared = page.framework.points_of(question.path)
    if question.value is None or declared is None:
        return page.plain("–")
    if page.material.hides_points(question):
        return page.say("hidden")
    return page.say(f"points_{declared.value}", value=say_to_hundredths(question.value))


def answer_said(page: InspectionPage, question: KeyQuestionResult) -> Text:
    """Return what was answered to a key question as a whole, where that was asked."""
    if question.question.rated_by == "judgement":
        return page.say("judged")
    given = [name for name, count in question.counts.by_outcome().items() if count]
    return page.say(f"outcome_{given[0]}") if given else page.plain("–")


# --- Of each level ---------------------------------------------------------------------------------


def _section(page: InspectionPage, name: str) -> Subject:
    section = next(each for each in page.declared.sections if each.id == name)
    return Subject(page.written(section.title), as_anchor(f"section-{name}"))


def _variant(page: InspectionPage, name: str) -> Subject:
    size = page.material.figures.sizes[VARIANTS][name]
    cases = page.say("hidden") if size is None else page.of_cases(page.counted("case", size))
    return Subject(page.say("background"), "background", cases, is_figure=True)


def _figure(page: InspectionPage, name: str) -> Subject:
    figure = next(each for each in page.declared.figures if each.id == name)
    return Subject(page.say("organisation_figures"), "organisation-figures", figure_said(page, figure), is_figure=True)


def _whole(page: InspectionPage, _: str) -> Subject:
    rating, title = page.rating, page.say("overall_rating")
    figure = None
    if page.framework.overall is not None:
        figure = _rated(page, title, OVERALL, rating.overall, rating.overall_decision)
    return Subject(title, "ratings", figure)


def _domain(page: InspectionPage, name: str) -> Subject:
    number, result = next(
        (number, each) for number, each in enumerate(page.rating.domains, start=1) if each.domain.id == name
    )
    figure, title = None, page.domain_title(number, result)
    if page.framework.rule_of_domain(result.domain) is not None:
        figure = _rated(page, title, ("domains", name), result.rating, result.decision)
    return Subject(title, as_anchor(f"domain-{name}"), figure)


def _in_standard(page: InspectionPage, address: str) -> Subject:
    """Return a standard, one of its themes, key questions or prompts."""
    slug, *below = address.split(".")
    result = next(each for each in page.rating.standards if each.standard.slug == slug)
    standard = result.standard
    title, anchor = page.standard_title(standard), as_anchor(f"standard-{slug}")
    if not below:
        figure = None
        if page.framework.is_rated(standard):
            figure = _rated(page, title, ("standards", slug), result.rating, result.decision)
        return Subject(title, anchor, figure)
    question = next((each for each in result.key_questions if each.path == f"{slug}.{below[0]}"), None)
    if question is None:
        theme = next(each for each in standard.themes if below == [THEMES, each.id])
        return Subject(page.say("part_of", whole=title, part=page.theme(standard, theme)), anchor)
    if question.has_share:
        anchor = as_anchor(f"question-{question.path}")
    title = page.say("part_of", whole=title, part=page.asked(question.path))
    return Subject(title, anchor, _figure_in(page, address, question), is_figure=address != question.path)


def _figure_in(page: InspectionPage, address: str, question: KeyQuestionResult) -> Text | None:
    """Return the figure of a key question or one of its prompts: a share, points, a rating, or what was answered."""
    if address in page.material.figures.whole:
        return page.figure(address)
    if address == question.path:
        if question.question.points is not None:
            return page.marked(points_said(page, question), page.origins.of_share(address))
        if question.rating is not None:
            return page.marked(page.label_of(question.rating), page.origins.of_band(question))
        return answer_said(page, question)
    answers = page.material.result.inspection.provider_answers
    if address not in answers:
        return None  # prompts with points are shown as those of their key question alone
    answer = answers[address]
    if isinstance(answer, Answer):
        return page.say("outcome_not_applicable" if answer is Answer.NA else f"outcome_{answer.value}")
    scale = page.framework.provider_prompts[address].answers
    assert scale is not None  # it is answered with a step
    return page.label_of(page.framework.rating_on(scale, answer.value))


def _rated(
    page: InspectionPage, title: Text, place: Place, rating: Rating | None, decision: PanelDecision | None
) -> Text:
    """Return a rating with what it is the rating of, since more than one may stand beside the same words."""
    said = page.say("part_of", whole=title, part=page.label_of(rating))
    return said if rating is None else page.marked(said, page.origins.of_rating(place, is_decided=decision is not None))
