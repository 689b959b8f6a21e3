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
    bands: from the highest lower bound down to 0, so that every value has a rating.
    at: where it was declared.
"""

# Without `from __future__ import annotations`: types are read here, where their names are known, since `__module__` of
# these classes says `ctm_rules`.

import datetime
from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Literal

from attrs import field, frozen

from ctm_rules.diagnostics.findings import Location, declared_at
from ctm_rules.model.checksum import checksum_of
from ctm_rules.model.conditions import Condition, prompts_in
from ctm_rules.model.frozen_dict import FrozenDict, frozen_dict
from ctm_rules.model.origin import BUILT_IN_PYTHON, Origin
from ctm_rules.model.rating_rules import Band, RatingRule, StandardRating, StandardRule, SumInBands

# --- What is declared ----------------------------------------------------------------------------


@frozen
class Source:
    """Where wording, a rule or a figure comes from.

    Attributes:
        title: the name of the publication.
        section: the part of it, such as "P 2.1" or "Footnote 1".
        url: where it can be read.
        licence: under which it may be used.
    """

    title: str
    section: str = ""
    url: str = ""
    licence: str = ""
    at: Location = declared_at()


FactType = Literal["yes_no", "choice", "whole_number", "date"]


@frozen
class Range:
    """From where to where the value of a fact may lie, both ends included.

    Attributes:
        lowest: the lowest whole number, or the first date (left out: there is none).
        highest: the highest whole number, or the last date (left out: there is none).
    """

    lowest: int | datetime.date | None = field(default=None, metadata={"key": "from"})
    highest: int | datetime.date | None = field(default=None, metadata={"key": "to"})
    at: Location = declared_at()


@frozen
class Fact:
    """An attribute of a case that rules, measures and sub-groups may look at.

    Attributes:
        title: what it says about a case: a phrase that is yes or no, or the name of what has a value.
        type: what kind of value it has.
        values: of a ``choice``: each allowed value and its label, lowest first where ``ordered``.
        ordered: whether the values of a ``choice`` go from lowest to highest.
        range: of a ``whole_number`` or a ``date``: where its values lie; anything else in a case is a mistake.
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
    source: Source | None = None
    assumed: tuple[str, ...] = ()
    at: Location = declared_at()


@frozen
class Prompt:
    """What an inspector looks for; answered yes, no or na for each case.

    Attributes:
        ask: the question, put so that yes is good.
        applies_when: facts alone; where it is false, the prompt drops out whatever was answered.
    """

    id: str
    ask: str
    applies_when: Condition | None = None
    source: Source | None = None
    assumed: tuple[str, ...] = ()
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


@frozen
class KeyQuestion:
    """A question answered for every case: ``yes_when`` over the prompts, asked where ``applies_when``.

    Attributes:
        prompts: what an inspector looks for, in the order in which it is asked.
        yes_when: the rule over the prompts by which a case is answered yes.
        applies_when: facts alone; where it is false, the question is not asked of a case.
        variants: by variant id, the rule that replaces ``yes_when`` for the cases of that variant.
    """

    id: str
    ask: str
    prompts: tuple[Prompt, ...]
    yes_when: Condition
    applies_when: Condition | None = None
    variants: Mapping[str, VariantRule] = field(factory=dict, converter=frozen_dict)
    source: Source | None = None
    assumed: tuple[str, ...] = ()
    at: Location = declared_at()

    @property
    def rules(self) -> tuple[tuple[str | None, Condition], ...]:
        """Each of its rules after the id of the variant whose cases it decides (``None``: ``yes_when``, the first)."""
        return (None, self.yes_when), *((variant, rule.yes_when) for variant, rule in self.variants.items())

    @property
    def prompts_read(self) -> frozenset[str]:
        """The ids of the prompts that any of its rules reads."""
        return frozenset(prompt for _, rule in self.rules for prompt in prompts_in(rule))


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
        rated_by: ``cases`` where the outcomes of its key questions decide, ``judgement`` where people do.
        key_questions: the questions answered for every case (``rated_by: cases`` only).
        themes: the subjects under which evidence is recorded (``rated_by: judgement``).
        rating: how its key questions' ratings become its own (left out: as ``standard_rating`` says).
    """

    id: str
    slug: str
    title: str
    statement: str
    rated_by: Literal["cases", "judgement"]
    key_questions: tuple[KeyQuestion, ...] = ()
    themes: tuple[Theme, ...] = ()
    rating: StandardRule | None = None
    source: Source | None = None
    assumed: tuple[str, ...] = ()
    at: Location = declared_at()


@frozen
class Domain:
    """A group of standards.

    Attributes:
        standards: their slugs, in the order in which they are reported.
        rating: how its standards' ratings become its own (left out: as ``domain_rating`` says).
    """

    id: str
    title: str
    standards: tuple[str, ...]
    rating: RatingRule | None = None
    at: Location = declared_at()


@frozen
class Rating:
    """One step of the rating scale, and the score that it carries where something adds up.

    Attributes:
        label: the word that reports print.
        score: what it adds to a sum of scores (left out where nothing adds up).
    """

    id: str
    label: str
    score: int | None = None
    at: Location = declared_at()


CountedOutcome = Literal["yes", "no", "not_applicable"]
Rounding = Literal["half_up", "half_even", "down", "up"]


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
    """

    share_of: CountedOutcome
    among: tuple[CountedOutcome, ...]
    bands: tuple[Band, ...]
    round: Rounding = "half_up"
    decided_on: Literal["rounded", "exact"] = "rounded"
    undetermined: Literal["refuse", "exclude"] = "refuse"
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
class Panel:
    """When people should look at a rating again.

    Attributes:
        within_points: a share at most this many percentage points from a band's bound (``None``: never).
        one_case_would_change_it: one case judged the other way would give another rating.
        one_standard_would_change_it: one standard rated one step better or worse would give a domain, or all standards
            together, another rating.
        cases_fewer_than: fewer cases counted than this (``None``: never).
    """

    within_points: Fraction | None = None
    one_case_would_change_it: bool = False
    one_standard_would_change_it: bool = False
    cases_fewer_than: int | None = None
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
class Framework:
    """A set of standards in force from a date, with everything needed to rate an inspection by them.

    Attributes:
        id: the name of the framework's folder, the same for every edition, such as ``hmip-pdu``.
        edition: the name of the edition's folder, in quotes: "2024".
        publisher: who issued the standards.
        in_force_from: the first day on which this edition holds.
        in_force_to: the last day on which it held (left out while it is in force).
        ratings: the rating scale, best first.
        domains: the groups of standards, in the order in which they are reported.
        standards: each standard; in a folder, each has a file of its own instead.
        key_question_bands: how the outcomes of a key question become a rating.
        standard_rating: how key questions' ratings become a standard's rating.
        domain_rating: how standards' ratings become a domain's rating (left out where domains are not rated).
        overall: how the ratings become the overall rating (left out where there is none).
        panel: when people should look at a rating again.
        facts: what is known about a case, and all that rules may look at beside its answers.
        variants: other rules for some cases.
        measures: what is counted and reported beside the key questions, never rated.
        subgroups: groups of cases that the report compares.
        disclosure: what published outputs keep back, so that nobody can be recognised in them.
        origin: where the files of the framework lie; it never counts when two are compared.
    """

    id: str
    edition: str
    title: str
    publisher: str
    in_force_from: datetime.date
    ratings: tuple[Rating, ...]
    domains: tuple[Domain, ...]
    standards: tuple[Standard, ...]
    key_question_bands: KeyQuestionBands | None = None
    standard_rating: StandardRule = StandardRating()
    domain_rating: DomainRating | RatingRule | None = None
    overall: RatingRule | None = None
    panel: Panel = Panel()
    in_force_to: datetime.date | None = None
    facts: tuple[Fact, ...] = ()
    variants: tuple[Variant, ...] = ()
    measures: tuple[Measure, ...] = ()
    subgroups: tuple[SubGroup, ...] = ()
    disclosure: Disclosure = Disclosure()
    source: Source | None = None
    assumed: tuple[str, ...] = ()
    origin: Origin = field(default=BUILT_IN_PYTHON, eq=False, repr=False, kw_only=True)
    at: Location = declared_at()

    @cached_property
    def checksum(self) -> str:
        """What tells these standards from any others: ``v1:`` and a SHA-256 of what they declare, in hexadecimal."""
        return checksum_of(self)

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
    def ratings_by_id(self) -> Mapping[str, Rating]:
        """Ratings by id."""
        return FrozenDict({rating.id: rating for rating in self.ratings})

    @cached_property
    def standards_by_slug(self) -> Mapping[str, Standard]:
        """Standards by slug."""
        return FrozenDict({standard.slug: standard for standard in self.standards})

    @cached_property
    def key_questions(self) -> Mapping[str, KeyQuestion]:
        """Key questions by address (``assessment.safety``), in the order of the domains and files."""
        return FrozenDict(
            {
                f"{standard.slug}.{question.id}": question
                for standard in self.standards
                for question in standard.key_questions
            }
        )

    @cached_property
    def prompts(self) -> Mapping[str, Prompt]:
        """Prompts by address (``assessment.safety.victims``)."""
        return FrozenDict(
            {
                f"{path}.{prompt.id}": prompt
                for path, question in self.key_questions.items()
                for prompt in question.prompts
            }
        )

    @cached_property
    def measures_by_path(self) -> Mapping[str, Measure]:
        """Measures by address (``measures.professional_curiosity``)."""
        return FrozenDict({f"{MEASURES}.{measure.id}": measure for measure in self.measures})

    def standards_of(self, domain: Domain) -> tuple[Standard, ...]:
        """Return the standards of a domain in the order in which they are reported."""
        return tuple(self.standards_by_slug[slug] for slug in domain.standards)

    def rule_of_standard(self, standard: Standard) -> RatingRule:
        """Return how a standard that is rated by cases gets its rating."""
        return self.standard_rating if standard.rating is None else standard.rating

    def rule_of_domain(self, domain: Domain) -> RatingRule | None:
        """Return how a domain gets its rating (``None``: it is not rated)."""
        declared = self.domain_rating
        if domain.rating is not None:
            return domain.rating
        if not isinstance(declared, DomainRating):
            return declared
        at = declared.at.of("bands_of", domain.id)
        return SumInBands(declared.bands_of[domain.id], declared.sum_of, declared.out_of.get(domain.id), at=at)

    @property
    def asks_of_cases(self) -> bool:
        """Whether anything is asked of cases: a standard is rated by them, or a measure counts them."""
        return bool(self.measures) or any(standard.rated_by == "cases" for standard in self.standards)

    @property
    def has_scores(self) -> bool:
        """Whether every rating carries a score, so that scores add up."""
        return all(rating.score is not None for rating in self.ratings)

    def score_out_of(self, standards: tuple[Standard, ...] | None = None) -> int | None:
        """Return the highest score that these standards (default: all) could reach together (``None``: no scores)."""
        counted = self.standards if standards is None else standards
        scores = [rating.score for rating in self.ratings if rating.score is not None]
        return len(counted) * max(scores) if self.has_scores else None
