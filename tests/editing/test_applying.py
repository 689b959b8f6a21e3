"""An amendment kept: the files then say what it asked, with their comments and layout."""

from __future__ import annotations

from pathlib import Path

import pytest

from ctm_rules import load_framework
from ctm_rules.checking.files import check_paths
from ctm_rules.diagnostics.findings import DiagnosticError
from ctm_rules.editing.applying import Applied, apply
from ctm_rules.editing.uses import files_around
from ctm_rules.frameworks.addresses import addresses
from ctm_rules.frameworks.amendments import amended_framework, amendment_from_options, read_amendment
from ctm_rules.frameworks.loading import read_framework
from ctm_rules.yaml_files.formatting import format_file, yaml_files
from tests.support.every_name import FILES, write_every_name


@pytest.fixture
def homes(tmp_path: Path) -> Path:
    return write_every_name(tmp_path)


def applied(homes: Path, set: tuple[str, ...] = (), remove: tuple[str, ...] = (), add: tuple[str, ...] = ()) -> Applied:
    amendment = amendment_from_options(set, remove, add)
    return apply(files_around(homes), [amendment], although_used=True)


def refusal(homes: Path, *, although_used: bool = True, **options: tuple[str, ...]) -> str:
    before = {file: file.read_bytes() for file in homes.rglob("*.yaml")}
    with pytest.raises(DiagnosticError) as error:
        apply(files_around(homes), [amendment_from_options(**options)], although_used=although_used)
    assert {file: file.read_bytes() for file in homes.rglob("*.yaml")} == before
    return "\n".join(f"{found.code}: {found.message}" for found in error.value.diagnostics)


def test_an_amendment_file_is_written_into_the_standards(homes: Path) -> None:
    amendment = read_amendment(homes.parents[2] / "audits" / "amendment.yaml")
    expected = amended_framework(read_framework(homes), [amendment])
    before = {file: file.read_text(encoding="utf-8") for file in homes.glob("*.yaml")}
    done = apply(files_around(homes), [amendment], although_used=True)
    assert [file.name for file in done.changes.write()] == ["1-meals.yaml", "framework.yaml"]
    assert load_framework(homes) == expected == done.after
    after = {file: file.read_text(encoding="utf-8") for file in homes.glob("*.yaml")}
    framework, meals = homes / "framework.yaml", homes / "1-meals.yaml"
    assert after[framework] == before[framework].replace(
        "{from: 40, rating: fair}", "{from: 30, rating: fair}"
    ).replace("    care:\n      - {from: 3,", "    care:\n      - {from: 4,")
    assert "      - {id: enough, ask: Is it enough?, applies_when: {fact: stay, is: long}}\n" in after[meals]
    assert "    yes_when: {all: [fresh, {any: [warm, shared]}, enough]}\n" in after[meals]
    assert {file: text for file, text in after.items() if file not in (framework, meals)} == {
        file: text for file, text in before.items() if file not in (framework, meals)
    }
    assert [each.path for each in map(format_file, yaml_files([homes])) if each.is_changed] == []


@pytest.mark.parametrize(
    ("options", "file", "old", "new"),
    [
        ({"set": ("in_force_to=2027-01-01",)}, "framework.yaml", "in_force_from: 2026-01-01\n", None),
        (
            {"set": ("in_force_from=2026-02-01",)},
            "framework.yaml",
            "in_force_from: 2026-01-01",
            "in_force_from: 2026-02-01",
        ),
        ({"set": ("meals.title=2024",)}, "1-meals.yaml", None, None),
        (
            {"set": ("panel.within_points=3",)},
            "framework.yaml",
            "panel: {within_points: 5}",
            "panel: {within_points: 3}",
        ),
        (
            {"set": ("night.calm.dark.ask=Is it dark, and quiet?",)},
            "2-night.yaml",
            "ask: Is it dark?",
            'ask: "Is it dark, and quiet?"',
        ),
        (
            {"set": ("meals.food.shared.applies_when={fact: has_visitors, is: no}",)},
            "1-meals.yaml",
            "{fact: has_visitors, is: yes}",
            "{fact: has_visitors, is: no}",
        ),
        (
            {"remove": ("meals.food.shared.applies_when",)},
            "1-meals.yaml",
            ", applies_when: {fact: has_visitors, is: yes}",
            "",
        ),
        (
            {"remove": ("measures.weighed",)},
            "measures.yaml",
            "\n  - {id: weighed, title: The person was weighed, applies_when: {fact: stay, at_least: long}}",
            " []",
        ),
        (
            {"add": ("facts=[{id: age, title: Age, type: whole_number}]",)},
            "facts.yaml",
            "visitors, type: yes_no}\n",
            "visitors, type: yes_no}\n  - {id: age, title: Age, type: whole_number}\n",
        ),
        (
            {"set": ("meals.food.yes_when={any: [fresh, warm, shared]}",)},
            "1-meals.yaml",
            "{all: [fresh, {any: [warm, shared]}]}",
            "{any: [fresh, warm, shared]}",
        ),
    ],
    ids=[
        "a new key",
        "a date",
        "a number for a text",
        "a number",
        "a text",
        "yes or no",
        "a key removed",
        "the only item",
        "an item",
        "a rule",
    ],
)
def test_what_options_say_is_written_where_it_belongs(
    homes: Path, options: dict[str, tuple[str, ...]], file: str, old: str | None, new: str | None
) -> None:
    if old is None:
        assert "wrong-type" in refusal(homes, **options)
        return
    done = applied(homes, **options)
    assert [each.name for each in done.changes.write()] == [file]
    text = FILES[f"standards/homes/2026/{file}"]
    assert text.count(old) == 1
    after = (homes / file).read_text(encoding="utf-8")
    assert after == (text.replace(old, new) if new is not None else f'{text}in_force_to: "2027-01-01"\n')


def test_every_value_that_there_is_can_be_set_to_itself_and_no_file_changes(homes: Path) -> None:
    source = read_framework(homes)
    framework = load_framework(homes)
    assert len(addresses(source)) > 100
    amendment = amendment_from_options(["meals.food.ask=Is the food good?", "key_question_bands.fair.from=40"])
    done = apply(files_around(homes), [amendment], although_used=True)
    assert done.changes.files == ()
    assert done.after == framework


def test_a_standard_that_is_added_has_a_file_of_its_own(homes: Path) -> None:
    standard = (
        "{id: H 5, slug: garden_walks, title: Walks, statement: People go out., source: {title: A handbook}, "
        "rated_by: judgement, in_total: false, themes: [{id: paths, title: Paths}, {id: company, title: Company}]}"
    )
    done = applied(homes, add=(f"standards=[{standard}]",))
    assert [file.name for file in done.changes.write()] == ["5-garden-walks.yaml"]
    assert (homes / "5-garden-walks.yaml").read_text(encoding="utf-8").startswith("id: H 5\nslug: garden_walks\n")
    assert "garden_walks" in load_framework(homes).standards_by_slug
    assert [each.path for each in map(format_file, yaml_files([homes])) if each.is_changed] == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"remove": ("fires",)}, "unknown-name"),
        ({"set": ("panel.within_pionts=3",)}, "unknown-address"),
        ({"set": ("meals.food.yes_when=nothing",)}, "unknown-name"),
        ({"set": ("meals.title=a\x07b",)}, "yaml-syntax"),
    ],
    ids=["a standard that is named", "no address", "no prompt", "a bell"],
)
def test_what_makes_no_standards_is_refused(homes: Path, options: dict[str, tuple[str, ...]], said: str) -> None:
    assert said in refusal(homes, **options)


def test_a_standard_is_removed_by_removing_its_file(homes: Path) -> None:
    said = refusal(
        homes,
        remove=("fires",),
        set=(
            "overall.first_that_holds=[{rating: poor, when: {domain: care, rated: poor}}, {rating: good}]",
            "scales={safety: [{id: safe, label: Safe}, {id: unsafe, label: Unsafe}]}",
            "leadership.scale=ratings",
        ),
    )
    assert 'not-applied: the standard "fires" has a file of its own' in said


def test_an_edition_that_inspections_were_rated_by_is_not_changed(homes: Path) -> None:
    said = refusal(homes, although_used=False, set=("panel.within_points=3",))
    assert said.startswith("edition-in-use: ")


def test_comments_stay_with_what_they_belong_to(homes: Path) -> None:
    file = homes / "framework.yaml"
    text = file.read_text(encoding="utf-8")
    commented = text.replace(
        "    - {from: 40, rating: fair}", "    # the middle\n    - {from: 40, rating: fair}  # for now"
    )
    file.write_text(commented, encoding="utf-8")
    file.write_bytes(format_file(file).after)
    applied(homes, set=("key_question_bands.fair.from=45",)).changes.write()
    assert "    # the middle\n    - {from: 45, rating: fair}                 # for now\n" in file.read_text(
        encoding="utf-8"
    )
    assert [found.code for found in check_paths([homes]).diagnostics] == []
