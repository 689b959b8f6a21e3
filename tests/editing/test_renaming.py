"""An element renamed: in every file that says its name or in none, with nothing else changed."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from ctm_rules import compare_frameworks, load_framework, load_inspection, rate_inspection
from ctm_rules.checking.files import check_paths
from ctm_rules.diagnostics.findings import DiagnosticError
from ctm_rules.editing.names import Kind, Name, names_of
from ctm_rules.editing.renaming import WITH_FORMER_NAMES, Renaming, rename
from ctm_rules.editing.uses import Use, files_around, find_name
from ctm_rules.frameworks.loading import read_framework
from ctm_rules.inspections.inspection import Inspection
from ctm_rules.scenarios.finding import find_scenario_files
from ctm_rules.scenarios.running import ScenarioRunner
from ctm_rules.yaml_files.formatting import format_file, yaml_files
from tests.support.every_name import FILES, as_workbook, write_every_name


@pytest.fixture
def homes(tmp_path: Path) -> Path:
    return write_every_name(tmp_path)


def top(homes: Path) -> Path:
    return homes.parents[2]


def codes(folder: Path) -> Counter[str]:
    return Counter(found.code for found in check_paths([folder]).diagnostics)


def passing(folder: Path) -> list[str]:
    runner = ScenarioRunner("reference")
    scenarios = [each for file in runner.read(find_scenario_files([folder])) for each in file.scenarios]
    return [scenario.name for scenario in scenarios if runner.run(scenario).passed]


def renamed(homes: Path, address: str, to: str) -> Renaming:
    around = files_around(homes)
    name = find_name(around, address)
    assert isinstance(name, Name)
    return rename(around, name, to, although_used=True)


def refusal(homes: Path, address: str, to: str, *, although_used: bool = True) -> str:
    around = files_around(homes)
    name = find_name(around, address)
    assert isinstance(name, Name)
    before = {file: file.read_bytes() for file in top(homes).rglob("*.*") if file.is_file()}
    with pytest.raises(DiagnosticError) as error:
        rename(around, name, to, although_used=although_used)
    assert {file: file.read_bytes() for file in top(homes).rglob("*.*") if file.is_file()} == before
    return "\n".join(f"{found.code}: {found.message}" for found in error.value.diagnostics)


def test_whatever_has_a_name_is_renamed_and_everything_else_holds_as_before(homes: Path) -> None:
    """Every element there is, one after the other: what names one in a place that is not known would break."""
    folder = top(homes)
    before = codes(folder), passing(folder), rate_inspection(load_inspection(folder / "audits" / "inspection.yaml"))
    names = names_of(read_framework(homes)).declared()
    assert {name.kind for name in names} == set(Kind.__args__) - {"place"}  # type: ignore[attr-defined]
    for name in names:
        now = next(
            each
            for each in names_of(read_framework(homes)).declared()
            if each.kind == name.kind and each.address.replace("_x", "") == name.address
        )
        around = files_around(homes)
        rename(around, now, f"{now.word}_x", although_used=True).changes.write()
    after = codes(folder), passing(folder), rate_inspection(load_inspection(folder / "audits" / "inspection.yaml"))
    assert after[:2] == before[:2]
    said = [
        {key: each for key, each in rated[2].rating.to_dict().items() if key != "framework"}
        for rated in (before, after)
    ]
    assert "leadership_x" in repr(said[1])
    assert repr(said[1]).replace("_x", "") == repr(said[0])
    assert [file.path for file in map(format_file, yaml_files([folder])) if file.is_changed] == []


@pytest.mark.parametrize(
    "address",
    ["meals", "meals.food", "meals.food.fresh", "domains.care", "facts.stay", "provider_facts.breach"],
)
def test_a_comparison_says_renamed_and_nothing_else(homes: Path, address: str) -> None:
    before = load_framework(homes)
    renamed(homes, address, "called_otherwise").changes.write()
    changes = compare_frameworks(before, load_framework(homes))
    assert changes.changes
    assert [change.says for change in changes.changes if "called" not in change.says] == []


def test_renamed_twice_it_says_both_names_and_back_again_only_the_other(homes: Path) -> None:
    renamed(homes, "meals.food.warm", "hot").changes.write()
    renamed(homes, "meals.food.hot", "heated").changes.write()
    prompt = load_framework(homes).prompts["meals.food.heated"]
    assert prompt.formerly == ("warm", "hot")
    renamed(homes, "meals.food.heated", "warm").changes.write()
    assert load_framework(homes).prompts["meals.food.warm"].formerly == ("hot", "heated")


def test_what_other_standards_may_mean_stays_beside_the_new_name(homes: Path) -> None:
    renamed(homes, "ratings.good", "fine").changes.write()
    text = (top(homes) / "standards" / "locale" / "cy.yaml").read_text(encoding="utf-8")
    assert "ratings: {good: Da, fine: Da, fair: Gweddol, poor: Gwael, safe: Diogel, unsafe: Anniogel}\n" in text


def test_words_of_another_edition_stay_beside_the_new_ones(homes: Path) -> None:
    other = homes.parent / "2027"
    other.mkdir()
    for file in homes.glob("*.yaml"):
        text = file.read_text(encoding="utf-8").replace('edition: "2026"', 'edition: "2027"')
        (other / file.name).write_text(text.replace("2026-01-01", "2027-01-01"), encoding="utf-8")
    renamed(other, "meals.food", "cooking").changes.write()
    text = (top(homes) / "standards" / "locale" / "cy.yaml").read_text(encoding="utf-8")
    assert "    meals.food: A yw'r bwyd yn dda?\n    meals.cooking: A yw'r bwyd yn dda?\n" in text
    assert list(load_framework(homes).key_questions) == ["meals.food", "night.calm"]
    assert (top(homes) / "audits" / "cases.csv").read_text(encoding="utf-8") == FILES["audits/cases.csv"]


# --- Tables of cases -------------------------------------------------------------------------------


def test_of_a_table_only_the_cells_that_say_the_name_change(homes: Path) -> None:
    table = top(homes) / "audits" / "cases.csv"
    table.write_bytes(table.read_bytes().replace(b"\n", b"\r\n"))
    before = table.read_bytes()
    renaming = renamed(homes, "night.calm.dark", "unlit")
    renaming.changes.write()
    assert table.read_bytes() == before.replace(b'"night.calm.dark"', b'"night.calm.unlit"')
    assert f"{table}:1:10: night.calm.dark → night.calm.unlit" in list(renaming.changes.diff())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_table_stays_in_its_encoding(homes: Path, encoding: str) -> None:
    table = top(homes) / "audits" / "cases.csv"
    table.write_bytes(FILES["audits/cases.csv"].replace("warm, and", "wärm, and").encode(encoding))
    before = table.read_bytes().decode(encoding)
    renamed(homes, "meals.food.warm", "hot").changes.write()
    after = table.read_bytes().decode(encoding)
    assert after == before.replace("meals.food.warm", "meals.food.hot")
    assert table.read_bytes() == after.encode(encoding)


def test_a_long_table_is_renamed_row_by_row(homes: Path) -> None:
    audits = top(homes) / "audits"
    inspection = audits / "inspection.yaml"
    text = inspection.read_text(encoding="utf-8")
    inspection.write_text(text.replace("cases.csv,", "cases.csv, read_as: long.yaml,"), encoding="utf-8")
    (audits / "long.yaml").write_text("table: {shape: long}\n", encoding="utf-8")
    long = "case,name,value\nc1,stay,long\nc1,is_dying,no\nc1,has_visitors,no\n"
    long += "c1,meals.food.fresh,yes\nc1,meals.food.warm,yes\n"
    (audits / "cases.csv").write_text(long, encoding="utf-8")
    renamed(homes, "meals.food.fresh", "new").changes.write()
    assert (audits / "cases.csv").read_text(encoding="utf-8") == long.replace("food.fresh", "food.new")


def test_a_workbook_is_left_as_it_is_and_read_by_the_former_name(homes: Path) -> None:
    table = as_workbook(top(homes))
    before = table.read_bytes()
    renaming = renamed(homes, "meals.food.warm", "hot")
    renaming.changes.write()
    assert [(use.location.file, use.location.column) for use in renaming.kept] == [(str(table), 6), (str(table), 7)]
    assert table.read_bytes() == before
    inspection: Inspection = load_inspection(top(homes) / "audits" / "inspection.yaml")
    assert [str(case.answers["meals.food.hot"].value) for case in inspection.cases] == ["yes", "yes", "no"]


def test_what_has_no_former_names_and_is_a_column_of_a_workbook_is_not_renamed(homes: Path) -> None:
    as_workbook(top(homes))
    said = refusal(homes, "measures.weighed", "on_the_scales")
    assert said.startswith("not-renamed-everywhere: ")
    assert "cases.xlsx, which is no text" in said


# --- What is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "to", "said"),
    [
        ("meals.food.fresh", "Very fresh", 'bad-id: "Very fresh" cannot be the name of the prompt "meals.food.fresh"'),
        ("meals.food.fresh", "warm", 'duplicate-id: there is the prompt "meals.food.warm" already'),
        ("meals.food.fresh", "fresh", 'is called "fresh" already'),
        ("facts.stay", "breach", 'there is the fact "provider_facts.breach" already'),
        ("facts.stay", "case", 'bad-id: "case" is kept for something else'),
        ("meals", "measures", 'bad-id: "measures" is kept for something else'),
        ("ratings.good", "not_rated", 'bad-id: "not_rated" is kept for something else'),
        ("scales.safety", "ratings", 'bad-id: "ratings" is kept for something else'),
        ("facts.stay.values.long", "very long", "bad-id"),
    ],
    ids=["no id", "taken", "its own", "of a provider", "case", "measures", "not rated", "ratings", "value"],
)
def test_a_name_that_cannot_be_is_refused(homes: Path, address: str, to: str, said: str) -> None:
    assert said in refusal(homes, address, to)


def test_a_former_name_of_another_is_refused(homes: Path) -> None:
    renamed(homes, "meals.food.warm", "hot").changes.write()
    assert "former-name" in refusal(homes, "meals.food.fresh", "warm")


def test_an_edition_that_inspections_were_rated_by_is_not_changed(homes: Path) -> None:
    said = refusal(homes, "meals.food.fresh", "new", although_used=False)
    assert said.startswith('edition-in-use: edition "2026" of "homes" is that of ')
    assert "inspection.yaml" in said
    (top(homes) / "audits" / "inspection.yaml").unlink()
    around = files_around(homes)
    name = find_name(around, "meals.food.fresh")
    assert isinstance(name, Name)
    assert rename(around, name, "new").changes.files


def test_standards_that_came_installed_are_not_changed(homes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ctm_rules.editing import changes

    package = Path(changes.__file__).parents[1]
    monkeypatch.setattr(changes, "standards_folder", lambda: homes.parents[1])
    monkeypatch.setattr(changes, "__file__", str(homes.parents[2] / "editing" / "changes.py"))
    assert package.is_dir()
    assert refusal(homes, "meals.food.fresh", "new").startswith("standards-of-the-library: ")


def test_every_file_that_is_not_laid_out_is_named_at_once(homes: Path) -> None:
    for name in ("1-meals.yaml", "scenarios/meals.yaml"):
        file = homes / name
        file.write_text(file.read_text(encoding="utf-8") + "\n\n\n# the end\n", encoding="utf-8")
    said = refusal(homes, "meals.food.fresh", "new").splitlines()
    assert [line.split(":")[0] for line in said] == ["not-laid-out", "not-laid-out"]


def test_nothing_is_renamed_while_a_file_that_may_say_the_name_cannot_be_read(homes: Path) -> None:
    inspection = top(homes) / "audits" / "inspection.yaml"
    inspection.write_text(inspection.read_text(encoding="utf-8").replace("title: An", "tittle: An"), encoding="utf-8")
    said = refusal(homes, "meals.food.fresh", "new")
    assert "unknown-key" in said
    assert "not-renamed-everywhere" in said


def test_what_was_changed_meanwhile_is_not_overwritten(homes: Path) -> None:
    renaming = renamed(homes, "meals.food.fresh", "new")
    file = homes / "1-meals.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("Meals", "Food"), encoding="utf-8")
    before = {each: each.read_bytes() for each in renaming.changes.files}
    with pytest.raises(DiagnosticError, match="changed-meanwhile"):
        renaming.changes.write()
    assert {each: each.read_bytes() for each in renaming.changes.files} == before


def lend(homes: Path) -> Path:
    """Let other standards use a key question of these by reference, and return the file that does."""
    other = homes.parents[1] / "hospices" / "2026"
    other.mkdir(parents=True)
    main = (
        'id: hospices\nedition: "2026"\ntitle: Hospices\npublisher: A council\nin_force_from: 2026-01-01\n'
        "key_question_bands: {share_of: yes, among: [yes, no], bands: []}\nstandards:\n"
        "  - id: X 1\n    slug: eating\n    title: Eating\n    statement: People eat well.\n    key_questions:\n"
        '      - {from: {id: homes, edition: "2026"}, key_question: meals.food}\n'
    )
    (other / "framework.yaml").write_text(main.replace(", bands: []", ""), encoding="utf-8")
    return other / "framework.yaml"


def test_what_other_standards_use_by_reference_is_found_and_not_renamed(homes: Path) -> None:
    file = lend(homes)
    lines = file.read_text(encoding="utf-8").splitlines()
    place = f"framework.yaml:{len(lines)}:{lines[-1].index('meals.food') + len('meals.') + 1}"
    assert f"other standards: {place}" in places(homes, "meals.food")
    for address in ("meals", "meals.food", "meals.food.fresh", "facts.has_visitors", "variants.palliative"):
        assert "not-renamed-everywhere: " in refusal(homes, address, "called_otherwise")
    assert renamed(homes, "night.calm", "peace").changes.files


def test_a_table_of_bands_is_renamed_along(homes: Path) -> None:
    main = homes / "framework.yaml"
    text = main.read_text(encoding="utf-8")
    start, end = text.index("overall:\n"), text.index("panel: ")
    main.write_text(
        f"{text[:start]}overall:\n  sum_of: scores\n  bands_by: {{breach: bands.csv}}\n{text[end:]}", "utf-8"
    )
    (homes / "bands.csv").write_text("breach,good.from,fair.from,poor.from\nyes,6,3,0\nno,4,2,0\n", encoding="utf-8")
    assert load_framework(homes).choosing_facts == ("breach",)
    assert "standards: framework.yaml:" in " ".join(places(homes, "provider_facts.breach")[1:])
    renamed(homes, "provider_facts.breach", "breached").changes.write()
    renamed(homes, "ratings.good", "fine").changes.write()
    table = (homes / "bands.csv").read_text(encoding="utf-8")
    assert table == "breached,fine.from,fair.from,poor.from\nyes,6,3,0\nno,4,2,0\n"
    assert load_framework(homes).choosing_facts == ("breached",)


@pytest.mark.parametrize("in_table", [True, False], ids=["in a table", "in the file"])
def test_a_value_by_which_bands_are_chosen_is_renamed_along(homes: Path, in_table: bool) -> None:
    main = homes / "framework.yaml"
    text = main.read_text(encoding="utf-8").replace(
        "provider_facts:\n",
        "provider_facts:\n  - {id: size, title: Size, type: choice, values: {big: Big, small: Small}}\n",
    )
    bands = "{from: %s, rating: good}, {from: %s, rating: fair}, {from: 0, rating: poor}"
    by = f"{{big: [{bands % (6, 3)}], small: [{bands % (4, 2)}]}}"
    start, end = text.index("overall:\n"), text.index("panel: ")
    chosen = "bands.csv" if in_table else by
    main.write_text(f"{text[:start]}overall:\n  sum_of: scores\n  bands_by: {{size: {chosen}}}\n{text[end:]}", "utf-8")
    main.write_bytes(format_file(main).after)
    (homes / "bands.csv").write_text("size,good.from,fair.from,poor.from\nbig,6,3,0\nsmall,4,2,0\n", encoding="utf-8")
    before = load_framework(homes)
    assert len(places(homes, "provider_facts.size.values.big")) == 2
    renamed(homes, "provider_facts.size.values.big", "large").changes.write()
    said = (homes / "bands.csv" if in_table else main).read_text(encoding="utf-8")
    assert ("\nlarge,6,3,0\nsmall,4,2,0\n" if in_table else "      large: [{from: 6, ") in said
    assert load_framework(homes).provider_facts[0].values == {"large": "Big", "small": "Small"}
    assert load_framework(homes).standards == before.standards


def elsewhere(homes: Path, entry: str) -> Path:
    """Let an inspection by other standards take a rating from the one by these, and return its file."""
    other = homes.parents[1] / "hospices" / "2026"
    other.mkdir(parents=True)
    (other / "framework.yaml").write_text(
        'id: hospices\nedition: "2026"\ntitle: Hospices\npublisher: A council\nin_force_from: 2026-01-01\n'
        "ratings:\n  - {id: good, label: Good}\n  - {id: fair, label: Fair}\n  - {id: poor, label: Poor}\n"
        "standards:\n  - id: L 1\n    slug: leadership\n    title: Leadership\n    statement: Leaders lead.\n"
        "    source: {title: A handbook}\n    rated_by: judgement\n",
        encoding="utf-8",
    )
    file = top(homes) / "region.yaml"
    file.write_text(
        'framework: {id: hospices, edition: "2026"}\nprovider: {id: west, name: West}\ntitle: West\n'
        f"fieldwork: {{started: 2026-03-02}}\nratings_from:\n  - {entry}\n",
        encoding="utf-8",
    )
    return file


@pytest.mark.parametrize("of", ["", ", of: leadership"], ids=["called as here", "called otherwise"])
def test_a_rating_that_others_take_from_an_inspection_is_found_under_the_new_name(homes: Path, of: str) -> None:
    file = elsewhere(homes, f"{{standard: leadership, inspection: audits/inspection.yaml{of}}}")
    before = rate_inspection(load_inspection(file)).rating.standards[0].rating
    assert before is not None
    assert before.id == "good"
    assert any("region.yaml" in place for place in places(homes, "leadership"))
    renamed(homes, "leadership", "leading").changes.write()
    entry = "{standard: leadership, inspection: audits/inspection.yaml, of: leading}"
    assert file.read_text(encoding="utf-8").endswith(f"  - {entry}\n")
    assert rate_inspection(load_inspection(file)).rating.standards[0].rating == before


def test_a_scenario_that_cannot_be_read_may_say_any_name(homes: Path) -> None:
    file = homes / "scenarios" / "meals.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "  - [\n", encoding="utf-8")
    said = refusal(homes, "meals.food.fresh", "new")
    assert "yaml-syntax" in said
    assert "may be named in a file that could not be read" in said


# --- Where it is used ------------------------------------------------------------------------------


def places(homes: Path, address: str) -> list[str]:
    around = files_around(homes)
    name = find_name(around, address)
    uses: tuple[Use, ...] = around.uses(name) if isinstance(name, Name) else tuple(around.amended(name))
    return [f"{use.used_in}: {Path(use.location.file).name}:{use.location.line}:{use.location.column}" for use in uses]


def test_every_place_that_says_a_name_is_found(homes: Path) -> None:
    words = re.compile(r"(?<=fact: )stay\b|(?<=id: )stay\b|(?<![a-z_.])stay(?=:)")
    said = [
        f"{name.rpartition('/')[2]}:{number}:{found.start() + 1}"
        for name, text in FILES.items()
        if name.endswith(".yaml")
        for number, line in enumerate(text.splitlines(), 1)
        for found in words.finditer(line)
    ]
    assert len(said) == 9
    assert sorted(place.split(": ")[1] for place in places(homes, "facts.stay")) == sorted(said)


def test_a_place_that_has_no_name_is_found_where_it_is_amended(homes: Path) -> None:
    assert places(homes, "key_question_bands.good.from") == ["scenarios: whole.yaml:15:11"]
    assert places(homes, "panel.within_points") == []


def test_every_word_stands_where_it_is_said_to_stand(homes: Path) -> None:
    around = files_around(homes)
    found = list(around.every_use())
    assert len(found) > 150
    for use in found:
        if use.used_in == "table of cases":
            continue
        line = Path(use.location.file).read_text(encoding="utf-8").splitlines()[use.location.line - 1]
        assert line[use.location.column - 1 :].startswith(use.mention.of.word), use


def test_kinds_with_former_names_are_those_that_have_the_key(homes: Path) -> None:
    framework = load_framework(homes)
    with_key = {
        "standard": framework.standards[0],
        "domain": framework.domains[0],
        "fact": framework.facts[0],
        "key question": framework.standards[0].key_questions[0],
        "prompt": framework.standards[0].key_questions[0].prompts[0],
        "rating": framework.ratings[0],
        "sample": framework.samples[0],
        "variant": framework.variants[0],
        "measure": framework.measures[0],
        "sub-group": framework.subgroups[0],
        "group": framework.subgroups[0].groups[0],
        "theme": framework.standards[2].themes[0],
    }
    assert {kind for kind, element in with_key.items() if hasattr(element, "formerly")} == set(WITH_FORMER_NAMES)
