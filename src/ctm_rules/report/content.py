"""The text of a report, from an inspection's material, in one language: which parts it has, and in which order."""

from __future__ import annotations

from attrs import evolve

from ctm_rules.clock import written_on
from ctm_rules.languages.languages import Language, Text
from ctm_rules.model.declared import Translated, texts_in
from ctm_rules.report.blocks import Finding, Findings, Link, Report
from ctm_rules.report.inspection_page import InspectionPage
from ctm_rules.report.material import Material
from ctm_rules.report.sections.cases import write_cases
from ctm_rules.report.sections.certainty import write_certainty
from ctm_rules.report.sections.figures import write_figures
from ctm_rules.report.sections.groups import write_groups
from ctm_rules.report.sections.method import write_accessibility, write_assumptions, write_further, write_method
from ctm_rules.report.sections.opening import write_first, write_opening, write_ratings
from ctm_rules.report.sections.standards import (
    write_domain,
    write_sections_on_the_whole,
    write_standards_outside_domains,
)
from ctm_rules.report.translation import with_share_noted


def write_content(material: Material, language: Language, *, is_own: bool = False) -> Report:
    """Return the report on an inspection in a language; ``is_own`` says that it is set by templates of one's own."""
    page = InspectionPage(material, language)
    write_first(page)
    first = page.take()
    write_opening(page)
    for number, domain in enumerate(page.rating.domains, start=1):
        write_domain(page, number, domain)
    write_standards_outside_domains(page)
    write_sections_on_the_whole(page)
    write_figures(page)
    write_groups(page)
    if page.framework.key_questions:
        write_certainty(page)
    write_method(page)
    write_assumptions(page)
    write_further(page)
    write_accessibility(page, is_own=is_own)
    blocks = page.take()
    legend = page.legend((*first, *blocks))
    return with_share_noted(evolve(_frame(page), opening=(*first, *legend), blocks=blocks), page)


def _frame(page: InspectionPage) -> Report:
    """Return a report on an inspection with nothing in it yet: what stands around whatever is told of it."""
    framework, declared = page.framework, page.declared
    day = written_on()
    return Report(
        page.language.code,
        page.written(declared.title),
        page.written(declared.provider.name),
        page.say("demonstration") if declared.published_by is None else page.written(declared.published_by.name),
        _status(page),
        _notices(page),
        page.say("contents"),
        page.say("downloads"),
        page.say("back_to_top"),
        page.say("skip_to_content"),
        (),
        (),
        page.say(
            "footer",
            provider=page.named(declared.provider.name),
            framework=f"“{framework.title}” ({framework.edition})",
        ),
        (day.year, day.month, day.day),
    )


def write_for_provider(material: Material, language: Language) -> Report:
    """Return what the inspected provider alone may read: every counted case, clause by clause."""
    page = InspectionPage(material, language)
    name = page.named(page.declared.provider.name)
    write_cases(page)
    report = evolve(
        _frame(page),
        title=page.say("cases_title", provider=name),
        status=page.say("for_provider_alone", provider=name),
        blocks=page.take(),
    )
    return with_share_noted(report, page)


def write_press_release(material: Material, language: Language) -> Report | None:
    """Return what is told to the press as a page, with the ratings added to it (``None``: nothing is told)."""
    page = InspectionPage(material, language)
    told = page.declared.press_release
    if told is None:
        return None
    for words in told.text:
        page.paragraph(page.written(words))
    page.heading(2, page.say("ratings"), "ratings")
    write_ratings(page, with_links=False)
    page.heading(2, page.say("further"), "further-information")
    if page.declared.published_by is not None and page.declared.published_by.contact:
        page.paragraph(page.say("contact", contact=page.named(page.declared.published_by.contact)))
    to_report = Link(page.say("to_report"), "report.html")
    page.blocks.append(Findings((Finding(page.written(page.declared.title), None, (), (to_report,)),)))
    blocks = page.take()
    told_of = evolve(_frame(page), title=page.written(told.title), blocks=(*blocks, *page.legend(blocks)))
    return with_share_noted(told_of, page)


def _status(page: InspectionPage) -> Text | None:
    """Return what must stand on every page: that it is a draft, or what was corrected last (``None``: nothing)."""
    if page.declared.status == "draft":
        return page.say("draft_status")
    if not page.declared.corrections:
        return None
    latest = page.declared.corrections[-1]
    return page.say("corrected", date=page.language.date(latest.date), correction=page.written(latest.text))


def _notices(page: InspectionPage) -> tuple[Text, ...]:
    """Return what every reader must know first."""
    declared, result = page.declared, page.material.result
    notices = []
    if declared.published_by is None:
        notices.append(page.say("demonstration_note", publisher=page.framework.publisher))
    if declared.synthetic:
        # Where the file says in the language of the page where the cases come from, it has said that they are made up.
        notes = [page.written(note) for note in declared.notes]
        if page.framework.asks_of_cases and all(note.language != page.language.code for note in notes):
            notices.append(page.say("synthetic"))
        notices += notes
    others = [(each.provider, each.started) for each in result.inspection.rated_elsewhere if each.synthetic]
    if result.last_time is not None and result.last_time.synthetic:
        others.append((declared.provider.name, result.last_time.started))
    if others and not declared.synthetic:
        named = [f"{provider}, {page.language.date(started)}" for provider, started in dict.fromkeys(others)]
        notices.append(page.say("some_synthetic", providers="; ".join(named)))
    notices += page.notices_of_language()
    code = page.language.code
    texts = (text for text, _, _ in texts_in(declared))
    is_read = code == declared.language or code in declared.translations_read_by
    if not is_read and any(isinstance(text, Translated) and text.is_in(code) for text in texts):
        notices.append(page.say("unreviewed"))
    return tuple(notices)
