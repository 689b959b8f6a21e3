"""What a framework is: standards, key questions, prompts, decision rules and rating bands, as plain data.

Every class is frozen and compares by meaning: where an element was declared (``at``) never counts.
The YAML files have the same shape and the same names, and an editor shows the descriptions in this module
(JSON Schemas are made from them).

Attributes:
    id: the word by which other places name it: small letters, digits and _, with a letter first.
    title: its name, as reports print it.
    ask: the question, as an inspector reads it.
    source: where the wording, the rule or the figure comes from.
    assumed: the keys of this block that the source does not print; each is a default that policy staff should confirm.
    formerly: what it was called in earlier editions, so that they are compared with this one and their tables are read.
    bands: from the highest lower bound down to 0, so that every value has a rating.
    at: where it was declared.
"""

# Without `from __future__ import annotations`: types are read here, where their names are known, since `__module__` of
# these classes says `ctm_rules`.

import datetime
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any as Anything
from typing import Literal, TypeVar

from attrs import evolve, field, frozen

from ctm_rules.diagnostics.findings import Location, declared_at
from ctm_rules.model.answers import Answer, AnyAnswer, StepAnswer
from ctm_rules.model.bands import Band, BandsBy, ChosenBands, choosing_fact, frozen_bands, rule_for
from ctm_rules.model.checksum import checksum_of
from ctm_rules.model.conditions import Condition, FactValue, Level, prompts_in
from ctm_rules.model.declared_reading import Reading
from ctm_rules.model.frozen_dict import FrozenDict, frozen_dict
from ctm_rules.model.origin import BUILT_IN_PYTHON, Origin
from ctm_rules.model.rating_rules import (
    FirstThatHolds,
    Members,
    RatingRule,
    Rounding,
    StandardRating,
    StandardRule,
    SumInBands,
    conditions_of_rule,
)

# --- What is declared ----------------------------------------------------------------------------


@frozen
class Source:
    """Where wording, a rule or a figure comes from.

    Attributes:
        title: the name of the publication.
        section: the part of it, such as "P 2.1" or "Footnote 1".
        url: where it can be read.
        licence: under which it may be used.
        confirmed_by: who confirmed what was only assumed before.
        confirmed_on: the day on which they did.
    """

    title: str
    section: str = ""
    url: str = ""
    licence: str = ""
    confirmed_by: str = ""
    confirmed_on: datetime.date | None = None
    at: Location = declared_at()


FactType = Literal["yes_no", "choice", "whole_number", "number", "date"]


End = int | Fraction | datetime.date | None
"""One end of a range."""


def _end(value: Anything) -> Anything:
    """Return an end of a range as a file has it: what is whole is an int."""
    return int(value) if isinstance(value, Fraction) and value.denominator == 1 else value


@frozen
class Range:
    """From where to where the value of a fact may lie, both ends included.

    Attributes:
        lowest: the lowest number, or the first date (left out: there is none).
        highest: the highest number, or the last date (left out: there is none).
    """

    lowest: End = field(default=None, converter=_end, metadata={"key": "from"})
    highest: End = field(default=None, converter=_end, metadata={"key": "to"})
    at: Location = declared_at()


@frozen
class Fact:
    """An attribute of a case that rules, measures and sub-groups may look at.

    Attributes:
        title: what it says about a case: a phrase that is yes or no, or the name of what has a value.
        type: what kind of value it has: ``yes_no``, ``choice``, ``whole_number``, ``number`` (a decimal, which is kept
            and compared exactly) or ``date``.
        values: of a ``choice``: each allowed value and its label, lowest first where ``ordered``.
        ordered: whether the values of a ``choice`` go from lowest to highest.
        range: of a number or a ``date``: where its values lie; anything else in a case is a mistake.
        unit: of a number: what it counts or measures, as words print it behind the number: ``hours``, ``£``.
    """

    id: str
    title: str
    type: FactType
    values: Mapping[str, str] = field(
        factory=dict,
        converter=frozen_dict,
        eq=lambda values: tuple(values.items()),  # order counts
    )
    ordered: bool = False
    range: Range | None = None
    unit: str = field(default="", kw_only=True)
    source: Source | None = None
    assumed: tuple[str, ...] = ()
    formerly: tuple[str, ...] = ()
    at: Location = declared_at()


@frozen
class Prompt:
    """What an inspector looks for; answered yes, no or na for each case, or by a step of a scale.

    Attributes:
        ask: the question, put so that yes is good.
        applies_when: facts alone; where it is false, the prompt drops out whatever was answered.
        answers: the name of the scale whose steps answer it, where its key question has points (left out: yes, which
            scores 1, and no, which scores 0). It may be answered na all the same.
        weight: how many times its score counts, where its key question has points.
    """

    id: str
    ask: str
    applies_when: Condition | None = None
    answers: str | None = field(default=None, kw_only=True)
    weight: int = field(default=1, kw_only=True)
    source: Source | None = None
    assumed: tuple[str, ...] = ()
    formerly: tuple[str, ...] = ()
    at: Location = declared_at()


@frozen
class VariantRule:
    """How a key question is decided for the cases of one variant: another rule over its prompts.

    Attributes:
        yes_when: the rule that replaces the question's own for these cases.
    """

    yes_when: Condition
    source: Source | None = None
    assumed: tuple[str, ...] = ()
    at: Location = declared_at()


RATINGS = "ratings"
"""The scale of whatever names no other: the list of ``ratings``."""


CountedOutcome = Literal["yes", "no", "not_applicable"]


@frozen
class KeyQuestionBands:
    """How the outcomes of a key question become a rating.

    Attributes:
        share_of: the outcome whose share decides.
        among: the outcomes that are counted at all; the share is ``share_of`` among these, in per cent.
        round: how the share becomes a whole per cent.
        decided_on: ``rounded`` places the share rounded to a whole per cent in a band, ``exact`` the unrounded share.
        undetermined: where some case has no outcome, ``refuse`` gives no rating and ``exclude`` leaves those cases
            out (their number is always shown).
        minimum_cases: how many cases must be counted for a key question to be rated.
        monotone: whether check says where bands rise and fall; write no where the rule book means it.
        bands: which share gets which rating (left out: shares are shown, and nothing is rated by them).
        bands_by: by the id of a fact of the provider, which chooses them: by each of its values, its bands, or the name
            of a CSV file beside the framework's files that holds them (instead of ``bands``).
        chosen: which of them hold, in the standards as they are for one provider.
    """

    share_of: CountedOutcome
    among: tuple[CountedOutcome, ...]
    bands: tuple[Band, ...] = field(metadata={"left_out": ()})
    round: Rounding = "half_up"
    decided_on: Literal["rounded", "exact"] = "rounded"
    undetermined: Literal["refuse", "exclude"] = "refuse"
    minimum_cases: int = 1
    monotone: bool = True
    bands_by: BandsBy = field(factory=dict, converter=frozen_bands)
    chosen: ChosenBands | None = field(default=None, eq=False, repr=False, kw_only=True)
    at: Location = declared_at()

    @property
    def is_rating(self) -> bool:
        """Whether shares are rated by it, and not only shown."""
        return bool(self.bands or self.bands_by)


Value = Literal["sum", "mean", "percent"]
"""What becomes of numbers that are added up."""


@frozen
class QuestionPoints:
    """How the answers to a key question's prompts become a number for each case. Exactly one key says how.

    Attributes:
        sum_of: the scores of the answers, each as many times as its prompt weighs, are added up.
        mean_of: that sum is divided by the sum of the weights.
        percent_of: that sum is said in per cent of the highest that it could have been.
    """

    sum_of: Literal["prompts"] | None = None
    mean_of: Literal["prompts"] | None = None
    percent_of: Literal["prompts"] | None = None
    at: Location = declared_at()

    @property
    def value(self) -> Value:
        """What the number is."""
        return "mean" if self.mean_of else "percent" if self.percent_of else "sum"

    def number(self, reached: int, weight: int, reachable: int) -> Fraction:
        """Return the number of a case from its sums of scores, of weights and of highest scores (which is above 0)."""
        divided_by: dict[Value, Fraction] = {
            "sum": Fraction(1),
            "mean": Fraction(weight),
            "percent": Fraction(reachable, 100),
        }
        return reached / divided_by[self.value]


@frozen
class PointsInBands:
    """How the numbers of cases become the rating of a key question that has points. Exactly one of three keys says how.

    Attributes:
        bands: which value gets which rating (left out: points are shown, and nothing is rated by them).
        bands_by: by the id of a fact of the provider, which chooses them: by each of its values, its bands, or the name
            of a CSV file beside the framework's files that holds them (instead of ``bands``).
        chosen: which of them hold, in the standards as they are for one provider.
        sum_of: the numbers of all cases are added up.
        mean_of: the mean of the cases' numbers.
        percent_of: the sum of the numbers in per cent of the sum that all these cases could have reached.
        round: how the value is rounded, where ``decided_on`` says that it is.
        to: to a multiple of what, such as 0.1.
        decided_on: ``exact`` places the value as it is in a band, ``rounded`` places it rounded.
        undetermined: where some case has no number, ``refuse`` gives no rating and ``exclude`` leaves those cases out
            (their number is always shown).
        minimum_cases: how many cases must have a number for the key question to be rated.
        monotone: whether check says where bands rise and fall; write no where the rule book means it.
    """

    bands: tuple[Band, ...] = field(default=(), kw_only=True)
    sum_of: Literal["points"] | None = None
    mean_of: Literal["points"] | None = None
    percent_of: Literal["points"] | None = None
    round: Rounding = "half_up"
    to: Fraction = Fraction(1)
    decided_on: Literal["exact", "rounded"] = "exact"
    undetermined: Literal["refuse", "exclude"] = "refuse"
    minimum_cases: int = 1
    monotone: bool = True
    bands_by: BandsBy = field(factory=dict, converter=frozen_bands)
    chosen: ChosenBands | None = field(default=None, eq=False, repr=False, kw_only=True)
    at: Location = declared_at()

    @property
    def is_rating(self) -> bool:
        """Whether points are rated by it, and not only shown."""
        return bool(self.bands or self.bands_by)

    @property
    def value(self) -> Value:
        """What is placed in the bands."""
        return "mean" if self.mean_of else "percent" if self.percent_of else "sum"

    def number(self, points: Fraction, scored: int, reachable: Fraction) -> Fraction:
        """Return the value over cases from the sum of their numbers, how many have one, and what they could have."""
        if self.value == "sum":
            return points
        return points / scored if self.value == "mean" else 100 * points / reachable


AnyBands = KeyQuestionBands | PointsInBands | SumInBands
"""Every rule that places something in bands: a share, points, or scores."""

KeyQuestionRule = KeyQuestionBands | PointsInBands | FirstThatHolds
"""What may stand at a key question: bands of its share, bands of its points, or lines over the prompts of one that the
provider is asked."""


@frozen
class Borrowed:
    """Where a key question comes from that is used by reference.

    Attributes:
        framework, edition: the standards that declare it.
        key_question: its address there.
        checksum: what tells those standards from any others.
    """

    framework: str
    edition: str
    key_question: str
    checksum: str

    def __str__(self) -> str:
        return f"{self.key_question} of {self.framework} {self.edition}"

    def to_dict(self) -> dict[str, str]:
        """Return the parts as plain data."""
        return {
            "framework": self.framework,
            "edition": self.edition,
            "key_question": self.key_question,
            "checksum": self.checksum,
        }


@frozen
class KeyQuestion:
    """A question asked of every case, or once of who is inspected: ``yes_when`` over its prompts, or points for them.

    Attributes:
        prompts: what an inspector looks for, in the order in which it is asked.
        yes_when: the rule over the prompts by which it is answered yes.
        points: how the answers to the prompts become a number, instead of a yes or a no.
        applies_when: facts alone; where it is false, the question is not asked.
        variants: by variant id, the rule that replaces ``yes_when`` for the cases of that variant.
        asked_of: ``cases``, or ``provider``: once, with facts of the provider instead of facts of a case.
        rated_by: ``answers``, or ``judgement`` where people give its rating; then nothing else is asked.
        rating: how its outcomes become its rating (left out: as ``key_question_bands`` says). Where the provider is
            asked, the prompts may give the rating themselves, as the first line that holds.
        scale: the scale that its rating is a step of.
        sample: the id of the sample whose cases it is asked of (left out: as its standard says).
        borrowed: where it comes from, where it is another framework's and used by reference; that never counts when two
            are compared.
    """

    id: str
    ask: str
    prompts: tuple[Prompt, ...] = ()
    yes_when: Condition | None = None
    applies_when: Condition | None = None
    variants: Mapping[str, VariantRule] = field(factory=dict, converter=frozen_dict)
    asked_of: Literal["cases", "provider"] = "cases"
    rated_by: Literal["answers", "judgement"] = "answers"
    rating: KeyQuestionRule | None = None
    scale: str = RATINGS
    sample: str | None = None
    points: QuestionPoints | None = field(default=None, kw_only=True)
    source: Source | None = None
    assumed: tuple[str, ...] = ()
    formerly: tuple[str, ...] = ()
    borrowed: Borrowed | None = field(default=None, eq=False, repr=False, kw_only=True)
    at: Location = declared_at()

    @property
    def rules(self) -> tuple[tuple[str | None, Condition], ...]:
        """Each of its rules after the id of the variant whose cases it decides (``None``: ``yes_when``, the first)."""
        of_variants = ((variant, rule.yes_when) for variant, rule in self.variants.items())
        return (*([] if self.yes_when is None else [(None, self.yes_when)]), *of_variants)

    def rule_for(self, variant: str | None) -> Condition:
        """Return the rule that decides the cases of a variant (``None``: ``yes_when``).

        Raises:
            KeyError: there is none.
        """
        return dict(self.rules)[variant]

    @property
    def deciding(self) -> tuple[Condition, ...]:
        """Every condition that decides it: of its rules, and of the lines and steps of its rating."""
        rated = conditions_of_rule(self.rating) if isinstance(self.rating, FirstThatHolds) else ()
        return (*(rule for _, rule in self.rules), *rated)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition that decides it, and every one that says whether it, or one of its prompts, is asked."""
        applies = (self.applies_when, *(prompt.applies_when for prompt in self.prompts))
        return (*self.deciding, *(each for each in applies if each is not None))

    @property
    def is_asked_of_cases(self) -> bool:
        """Whether it is answered for every case; else once, or not at all where people give its rating."""
        return self.asked_of == "cases" and self.rated_by == "answers"

    @property
    def prompts_read(self) -> frozenset[str]:
        """The ids of the prompts that any of its rules reads, or a line that gives its rating; all that get points."""
        if self.points is not None:
            return frozenset(prompt.id for prompt in self.prompts)
        return frozenset(prompt for condition in self.deciding for prompt in prompts_in(condition))


NOT_RATED = "not_rated"
"""What people record of a standard that they looked at and give no rating."""


@frozen
class Theme:
    """One subject under which evidence for a judged standard is recorded."""

    id: str
    title: str
    at: Location = declared_at()


@frozen
class Standard:
    """One standard. ``rated_by: cases`` has key questions; ``rated_by: judgement`` has themes.

    Attributes:
        id: the printed reference, such as "P 2.1".
        slug: the word that starts the address of its key questions and prompts, such as ``assessment``.
        statement: what the standard demands, in one sentence.
        rated_by: ``cases`` (left out) where its key questions decide, ``judgement`` where people do.
        key_questions: the questions that decide (``rated_by: cases`` only), each asked of every case or once.
        themes: the subjects under which evidence is recorded (``rated_by: judgement``).
        rating: how its key questions' ratings become its own (left out: as ``standard_rating`` says).
        scale: the scale that its rating is a step of.
        applies_when: facts of the provider alone; where it is false, the standard does not apply and is not rated.
        in_total: whether it counts in its domain, in the overall rating and in the score; else it is reported beside
            them, and counts where a rule names it.
        sample: the id of the sample whose cases its key questions are asked of (left out: as its domain says).
    """

    id: str
    slug: str
    title: str
    statement: str
    # Written down even where it need not be: files had to say it once, and their checksums stay.
    rated_by: Literal["cases", "judgement"] = field(default="cases", metadata={"is_always_written": True})
    key_questions: tuple[KeyQuestion, ...] = ()
    themes: tuple[Theme, ...] = ()
    rating: StandardRule | None = None
    scale: str = RATINGS
    in_total: bool = True
    applies_when: Condition | None = None
    sample: str | None = None
    source: Source | None = None
    assumed: tuple[str, ...] = ()
    formerly: tuple[str, ...] = ()
    at: Location = declared_at()


@frozen
class Domain:
    """A group of standards.

    Attributes:
        standards: their slugs, in the order in which they are reported.
        rating: how its standards' ratings become its own (left out: as ``domain_rating`` says).
        scale: the scale that its rating is a step of.
        sample: the id of the sample whose cases its standards are asked of (left out: they are asked of all cases).
    """

    id: str
    title: str
    standards: tuple[str, ...]
    rating: RatingRule | None = None
    scale: str = RATINGS
    sample: str | None = None
    formerly: tuple[str, ...] = ()
    at: Location = declared_at()


@frozen
class Rating:
    """One step of a scale, and the score that it carries where something adds up.

    Attributes:
        label: the word that reports print.
        score: what it adds to a sum of scores (left out where nothing adds up).
    """

    id: str
    label: str
    score: int | None = None
    at: Location = declared_at()


@frozen
class DomainRating:
    """Each domain's rating from the sum of its standards' scores, in bands of its own.

    Attributes:
        bands_of: by domain id, the bands that its sum falls in.
        sum_of: what is added up.
        out_of: by domain id, the highest sum that its bands were made for; check says where it is another by now.
    """

    bands_of: Mapping[str, tuple[Band, ...]] = field(converter=frozen_dict)
    sum_of: Literal["scores"] = "scores"
    out_of: Mapping[str, int] = field(factory=dict, converter=frozen_dict)
    at: Location = declared_at()


@frozen
class MayMove:
    """By how many steps of its scale a ratings panel may move a rating, up or down.

    Attributes:
        standards: a standard that is rated by cases.
        domains: a domain.
        overall: the overall rating.
    """

    standards: int = 0
    domains: int = 0
    overall: int = 0
    at: Location = declared_at()


@frozen
class Panel:
    """When people should look at a rating again, and how far they may move it.

    Attributes:
        within_points: a share at most this many percentage points from a band's bound (``None``: never); of points, a
            value that is at most this many per cent of the highest that it could be from a bound.
        one_case_would_change_it: one case judged the other way would give another rating; of points, one answer in one
            case that had the next higher or lower score would, whichever answer it is.
        one_standard_would_change_it: one standard rated one step better or worse would give a domain, or all standards
            together, another rating.
        cases_fewer_than: fewer cases counted than this (``None``: never).
        may_move: within how many steps a decision of the panel may move a rating (left out: it may not).
    """

    within_points: Fraction | None = None
    one_case_would_change_it: bool = False
    one_standard_would_change_it: bool = False
    cases_fewer_than: int | None = None
    may_move: MayMove = MayMove()
    at: Location = declared_at()


@frozen
class Variant:
    """Another set of prompts for some cases; the first variant whose ``when`` is true is used.

    Attributes:
        when: facts alone; which cases it is for.
    """

    id: str
    title: str
    when: Condition
    source: Source | None = None
    assumed: tuple[str, ...] = ()
    formerly: tuple[str, ...] = ()
    at: Location = declared_at()


@frozen
class Sample:
    """Cases that were drawn for some of the questions; a question is asked of the cases of its sample only.

    Attributes:
        title: what its cases are, as reports print it: "Court disposals".
        when: facts alone; which cases it holds, where their table does not say which sample they were drawn for.
    """

    id: str
    title: str
    when: Condition
    source: Source | None = None
    assumed: tuple[str, ...] = ()
    formerly: tuple[str, ...] = ()
    at: Location = declared_at()


@frozen
class Measure:
    """Something counted and reported beside the key questions, never rated.

    Attributes:
        applies_when: facts alone; where it is false, a case is not counted.
    """

    id: str
    title: str
    applies_when: Condition | None = None
    source: Source | None = None
    assumed: tuple[str, ...] = ()
    at: Location = declared_at()


@frozen
class Group:
    """Some of the cases, by their facts.

    Attributes:
        when: facts alone; which cases belong to it.
    """

    id: str
    title: str
    when: Condition
    at: Location = declared_at()


@frozen
class SubGroup:
    """Groups of cases that the report compares.

    Attributes:
        groups: the last one is the one that the others are compared against.
    """

    id: str
    title: str
    groups: tuple[Group, ...]
    at: Location = declared_at()


@frozen
class Disclosure:
    """What published outputs keep back, so that nobody can be recognised in them.

    Attributes:
        smallest_count: a count of cases from 1 up to, but not including, this one is hidden, and with it as many
            others as are needed so that it cannot be worked out.
        smallest_group: groups with fewer counted cases are not compared.
    """

    smallest_count: int = 5
    smallest_group: int = 10
    at: Location = declared_at()


MEASURES = "measures"
"""The first part of a measure's address: ``measures.professional_curiosity``."""

CASE_COLUMN = "case"
"""The column of a case table that holds each case's id; no fact may be called so."""

VARIANTS = "variants"
"""The first part of a variant's address: ``variants.adjusted``."""


@frozen
class PlacedBands:
    """Bands of shares where they apply: at a key question that has its own, or at all others on one scale.

    Attributes:
        address: where they are declared: ``key_question_bands``, or ``assessment.safety.rating``.
        bands: the declaration.
        scale: the scale that the ratings are steps of.
        questions: the addresses of the key questions that are rated so.
    """

    address: str
    bands: KeyQuestionBands
    scale: str
    questions: tuple[str, ...]

    @property
    def name(self) -> str:
        """How a sentence calls what is rated: ``the key questions``, ``the key question "assessment.safety"``."""
        own = self.questions[0] if self.questions and self.address.endswith(".rating") else ""
        return f'the key question "{own}"' if own else "the key questions"


@frozen
class PlacedRule:
    """A rating rule at an element that is rated by it.

    Attributes:
        level: what sort of element it is.
        element: its slug or id (empty for the whole).
        rule: the rule.
        scale: the scale that the rating is a step of.
        below: the names of the elements below that count, by level.
        beside: the names of the standards below that count only where a rule names them.
        is_own: whether the rule, or its bands, are the element's own, and not what holds for its whole level.
    """

    level: Literal["standard", "domain", "overall"]
    element: str
    rule: RatingRule
    scale: str
    below: Mapping[Level, tuple[str, ...]]
    beside: tuple[str, ...] = ()
    is_own: bool = True

    @property
    def name(self) -> str:
        """How a sentence calls what is rated: ``the standard "assessment"``, ``the overall rating``."""
        return f'the {self.level} "{self.element}"' if self.element else "the overall rating"

    def level_of(self, of: Members) -> Level:
        """Return the level of those whose ratings a rule looks at."""
        if isinstance(of, str):
            return of
        return next((level for level, names in self.below.items() if of and of[0] in names), "standards")

    def members(self, of: Members) -> tuple[str, ...]:
        """Return the names of those whose ratings a rule looks at: all that count of one level, or some by name."""
        return self.below.get(of, ()) if isinstance(of, str) else of


@frozen(repr=False)
class Framework:
    """A set of standards in force from a date, with everything needed to rate an inspection by them.

    Attributes:
        id: the name of the framework's folder, the same for every edition, such as ``hmip-pdu``.
        edition: the name of the edition's folder, in quotes: "2024".
        publisher: who issued the standards.
        in_force_from: the first day on which this edition holds.
        in_force_to: the last day on which it held (left out while it is in force).
        ratings: the rating scale, best first (left out where nothing is rated by it).
        domains: the groups of standards, in the order in which they are reported (left out where there are none).
        standards: each standard; in a folder, each has a file of its own instead.
        key_question_bands: how the outcomes of a key question become a rating, where it does not say so itself.
        scales: other scales by name, each best first, for what is rated by another than ``ratings``.
        standard_rating: how key questions' ratings become a standard's rating.
        domain_rating: how standards' ratings become a domain's rating (left out where domains are not rated).
        overall: how the ratings become the overall rating (left out where there is none).
        panel: when people should look at a rating again, and how far they may move it.
        facts: what is known about a case, and all that rules may look at beside its answers.
        provider_facts: what is known about who is inspected, for rating rules and for whether a standard applies.
        samples: which cases were drawn for which questions (left out: every question is asked of every case).
        variants: other rules for some cases.
        measures: what is counted and reported beside the key questions, never rated.
        subgroups: groups of cases that the report compares.
        disclosure: what published outputs keep back, so that nobody can be recognised in them.
        origin: where the files of the framework lie; it never counts when two are compared.
        reading: how tables of its cases are read where nothing else is said; it never counts when two are compared.
        whole: the checksum of the standards of which these are what holds for one provider (empty: they are whole).
    """

    id: str
    edition: str
    title: str
    publisher: str
    in_force_from: datetime.date
    ratings: tuple[Rating, ...] = field(metadata={"left_out": ()})
    domains: tuple[Domain, ...] = field(metadata={"left_out": ()})
    standards: tuple[Standard, ...]
    key_question_bands: KeyQuestionBands | None = None
    standard_rating: StandardRule = StandardRating()
    domain_rating: DomainRating | RatingRule | None = None
    overall: RatingRule | None = None
    panel: Panel = Panel()
    in_force_to: datetime.date | None = None
    facts: tuple[Fact, ...] = ()
    samples: tuple[Sample, ...] = ()
    variants: tuple[Variant, ...] = ()
    measures: tuple[Measure, ...] = ()
    subgroups: tuple[SubGroup, ...] = ()
    scales: Mapping[str, tuple[Rating, ...]] = field(factory=dict, converter=frozen_dict)
    provider_facts: tuple[Fact, ...] = ()
    disclosure: Disclosure = Disclosure()
    source: Source | None = None
    assumed: tuple[str, ...] = ()
    origin: Origin = field(default=BUILT_IN_PYTHON, eq=False, repr=False, kw_only=True)
    reading: Reading = field(default=Reading(), eq=False, repr=False, kw_only=True)
    whole: str = field(default="", eq=False, repr=False, kw_only=True)
    at: Location = declared_at()

    def __repr__(self) -> str:
        return f"<Framework {self.id} {self.edition}>"

    @cached_property
    def checksum(self) -> str:
        """What tells these standards from any others: ``v1:`` and a SHA-256 of what they declare, in hexadecimal.

        What holds of them for one provider has the checksum of the whole.
        """
        return self.whole or checksum_of(self)

    def identity(self, *, beside: Path | None = None) -> dict[str, str]:
        """Return what a result says of the standards that it rests on: id, edition, origin and checksum.

        Args:
            beside: the folder that the path of one's own standards starts from (default: the working folder).
        """
        return {
            "id": self.id,
            "edition": self.edition,
            "origin": self.origin.said(beside),
            "checksum": self.checksum,
        }

    @cached_property
    def facts_by_id(self) -> Mapping[str, Fact]:
        """Facts by id."""
        return FrozenDict({fact.id: fact for fact in self.facts})

    @cached_property
    def provider_facts_by_id(self) -> Mapping[str, Fact]:
        """Facts of the provider by id."""
        return FrozenDict({fact.id: fact for fact in self.provider_facts})

    @cached_property
    def every_fact(self) -> Mapping[str, Fact]:
        """Facts of a case and of the provider by id; no two have the same."""
        return FrozenDict({**self.provider_facts_by_id, **self.facts_by_id})

    @cached_property
    def ratings_by_id(self) -> Mapping[str, Rating]:
        """Ratings by id."""
        return FrozenDict({rating.id: rating for rating in self.ratings})

    @cached_property
    def standards_by_slug(self) -> Mapping[str, Standard]:
        """Standards by slug."""
        return FrozenDict({standard.slug: standard for standard in self.standards})

    @cached_property
    def key_questions(self) -> Mapping[str, KeyQuestion]:
        """Key questions that are asked of cases by address (``assessment.safety``), in the order of the files."""
        return FrozenDict(
            {path: question for path, question in self.every_question.items() if question.is_asked_of_cases}
        )

    @cached_property
    def every_question(self) -> Mapping[str, KeyQuestion]:
        """Key questions by address, those asked of the provider and those that people rate among them."""
        return FrozenDict(
            {
                f"{standard.slug}.{question.id}": question
                for standard in self.standards
                for question in standard.key_questions
            }
        )

    @cached_property
    def samples_asked(self) -> Mapping[str, Sample]:
        """By the address of each key question that is asked of a sample, that sample; the nearest one named wins.

        A key question that is not among them is asked of every case.
        """
        of_domain = {slug: domain.sample for domain in self.domains for slug in domain.standards}
        samples = {sample.id: sample for sample in self.samples}
        asked: dict[str, Sample] = {}
        for standard in self.standards:
            of_standard = of_domain.get(standard.slug) if standard.sample is None else standard.sample
            for question in standard.key_questions:
                named = of_standard if question.sample is None else question.sample
                # In a valid framework, every one that is named is there.
                if named in samples and question.is_asked_of_cases:
                    asked[f"{standard.slug}.{question.id}"] = samples[named]
        return FrozenDict(asked)

    def sample_of(self, address: str) -> Sample | None:
        """Return the sample that a key question is asked of, or a prompt with its key question (``None``: every case).

        Measures are counted in every case.
        """
        asked = self.samples_asked
        if not asked:
            return None
        return asked.get(address) or asked.get(address.rpartition(".")[0])

    @cached_property
    def provider_questions(self) -> Mapping[str, KeyQuestion]:
        """Key questions that are asked of who is inspected, once, by address."""
        return FrozenDict(
            {
                path: question
                for path, question in self.every_question.items()
                if question.asked_of == "provider" and question.rated_by == "answers"
            }
        )

    @cached_property
    def ruled_questions(self) -> Mapping[str, KeyQuestion]:
        """Key questions that are asked of cases and have a rule, by address: those whose outcome people may record."""
        return FrozenDict({path: each for path, each in self.key_questions.items() if each.points is None})

    @cached_property
    def scored_questions(self) -> Mapping[str, KeyQuestion]:
        """Key questions that are asked of cases and have points, by address."""
        return FrozenDict({path: each for path, each in self.key_questions.items() if each.points is not None})

    @cached_property
    def judged_questions(self) -> Mapping[str, KeyQuestion]:
        """Key questions whose rating people give, by address."""
        return FrozenDict(
            {path: question for path, question in self.every_question.items() if question.rated_by == "judgement"}
        )

    def judged_scale(self, name: str) -> tuple[Rating, ...] | None:
        """Return the scale of what people rate: a standard, by its slug, or a key question, by its address.

        ``None``: nothing of that name is rated by judgement.
        """
        question, standard = self.judged_questions.get(name), self.standards_by_slug.get(name)
        if question is not None:
            return self.scale(question.scale)
        is_judged = standard is not None and standard.rated_by == "judgement"
        return self.scale(standard.scale) if standard is not None and is_judged else None

    @cached_property
    def prompts(self) -> Mapping[str, Prompt]:
        """Prompts that are answered for each case by address (``assessment.safety.victims``)."""
        return FrozenDict(_prompts_of(self.key_questions))

    @cached_property
    def provider_prompts(self) -> Mapping[str, Prompt]:
        """Prompts that are answered once, of who is inspected, by address."""
        return FrozenDict(_prompts_of(self.provider_questions))

    @cached_property
    def measures_by_path(self) -> Mapping[str, Measure]:
        """Measures by address (``measures.professional_curiosity``)."""
        return FrozenDict({f"{MEASURES}.{measure.id}": measure for measure in self.measures})

    def standards_of(self, domain: Domain) -> tuple[Standard, ...]:
        """Return the standards of a domain in the order in which they are reported."""
        return tuple(self.standards_by_slug[slug] for slug in domain.standards)

    @cached_property
    def outside_domains(self) -> tuple[Standard, ...]:
        """The standards that are in no domain, in the order of the files."""
        inside = {slug for domain in self.domains for slug in domain.standards}
        return tuple(standard for standard in self.standards if standard.slug not in inside)

    def scale(self, name: str) -> tuple[Rating, ...]:
        """Return the steps of a scale, best first (nothing: there is none of that name)."""
        return self.ratings if name == RATINGS else self.scales.get(name, ())

    @property
    def every_scale(self) -> Mapping[str, tuple[Rating, ...]]:
        """Every scale by its name, ``ratings`` first."""
        return {RATINGS: self.ratings, **self.scales}

    def scale_of(self, level: Level, name: str) -> str:
        """Return the name of the scale that an element's rating is a step of."""
        if level == "key_questions":
            return self.every_question[name].scale
        if level == "standards":
            return self.standards_by_slug[name].scale
        return next(domain.scale for domain in self.domains if domain.id == name)

    @cached_property
    def ranks(self) -> Mapping[str, Mapping[str, int]]:
        """The place of each rating on each scale, by the scale's name and the rating's id, from 0 for the best."""
        return FrozenDict(
            {
                name: FrozenDict({step.id: rank for rank, step in enumerate(steps)})
                for name, steps in self.every_scale.items()
            }
        )

    def rating_on(self, scale: str, rating: str) -> Rating:
        """Return the step of a scale by its id.

        Raises:
            KeyError: there is no such step.
        """
        return self._steps[scale, rating]

    @cached_property
    def _steps(self) -> Mapping[tuple[str, str], Rating]:
        return FrozenDict({(name, step.id): step for name, steps in self.every_scale.items() for step in steps})

    @cached_property
    def banded_rules(self) -> tuple[AnyBands, ...]:
        """Every rule that places something in bands, as it is declared: those of levels, then those of elements."""
        declared: list[object] = [self.key_question_bands, self.standard_rating, self.domain_rating, self.overall]
        declared += [domain.rating for domain in self.domains]
        for standard in self.standards:
            declared += [standard.rating, *(question.rating for question in standard.key_questions)]
        return tuple(rule for rule in declared if isinstance(rule, AnyBands))

    @cached_property
    def choosing_facts(self) -> tuple[str, ...]:
        """The ids of the provider's facts that choose bands."""
        chosen_by = (choosing_fact(rule) for rule in self.banded_rules)
        return tuple(dict.fromkeys(fact for fact in chosen_by if fact is not None))

    @cached_property
    def bands_chosen(self) -> Mapping[str, str]:
        """By the id of each fact of the provider that chose bands, its value; see :meth:`for_provider`."""
        chosen = (rule.chosen for rule in self.banded_rules)
        return FrozenDict({each.fact: each.value for each in chosen if each is not None})

    def for_provider(self, facts: Mapping[str, FactValue]) -> "Framework":
        """Return the standards as they hold for one provider: with the bands that its facts choose.

        Where a fact that chooses bands is not known, those stay open. Nothing else differs, and they count as the same
        standards: their identity and their checksum are those of the whole.
        """
        if not self.choosing_facts:
            return self
        known = tuple(facts.get(fact) for fact in self.choosing_facts)
        made: Framework | None = self._for_providers.get(known)
        if made is None:
            made = self._for_providers[known] = _with_bands_for(self, facts)
        return made

    @cached_property
    def _for_providers(self) -> dict[object, Anything]:
        return {}

    def bands_of(self, path: str) -> KeyQuestionBands | None:
        """Return the bands by which the key question at an address is rated (``None``: it is not rated by a share)."""
        question = self.every_question[path]
        if question.rated_by == "judgement" or question.points is not None:
            return None
        if isinstance(question.rating, FirstThatHolds | PointsInBands):
            return None
        return self.key_question_bands if question.rating is None else question.rating

    def points_of(self, path: str) -> PointsInBands | None:
        """Return how the points of the key question at an address rate it (``None``: it has no points)."""
        question = self.every_question[path]
        has_points = question.points is not None and isinstance(question.rating, PointsInBands)
        return question.rating if has_points and isinstance(question.rating, PointsInBands) else None

    def scores_of(self, prompt: Prompt) -> Mapping[str, int]:
        """Return the score of each answer to a prompt but na, by its word, the best first."""
        if prompt.answers is None:
            return _YES_OR_NO
        return self._scores[prompt.answers]

    @cached_property
    def _scores(self) -> Mapping[str, Mapping[str, int]]:
        return FrozenDict(
            {name: FrozenDict({step.id: step.score or 0 for step in steps}) for name, steps in self.every_scale.items()}
        )

    def answer_label(self, prompt: Prompt, answer: AnyAnswer) -> str:
        """Return what an answer to a prompt is called: the label of its step, or yes, no or na."""
        if prompt.answers is None or answer is Answer.NA:
            return answer.value
        return self.rating_on(prompt.answers, answer.value).label

    @cached_property
    def answers_on_scales(self) -> Mapping[str, Mapping[str, AnyAnswer]]:
        """What each prompt that is answered on a scale may be answered, by its address and the answer's word."""
        return FrozenDict(
            {
                path: FrozenDict(
                    {step.id: StepAnswer(step.id) for step in self.scale(prompt.answers)} | {"na": Answer.NA}
                )
                for path, prompt in {**self.prompts, **self.provider_prompts}.items()
                if prompt.answers is not None
            }
        )

    def points_bounds(self, path: str) -> tuple[Fraction, Fraction]:
        """Return the least and the most that the number of a case can reach, for a key question that has points."""
        question = self.every_question[path]
        assert question.points is not None
        of_each = [prompt.weight * self.highest_of(prompt) for prompt in question.prompts]
        highest = [Fraction(self.highest_of(prompt)) for prompt in question.prompts]
        if question.points.value == "sum":
            return Fraction(min(of_each)), Fraction(sum(of_each))
        return (min(highest), max(highest)) if question.points.value == "mean" else (Fraction(100), Fraction(100))

    def highest_of(self, prompt: Prompt) -> int:
        """Return the highest score that an answer to a prompt has."""
        return max(self.scores_of(prompt).values())

    @cached_property
    def placed_bands(self) -> tuple[PlacedBands, ...]:
        """The bands of shares where they apply: what holds for all key questions first, then those with their own."""
        answered = {
            path: each
            for path, each in self.every_question.items()
            if each.rated_by == "answers" and each.points is None
        }
        own = [
            PlacedBands(f"{path}.rating", question.rating, question.scale, (path,))
            for path, question in answered.items()
            if isinstance(question.rating, KeyQuestionBands)
        ]
        if self.key_question_bands is None:
            return tuple(own)
        others: dict[str, list[str]] = {}
        for path, question in answered.items():
            if question.rating is None:
                others.setdefault(question.scale, []).append(path)
        of_all = self.key_question_bands
        return (
            *(
                PlacedBands("key_question_bands", of_all, scale, tuple(paths))
                for scale, paths in (others or {RATINGS: []}).items()
            ),
            *own,
        )

    def rated_questions(self, standard: Standard) -> tuple[str, ...]:
        """Return the addresses of a standard's key questions that are rated, and not only counted."""
        # Asked many times of each provider. The framework keeps its standards, so that no others come to lie there.
        found = self._rated_questions.get(id(standard))
        return self._find_rated(standard) if found is None else found

    @cached_property
    def _rated_questions(self) -> Mapping[int, tuple[str, ...]]:
        return {id(standard): self._find_rated(standard) for standard in self.standards}

    def _find_rated(self, standard: Standard) -> tuple[str, ...]:
        return tuple(
            f"{standard.slug}.{question.id}" for question in standard.key_questions if self.is_question_rated(question)
        )

    def is_question_rated(self, question: KeyQuestion) -> bool:
        """Return whether a key question gets a rating: by people, by its prompts, or by bands of its share."""
        if question.rated_by == "judgement" or isinstance(question.rating, FirstThatHolds):
            return True
        declared = question.rating
        if declared is None and question.points is None:
            declared = self.key_question_bands
        return declared is not None and declared.is_rating

    def rule_of_standard(self, standard: Standard) -> RatingRule | None:
        """Return how a standard that is rated by cases gets its rating (``None``: only its shares are shown)."""
        of_all = self.key_question_bands
        is_rated = self.rated_questions(standard) if standard.key_questions else of_all is not None and of_all.is_rating
        if not is_rated:
            return None
        return self.standard_rating if standard.rating is None else standard.rating

    def is_rated(self, standard: Standard) -> bool:
        """Return whether a standard gets a rating at all: by judgement, or by a rule (else only shares are shown)."""
        return standard.rated_by == "judgement" or self.rule_of_standard(standard) is not None

    def rule_of_domain(self, domain: Domain) -> RatingRule | None:
        """Return how a domain gets its rating (``None``: it is not rated)."""
        declared = self.domain_rating
        if domain.rating is not None:
            return domain.rating
        if not isinstance(declared, DomainRating):
            return declared
        bands = declared.bands_of.get(domain.id)
        if bands is None:
            return None  # a valid framework has bands for each of its domains
        at = declared.at.of("bands_of", domain.id)
        return SumInBands(bands, declared.sum_of, declared.out_of.get(domain.id), at=at)

    def placed_rules(self) -> Iterator[PlacedRule]:
        """Yield every rating rule where it applies: those of standards, then those of domains, then the whole's."""
        beside = {standard.slug for standard in self.standards if not standard.in_total}
        without = {standard.slug for standard in self.standards if not self.is_rated(standard)}
        for standard in self.standards:
            rule = self.rule_of_standard(standard)
            if standard.rated_by == "cases" and rule is not None:
                below: dict[Level, tuple[str, ...]] = {"key_questions": self.rated_questions(standard)}
                own = standard.rating is not None
                yield PlacedRule("standard", standard.slug, rule, standard.scale, below, is_own=own)
        for domain in self.domains:
            rule = self.rule_of_domain(domain)
            if rule is not None:
                rated = [slug for slug in domain.standards if slug not in without]
                below = {"standards": tuple(slug for slug in rated if slug not in beside)}
                others = tuple(slug for slug in rated if slug in beside)
                own = domain.rating is not None or isinstance(self.domain_rating, DomainRating)
                yield PlacedRule("domain", domain.id, rule, domain.scale, below, others, own)
        if self.overall is not None:
            of_all = [standard.slug for standard in self.standards if standard.slug not in without]
            below = {"standards": tuple(slug for slug in of_all if slug not in beside)}
            domains = tuple(domain.id for domain in self.domains if self.rule_of_domain(domain) is not None)
            if domains:
                below["domains"] = domains
            others = tuple(slug for slug in of_all if slug in beside)
            yield PlacedRule("overall", "", self.overall, RATINGS, below, others)

    @property
    def asks_of_cases(self) -> bool:
        """Whether anything is asked of cases: a key question, or a measure that counts them."""
        return bool(self.measures) or bool(self.key_questions)

    @cached_property
    def has_scores(self) -> bool:
        """Whether the ratings of all standards that count carry scores, so that they add up."""
        counted = [each for each in self.standards if each.in_total and self.is_rated(each)]
        scales = [self.scale(standard.scale) for standard in counted]
        return bool(scales) and all(rating.score is not None for scale in scales for rating in scale)

    def score_out_of(self, standards: tuple[Standard, ...] | None = None) -> int | None:
        """Return the highest score that these standards (default: all) could reach together (``None``: no scores).

        Standards that are reported beside the total do not count.
        """
        among = self.standards if standards is None else standards
        counted = [each for each in among if each.in_total and self.is_rated(each)]
        highest = [self.highest_score(each.scale) for each in counted]
        return sum(score for score in highest if score is not None) if self.has_scores else None

    def highest_score(self, scale: str) -> int | None:
        """Return the highest score that a rating on a scale carries (``None``: they carry no scores)."""
        return max((step.score for step in self.scale(scale) if step.score is not None), default=None)


_YES_OR_NO: Mapping[str, int] = FrozenDict({"yes": 1, "no": 0})


def _prompts_of(questions: Mapping[str, KeyQuestion]) -> dict[str, Prompt]:
    return {f"{path}.{prompt.id}": prompt for path, question in questions.items() for prompt in question.prompts}


Rule = TypeVar("Rule")


def _with_bands_for(framework: Framework, facts: Mapping[str, FactValue]) -> Framework:
    """Return a framework in which each rule has the bands that some facts choose."""

    def chosen(rule: Rule) -> Rule:
        return rule_for(rule, facts) if isinstance(rule, AnyBands) else rule

    def standard(declared: Standard) -> Standard:
        questions = tuple(evolve(each, rating=chosen(each.rating)) for each in declared.key_questions)
        return evolve(declared, rating=chosen(declared.rating), key_questions=questions)

    return evolve(
        framework,
        key_question_bands=chosen(framework.key_question_bands),
        standard_rating=chosen(framework.standard_rating),
        domain_rating=chosen(framework.domain_rating),
        overall=chosen(framework.overall),
        domains=tuple(evolve(each, rating=chosen(each.rating)) for each in framework.domains),
        standards=tuple(map(standard, framework.standards)),
        whole=framework.checksum,
    )
