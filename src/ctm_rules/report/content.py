"""The text of a report, from an inspection's material, in one language: which parts it has, and in which order."""

from __future__ import annotations

from ctm_rules.clock import written_on
from ctm_rules.languages.languages import Language, Text
from ctm_rules.report.blocks import Report
from ctm_rules.report.inspection_page import InspectionPage
from ctm_rules.report.material import Material
from ctm_rules.report.sections.certainty import write_certainty
from ctm_rules.report.sections.figures import write_figures
from ctm_rules.report.sections.groups import write_groups
from ctm_rules.report.sections.method import write_assumptions, write_further, write_method
from ctm_rules.report.sections.opening import write_opening
from ctm_rules.report.sections.standards import write_domain, write_standards_outside_domains


def write_content(material: Material, language: Language) -> Report:
    """Return the report on an inspection in a language."""
    page = InspectionPage(material, language)
    framework, declared = page.framework, page.declared
    write_opening(page)
    for number, domain in enumerate(page.rating.domains, start=1):
        write_domain(page, number, domain)
    write_standards_outside_domains(page)
    has_cases = bool(framework.key_questions)
    if has_cases or framework.measures or declared.figures:
        write_figures(page)
    write_groups(page)
    if has_cases:
        write_certainty(page)
    write_method(page)
    write_assumptions(page)
    write_further(page)
    day = written_on()
    rated_by = f"{framework.id} {framework.edition}"
    return Report(
        language.code,
        page.typed(declared.title),
        page.typed(declared.provider.name),
        page.say("demonstration") if declared.published_by is None else page.typed(declared.published_by.name),
        _status(page),
        _notices(page),
        page.say("contents"),
        page.say("skip_to_content"),
        page.finished(),
        page.say("footer", provider=declared.provider.name, framework=rated_by),
        (day.year, day.month, day.day),
    )


def _status(page: InspectionPage) -> Text | None:
    """Return what must stand on every page: that it is a draft, or what was corrected last (``None``: nothing)."""
    if page.declared.status == "draft":
        return page.say("draft_status")
    if not page.declared.corrections:
        return None
    latest = page.declared.corrections[-1]
    return page.say("corrected", date=page.language.date(latest.date), correction=latest.text)


def _notices(page: InspectionPage) -> tuple[Text, ...]:
    """Return what every reader must know first."""
    declared, result = page.declared, page.material.result
    notices = []
    if declared.published_by is None:
        notices.append(page.say("demonstration_note", publisher=page.framework.publisher))
    if declared.synthetic:
        if page.framework.asks_of_cases:
            notices.append(page.say("synthetic"))
        if declared.note:
            notices.append(page.typed(declared.note))
    others = [(each.provider, each.started) for each in result.inspection.rated_elsewhere if each.synthetic]
    if result.last_time is not None and result.last_time.synthetic:
        others.append((declared.provider.name, result.last_time.started))
    if others and not declared.synthetic:
        named = [f"{provider}, {page.language.date(started)}" for provider, started in dict.fromkeys(others)]
        notices.append(page.say("some_synthetic", providers="; ".join(named)))
    return (*notices, *page.notices_of_language())
