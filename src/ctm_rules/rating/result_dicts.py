"""What results are as plain data (serialisation): the keys of ``to_dict`` and ``--json``, for checkers and schemas.

Ratings stand twice: by their label, which people read, and by their id, which programs compare. What is exact is text:
``125/2``. A key once given keeps its meaning; new ones may come.
"""

# Without `from __future__ import annotations`: types are read here, where their names are known.

from collections.abc import Mapping
from typing import Literal, NotRequired, TypedDict


class FrameworkDict(TypedDict):
    """The standards that a result rests on."""

    id: str
    edition: str
    origin: str
    checksum: str


def framework_dict(identity: Mapping[str, str]) -> FrameworkDict:
    """Return what :meth:`Framework.identity` says as a result has it."""
    return {
        "id": identity["id"],
        "edition": identity["edition"],
        "origin": identity["origin"],
        "checksum": identity["checksum"],
    }


class LibraryDict(TypedDict):
    """What made a result."""

    name: str
    version: str


class CountsDict(TypedDict):
    """How many cases have each outcome; where some are scored, their points and what they could have been."""

    yes: int
    no: int
    not_applicable: int
    undetermined: int
    scored: NotRequired[int]
    points: NotRequired[str]
    reachable: NotRequired[str]


class ReasonDict(TypedDict):
    """A part of a rating rule that made a rating: the number of a line or a step, what it says and where it stands."""

    part: Literal["bands", "line", "step"]
    number: int
    says: str
    file: str
    line: int


class FlagDict(TypedDict):
    """Why people should look at a rating again; ``instead`` is the id of the rating on the other side."""

    kind: Literal["near_boundary", "one_case", "few_cases", "one_standard"]
    reason: str
    instead: str | None
    changes_standard: bool


# A key that Python has a word for.
DecisionDict = TypedDict(
    "DecisionDict",
    {
        "from": str,
        "from_id": str,
        "rating": str,
        "rating_id": str,
        "reason": str,
        "who": str,
        "date": str,
    },
)
DecisionDict.__doc__ = "What a ratings panel decided."


class StaleDict(TypedDict):
    """That a decision is not applied: what it moved, and the id of the rating that is computed by now."""

    level: Literal["standards", "domains", "overall"]
    id: str
    says: str
    computed_id: str | None


class StaleDecisionDict(StaleDict):
    """A decision that is not applied."""

    decision: DecisionDict


class ComputedDict(TypedDict):
    """The rating and the score that there would be if no panel had decided anything."""

    rating: str | None
    rating_id: str | None
    score: int | None


class RatedPartDict(TypedDict):
    """The rating of what rests on standards: the whole, or a domain."""

    rating: str | None
    rating_id: str | None
    score: int | None
    out_of: int | None
    panel: list[str]
    flags: list[FlagDict]
    because: list[ReasonDict]
    drivers: list[str]
    value: str | None
    computed: ComputedDict
    decision: DecisionDict | None


class DomainDict(RatedPartDict):
    """A domain."""

    id: str
    title: str
    not_rated: str


class BorrowedDict(TypedDict):
    """The standards that a key question is taken from, and its address there."""

    framework: str
    edition: str
    key_question: str
    checksum: str


class KeyQuestionDict(CountsDict):
    """A key question: how many cases have each outcome, the share (exact), and the rating of its band.

    ``value`` is there where it has points: what is placed in its bands.
    ``borrowed`` is there where it is another framework's.
    """

    id: str
    ask: str
    value: NotRequired[str | None]
    share: str | None
    percent: int | None
    band: str | None
    rating_id: str | None
    panel: list[str]
    flags: list[FlagDict]
    interval: list[int] | None
    not_rated: str
    asked_of: str
    rated_by: str
    because: list[ReasonDict]
    is_settled: bool
    borrowed: NotRequired[BorrowedDict]


class StandardDict(TypedDict):
    """A standard; ``weakest_first`` has the addresses of its key questions."""

    id: str
    slug: str
    title: str
    rating: str | None
    rating_id: str | None
    score: int | None
    rated_by: Literal["cases", "judgement"]
    drivers: list[str]
    not_counted: list[str]
    because: list[ReasonDict]
    value: str | None
    key_questions: list[KeyQuestionDict]
    weakest_first: list[str]
    not_rated: str
    is_settled: bool
    computed: ComputedDict
    decision: DecisionDict | None


class SampleDict(TypedDict):
    """A sample, with the number of cases that its key questions were asked of."""

    id: str
    title: str
    cases: int


class RatingDict(TypedDict):
    """The ratings of everything that a framework rates: what :meth:`RatingResult.to_dict` returns.

    ``samples`` is there where the framework declares some, ``bands_chosen`` where facts of the provider chose bands: by
    the id of each such fact, the value whose bands held.
    """

    framework: FrameworkDict
    engine: str
    cases: int
    samples: NotRequired[list[SampleDict]]
    bands_chosen: NotRequired[dict[str, str]]
    overall: RatedPartDict
    domains: list[DomainDict]
    standards: list[StandardDict]
    not_rated: list[str]
    not_counted: list[str]
    assumptions: list[str]
    panel: list[str]
    stale_decisions: list[StaleDecisionDict]
    library: LibraryDict
