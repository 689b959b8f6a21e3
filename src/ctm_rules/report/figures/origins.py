"""Where every figure and rating of a report comes from (provenance), so that nothing worked out here looks printed."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen

from ctm_rules.inspections.file import DOMAINS, FIGURES, WHOLE, InspectionFile
from ctm_rules.model.framework import Framework
from ctm_rules.rating.decisions import Place
from ctm_rules.rating.results import KeyQuestionResult


class Origin(StrEnum):
    """Where a figure comes from. Its first letter is the mark that it carries in print."""

    PRINTED = "printed"
    """It stands in the source of the inspection."""
    COMPUTED = "computed"
    """It was worked out from the inspected cases."""
    JUDGED = "judged"
    """People judged it."""
    RECORDED = "recorded"
    """People recorded it, and no case table gives it."""
    ASSUMED = "assumed"
    """It rests on a rule or a limit that the source does not print."""
    SYNTHETIC = "synthetic"
    """It was worked out from cases that are made up."""

    @property
    def mark(self) -> str:
        """The letter that stands beside the figure."""
        return self.value[0]


@frozen
class Origins:
    """Where each figure and rating of an inspection comes from."""

    declared: InspectionFile
    framework: Framework

    @property
    def of_cases(self) -> Origin:
        """Where everything comes from that is counted over the cases."""
        return Origin.SYNTHETIC if self.declared.synthetic else Origin.COMPUTED

    def of_share(self, path: str) -> Origin:
        """Return where the share of a key question, prompt or measure over the whole sample comes from."""
        return Origin.PRINTED if self.is_printed(path) else self.of_cases

    def of_group(self, path: str, subgroup: str) -> Origin:
        """Return where the share within the groups of a sub-group comes from."""
        is_printed = any((count.of, count.by) == (path, subgroup) for count in self.declared.published)
        return Origin.PRINTED if is_printed else self.of_cases

    def of_figure(self, figure: str) -> Origin:
        """Return where a figure that no case table gives comes from, by its id."""
        return Origin.PRINTED if self.is_printed(f"{FIGURES}.{figure}") else Origin.RECORDED

    def of_rating(self, place: Place, *, is_decided: bool = False) -> Origin:
        """Return where a rating comes from; ``is_decided`` says that a panel moved it."""
        level, name = place
        if is_decided:
            return Origin.JUDGED
        if self.is_printed({"standards": name, "domains": f"{DOMAINS}.{name}", "overall": WHOLE}[level]):
            return Origin.PRINTED
        if level == "standards" and self.framework.standards_by_slug[name].rated_by == "judgement":
            is_made_up = self.declared.synthetic and not self.framework.asks_of_cases
            return Origin.SYNTHETIC if is_made_up else Origin.JUDGED
        return self.of_limits(level) or self.of_cases

    def of_band(self, question: KeyQuestionResult) -> Origin | None:
        """Return where the rating of a key question comes from (``None``: it has none)."""
        if question.rating is None:
            return None
        if question.question.rated_by == "judgement":
            return Origin.JUDGED
        if not question.question.is_asked_of_cases:
            return Origin.RECORDED  # what was answered once, of the provider
        return self.of_limits("standards") or self.of_cases

    def of_limits(self, level: str) -> Origin | None:
        """Return where the limits of the ratings of a level come from (``None``: the standards print them)."""
        rules = {"standards": "key_question_bands", "domains": "domain_rating", "overall": "overall"}
        return Origin.ASSUMED if rules[level] in self.framework.assumed else None

    def is_printed(self, address: str) -> bool:
        """Return whether the source prints what is at an address."""
        return address in self.declared.printed or any(
            count.of == address and count.by is None for count in self.declared.published
        )
