"""How a table is said to be read is checked whatever the table holds, all at once, each finding with its place."""

from __future__ import annotations

from typing import Any

import pytest

from ctm_rules import Framework
from ctm_rules.model.declared_reading import Codes, Shorthands
from ctm_rules.validity.readings import check_shorthands
from tests.support.small_framework import Small

FLOORS, KNIVES = "hygiene.clean.floors", "hygiene.clean.knives"


@pytest.fixture
def framework(small: Small) -> Framework:
    return small()


def found(framework: Framework, **reading: Any) -> list[tuple[str, str]]:
    findings = list(check_shorthands(framework, Shorthands(**reading), ["site", "received.quarter", "received"]))
    assert all(finding.hint and finding.file == "<options>" for finding in findings)
    return sorted((finding.code, finding.path) for finding in findings)


@pytest.mark.parametrize(
    "reading",
    [
        {},
        {"columns": {"case": "ID", FLOORS: "Q1", "size": "S", "hygiene.clean": "J", "site": "S", "received": "D"}},
        {"columns": {FLOORS: KNIVES, KNIVES: FLOORS}},
        {"codes": Codes(yes=1, no=2, na=9, facts={"size": {"small": 1, "large": 2}})},
        {"codes": Codes(yes=-1, facts={"size": {"small": 1}})},
        {"absent": "missing"},
    ],
    ids=["nothing said", "every kind of column", "two that change places", "codes", "codes of some", "absent"],
)
def test_what_can_be_meant_is_taken(framework: Framework, reading: dict[str, Any]) -> None:
    assert found(framework, **reading) == []


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        ({"columns": {"hygiene.clean.flors": "Q1"}}, [("unknown-column", "/columns/hygiene.clean.flors")]),
        ({"columns": {"site": "Q1", "place": "Q2"}}, [("unknown-column", "/columns/place")]),
        ({"columns": {FLOORS: "Q1", KNIVES: "Q1"}}, [("bad-column-names", f"/columns/{KNIVES}")]),
        ({"columns": {FLOORS: KNIVES}}, [("bad-column-names", f"/columns/{FLOORS}")]),
        ({"columns": {FLOORS: ""}}, [("bad-column-names", f"/columns/{FLOORS}")]),
        ({"columns": {FLOORS: 3}}, [("bad-column-names", f"/columns/{FLOORS}")]),
        ({"columns": [FLOORS]}, [("bad-column-names", "/columns")]),
        ({"columns": {"size": "size"}}, [("option-without-effect", "/columns/size")]),
        ({"codes": {"1": "yes"}}, [("bad-codes", "/codes")]),
        ({"codes": Codes(yes=0)}, [("bad-codes", "/codes/yes")]),
        ({"codes": Codes(na=1)}, [("bad-codes", "/codes/yes")]),
        ({"codes": Codes(no="0", na=2.0)}, [("bad-codes", "/codes/na"), ("bad-codes", "/codes/no")]),  # type: ignore[arg-type]
        ({"codes": Codes(facts=["size"])}, [("bad-codes", "/codes/facts")]),  # type: ignore[arg-type]
        ({"codes": Codes(facts={"size": ["small"]})}, [("bad-codes", "/codes/facts/size")]),  # type: ignore[dict-item]
        ({"codes": Codes(facts={"siez": {}})}, [("unknown-name", "/codes/facts/siez")]),
        ({"codes": Codes(facts={"seats": {"a": 1}})}, [("bad-codes", "/codes/facts/seats")]),
        ({"codes": Codes(facts={"serves_meat": {"yes": 1}})}, [("bad-codes", "/codes/facts/serves_meat")]),
        ({"codes": Codes(facts={"size": {"smal": 1}})}, [("unknown-name", "/codes/facts/size/smal")]),
        ({"codes": Codes(facts={"size": {"small": 1, "large": 1}})}, [("bad-codes", "/codes/facts/size/small")]),
        ({"absent": "mising"}, [("unknown-name", "/absent")]),
        (
            {"columns": {"size": "size"}, "codes": Codes(no=1), "absent": "mising"},
            [("bad-codes", "/codes/yes"), ("option-without-effect", "/columns/size"), ("unknown-name", "/absent")],
        ),
    ],
    ids=[
        "prompt misspelt",
        "grouped by another",
        "one for two",
        "one that is another",
        "an empty name",
        "a number for a name",
        "a list of columns",
        "the same name",
        "codes the wrong way round",
        "yes is no",
        "yes is na",
        "codes that are no whole numbers",
        "a list of facts",
        "a list of values",
        "fact misspelt",
        "codes of a number",
        "codes of yes and no",
        "value misspelt",
        "two values of one code",
        "absent misspelt",
        "all at once",
    ],
)
def test_what_cannot_be_meant_is_a_finding(
    framework: Framework, reading: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert found(framework, **reading) == expected


def test_a_code_that_is_another_value_is_refused(small: Small) -> None:
    framework = small("floors", ("{small: Small, large: Large}", "{1: Small, 2: Large}"))
    assert found(framework, codes=Codes(facts={"size": {"1": 2, "2": 1}})) == [
        ("bad-codes", "/codes/facts/size/1"),
        ("bad-codes", "/codes/facts/size/2"),
    ]
    assert found(framework, codes=Codes(facts={"size": {"1": 1, "2": 2}})) == []


def test_the_hint_leads_to_the_name_that_was_meant(framework: Framework) -> None:
    reading = Shorthands({"hygiene.clean.flors": "Q1", "site2": FLOORS}, Codes(facts={"siez": {"small": 1}}))
    hints = {finding.path: finding.hint for finding in check_shorthands(framework, reading, [])}
    assert hints == {
        "/columns/hygiene.clean.flors": f'did you mean "{FLOORS}"?',
        "/columns/site2": f"write our name first, and then the table's: {FLOORS}=site2",
        "/codes/facts/siez": 'did you mean "size"? Allowed: size.',
    }
