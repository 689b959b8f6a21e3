"""What is said of the editions of a framework."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ctm_rules.checking.editions import check_editions
from ctm_rules.checking.files import check_paths
from ctm_rules.frameworks.loading import load_framework
from tests.support.editing import edit
from tests.support.findings import assert_well_said, codes_of


@pytest.mark.parametrize(
    ("earlier", "later", "place", "says"),
    [
        pytest.param("", "2027-01-01", ("2026", 5), "has no end", id="no end"),
        pytest.param("in_force_to: 2026-12-31", "2027-01-01", None, "", id="the day before"),
        pytest.param(
            "in_force_to: 2027-01-01",
            "2027-01-01",
            ("2026", 6),
            "ends on 1 January 2027",
            id="one day too late",
        ),
        pytest.param(
            "in_force_to: 2026-12-30",
            "2027-01-01",
            ("2026", 6),
            "no edition is in force",
            id="one day too early",
        ),
        pytest.param(
            "in_force_to: 2026-12-31",
            "2026-01-01",
            ("2027", 5),
            "on the same day",
            id="both from the same day",
        ),
    ],
)
def test_editions_follow_one_another(
    kitchens: Path, earlier: str, later: str, place: tuple[str, int] | None, says: str
) -> None:
    copy = Path(shutil.copytree(kitchens, kitchens.parent / "2027"))
    edit(kitchens / "framework.yaml", "in_force_from: 2026-01-01\n", f"in_force_from: 2026-01-01\n{earlier}\n")
    edit(copy / "framework.yaml", "in_force_from: 2026-01-01", f"in_force_from: {later}")
    edit(copy / "framework.yaml", 'edition: "2026"', 'edition: "2027"')
    for root in (kitchens.parent, kitchens.parents[1]):
        found = check_paths([root]).diagnostics
        assert [one.code for one in found] == (["edition-dates"] if place else [])
        if place:
            assert (Path(found[0].file).parent.name, found[0].line) == place
            assert says in found[0].message
            assert_well_said(found)


def test_a_copy_that_was_not_given_its_edition_is_found(kitchens: Path) -> None:
    shutil.copytree(kitchens, kitchens.parent / "2027")
    assert sorted(codes_of(kitchens.parents[1])) == ["folder-name", "same-edition"]
    both = [load_framework(kitchens), load_framework(kitchens.parent / "2027")]
    (found,) = check_editions(both)
    assert (found.code, found.file) == ("same-edition", both[1].at.file)
    assert f"the other is in {both[0].at.file}" in found.hint
    assert_well_said([found])
