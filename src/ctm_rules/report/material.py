"""Everything a report and its annexe are written from: the ratings, the figures that may be shown, the analysis."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from ctm_rules.inspections.file import InspectionFile
from ctm_rules.inspections.inspection import InspectionResult
from ctm_rules.languages.vocabulary import Vocabulary, load_vocabulary
from ctm_rules.model.framework import (
    CountedOutcome,
    Framework,
    Group,
    KeyQuestion,
    KeyQuestionBands,
    Measure,
    Prompt,
    SubGroup,
)
from ctm_rules.rating.results import KeyQuestionResult
from ctm_rules.rating.samples import drawn_from
from ctm_rules.rating.shares import rounded_percent, wilson_interval
from ctm_rules.report.figures.analysis import Agreement, Comparison, Firmness, agreement, compare, firmness
from ctm_rules.report.figures.disclosure import Figures, NoShare, Share, ShownCounts, hides_points, protect
from ctm_rules.report.figures.nearby import Nearby, nearby
from ctm_rules.report.figures.sample import Sample, make_sample


@frozen
class GroupComparison:
    """One question compared between a group and the group that its sub-group is compared against."""

    path: str
    subgroup: SubGroup
    group: Group
    reference: Group
    comparison: Comparison


@frozen
class Material:
    """What is written about one inspection.

    Attributes:
        result: its ratings.
        figures: every count as it may be published; nothing else is read from the cases.
        firmness: how often each rating comes out again.
        nearby: which ratings one case or one judgement would change.
        agreement: how far recorded judgements agree with the rules.
        vocabulary: words for shares.
    """

    result: InspectionResult
    figures: Figures
    firmness: Firmness
    nearby: Nearby
    agreement: Agreement
    vocabulary: Vocabulary

    @property
    def framework(self) -> Framework:
        """The standards."""
        return self.result.rating.framework

    @property
    def declared(self) -> InspectionFile:
        """What the inspection file says."""
        return self.result.inspection.declared

    @property
    def licence(self) -> str:
        """Under which licence it may be used again, as who publishes it says, else its source (empty: nobody says)."""
        declared = self.declared
        by, source = declared.published_by, declared.source
        return (by.licence if by is not None else "") or (source.licence if source is not None else "")

    def asked(self, path: str) -> KeyQuestion | Prompt | Measure:
        """Return the key question, prompt or measure at an address."""
        framework = self.framework
        if path in framework.every_question:
            return framework.every_question[path]
        prompts = framework.every_prompt
        return prompts[path] if path in prompts else framework.measures_by_path[path]

    def wording(self, path: str) -> str:
        """Return what a key question, prompt or measure asks, in the words of the standards."""
        asked = self.asked(path)
        return asked.title if isinstance(asked, Measure) else asked.ask

    def share(self, path: str, counts: ShownCounts) -> Share | NoShare:
        """Return the share that is printed for a question: as the bands declare for key questions, else of yes.

        Where none is printed, say why.
        """
        bands = self._bands(path)
        if path in self.framework.key_questions and bands is not None:
            return counts.share(bands.share_of, bands.among)
        return counts.share()

    def share_of(self, path: str) -> CountedOutcome:
        """Return which outcome of a key question its share counts."""
        bands = self._bands(path)
        return "yes" if bands is None else bands.share_of

    def percent(self, path: str, share: Share) -> int:
        """Return a share of a key question, prompt or measure in whole per cent, rounded as is declared for it."""
        bands = self._bands(path)
        return rounded_percent(share.exact, "half_up" if bands is None else bands.round)

    def _bands(self, path: str) -> KeyQuestionBands | None:
        """Return how a key question is rated, or the one that a prompt belongs to; a measure is shown as most are."""
        question = path.rpartition(".")[0] if path in self.framework.prompts else path
        is_question = question in self.framework.key_questions
        return self.framework.bands_of(question) if is_question else self.framework.key_question_bands

    def hides_points(self, question: KeyQuestionResult) -> bool:
        """Return whether what cases with points come to may not be shown: there are too few of them."""
        return hides_points(question, self.framework.disclosure.smallest_count)

    def interval(self, path: str, share: Share) -> tuple[int, int]:
        """Return the 95% interval of the share of a question in whole per cent."""
        return wilson_interval(share.count, share.among, drawn_from(self.framework, path, self.declared.population))

    def comparisons(self) -> Iterator[GroupComparison]:
        """Yield every comparison: each question, for each group against the last one of its sub-group."""
        smallest = self.framework.disclosure.smallest_group
        for subgroup in self.framework.subgroups:
            *groups, reference = subgroup.groups
            for path, by_group in self.figures.groups.items():
                rows = by_group[subgroup.id]
                other = self.share(path, rows[reference.id])
                for group in groups:
                    compared = compare(self.share(path, rows[group.id]), other, smallest)
                    yield GroupComparison(path, subgroup, group, reference, compared)


def gather(result: InspectionResult, sample: Sample | None = None) -> Material:
    """Return what a report on a rated inspection is written from.

    Raises:
        DiagnosticError: a case belongs to two groups of one sub-group, or the words for shares are wrong.
    """
    sample = make_sample(result) if sample is None else sample
    return Material(
        result,
        protect(sample, result.inspection.framework, result.inspection.declared.published),
        firmness(result),
        nearby(result),
        agreement(result),
        load_vocabulary(),
    )
