"""What ``check`` does with paths of every kind, how findings are printed, and that what it says of rules is true."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from ctm_rules import Answer, Case, Framework
from ctm_rules.checking.editions import check_editions
from ctm_rules.checking.files import check_paths
from ctm_rules.checking.framework import check_framework
from ctm_rules.diagnostics.catalogue import documented_codes, find_code
from ctm_rules.diagnostics.findings import Diagnostic
from ctm_rules.diagnostics.formats import as_github, as_json, as_sarif, as_text, say_summary
from ctm_rules.engines.base import plan_question
from ctm_rules.engines.decision_diagrams import values_to_try
from ctm_rules.engines.reference import ReferenceEngine
from ctm_rules.frameworks.finding import standards_folder
from ctm_rules.frameworks.loading import load_framework
from ctm_rules.limits import MAX_DIAGNOSTICS, MAX_YAML_BYTES
from ctm_rules.model.outcomes import Outcome
from tests.support.commands import call
from tests.support.findings import assert_well_said
from tests.support.paths import EXAMPLE, ROOT
from tests.support.right_framework import RIGHT
from tests.support.strategies import frameworks


def codes_of(*paths: Path) -> list[str]:
    return [found.code for found in check_paths(paths).diagnostics]


def edit(file: Path, old: str, new: str) -> Path:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    return file


@pytest.fixture
def kitchens(tmp_path: Path) -> Path:
    """A folder of frameworks with one edition of one framework, without a mistake."""
    return Path(shutil.copytree(RIGHT, tmp_path / "standards" / "kitchens" / "2026"))


# --- What is shipped has no finding ----------------------------------------------------------------


@pytest.mark.parametrize("path", [standards_folder(), EXAMPLE, EXAMPLE.parent], ids=["standards", "example", "folder"])
def test_nothing_is_found_in_what_is_shipped(path: Path) -> None:
    checked = check_paths([path])
    assert checked.diagnostics == ()
    assert checked.files


def test_nothing_is_found_in_the_small_framework_of_the_tests(small: Callable[..., Framework]) -> None:
    # The small framework leaves facts unused and names no source; nothing else is odd about it.
    assert {found.code for found in check_framework(small())} == {"unused-fact", "missing-source"}


# --- Paths -----------------------------------------------------------------------------------------


def test_several_files_are_looked_at_even_where_one_is_broken(kitchens: Path) -> None:
    edit(kitchens / "framework.yaml", "edition: ", "edition ")
    edit(kitchens / "hygiene.yaml", "statement:", "statment:")
    edit(kitchens / "menus.yaml", "of: [allergens, delivery, feedback]", "of: [allergens, delivry, feedback]")
    edit(kitchens / "facts.yaml", "type: date", "type: dat")
    found = [(Path(one.file).name, one.code) for one in check_paths([kitchens]).diagnostics]
    assert found == [
        ("facts.yaml", "wrong-word"),
        ("framework.yaml", "yaml-syntax"),
        ("hygiene.yaml", "unknown-key"),
        ("menus.yaml", "unknown-name"),
    ]


def test_a_file_of_a_framework_stands_for_all_of_it_and_is_checked_once(kitchens: Path) -> None:
    edit(kitchens / "menus.yaml", "rated_by: cases", "rated_by: judgment")
    files = [kitchens / "hygiene.yaml", kitchens / "framework.yaml", kitchens]
    assert codes_of(*files) == ["wrong-word"]


def test_a_framework_of_one_file_is_checked(tmp_path: Path, small: Callable[..., Framework]) -> None:
    small()
    edit(tmp_path / "kitchens.yaml", "yes_when: {all: [floors, knives, meat]}", "yes_when: {not: [floors]}")
    assert codes_of(tmp_path / "kitchens.yaml") == ["bad-rule"]


def test_line_ends_and_a_byte_order_mark_are_no_mistake(kitchens: Path) -> None:
    for file in kitchens.iterdir():
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert codes_of(kitchens) == []


@pytest.mark.parametrize("path", ["nowhere", "nowhere.yaml", "framework.yaml/nowhere"])
def test_a_path_that_does_not_exist_is_said(kitchens: Path, path: str) -> None:
    assert codes_of(kitchens / path) == ["file-not-readable"]


def test_a_folder_with_nothing_to_check_is_said(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing", encoding="utf-8")
    assert codes_of(tmp_path) == ["file-not-readable"]


def test_files_that_are_far_too_large_or_too_deep_are_refused(kitchens: Path) -> None:
    (kitchens / "hygiene.yaml").write_text("id: a\n" + "#" * MAX_YAML_BYTES, encoding="utf-8")
    (kitchens / "menus.yaml").write_text("id: " + "[" * 200, encoding="utf-8")
    assert codes_of(kitchens) == ["file-too-large", "too-deep"]


def test_files_outside_every_framework_are_found(kitchens: Path) -> None:
    root = kitchens.parents[1]
    shutil.copy(kitchens / "menus.yaml", kitchens.parent / "menus.yaml")
    shutil.copytree(kitchens, kitchens.parent / "2027")
    (kitchens.parent / "2027" / "framework.yaml").unlink()
    (root / "words").mkdir()
    (root / "words" / "shares.yaml").write_text("about: something else\n", encoding="utf-8")
    found = [(Path(one.file).relative_to(root).as_posix(), one.code) for one in check_paths([root]).diagnostics]
    assert found == [("kitchens/2027", "file-not-readable"), ("kitchens/menus.yaml", "misnamed-file")]


def test_a_framework_lies_under_its_own_name(kitchens: Path) -> None:
    root = kitchens.parents[1]
    kitchens.rename(kitchens.parent / "2027")
    found = check_paths([root]).diagnostics
    assert [(Path(one.file).name, one.line, one.code) for one in found] == [("framework.yaml", 2, "folder-name")]
    assert '"2027"' in found[0].message
    # A folder of one's own may be called anything.
    assert codes_of(kitchens.parent / "2027") == []


# --- Editions --------------------------------------------------------------------------------------


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


# --- Other kinds of file -----------------------------------------------------------------------------


def test_an_inspection_is_checked_with_its_cases(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(EXAMPLE.parent, tmp_path / "ctm"))
    edit(folder / "inspection.yaml", "standard: leadership", "standard: leadersip")
    edit(folder / "cases.csv", ",licence,", ",license,")
    found = {(Path(one.file).name, one.code) for one in check_paths([folder]).diagnostics}
    assert ("inspection.yaml", "unknown-name") in found
    assert ("cases.csv", "bad-value") in found


def test_an_amendment_is_held_against_the_framework_that_it_amends(tmp_path: Path) -> None:
    file = tmp_path / "amendment.yaml"
    text = 'amends: {id: hmip-pdu, edition: "2024"}\ntitle: Lower\nreason: To see\nset: {ADDRESS: 60}\n'
    file.write_text(text.replace("ADDRESS", "key_question_bands.bands.good.from"), encoding="utf-8")
    assert codes_of(file) == []
    file.write_text(text.replace("ADDRESS", "key_question_bands.bands.god.from"), encoding="utf-8")
    assert codes_of(file) == ["unknown-address"]


def test_a_framework_that_is_not_known_is_said_where_it_is_named(tmp_path: Path) -> None:
    file = tmp_path / "amendment.yaml"
    file.write_text('amends: {id: hmip-pud, edition: "2024"}\ntitle: Lower\nreason: To see\n', encoding="utf-8")
    (found,) = check_paths([file]).diagnostics
    assert found.code == "unknown-framework"
    assert "hmip-pdu" in found.hint


def test_a_rule_that_nobody_could_read_is_said_to_be_undecided(kitchens: Path) -> None:
    prompts = "".join(f"      - {{id: p{number}, ask: Is {number} right?}}\n" for number in range(250))
    clauses = ", ".join(f"p{number}" for number in range(250))
    text = (kitchens / "hygiene.yaml").read_text(encoding="utf-8").split("    prompts:")[0]
    rule = f"    prompts:\n{prompts}    yes_when: {{at_least: {{count: 125, of: [{clauses}]}}}}\n"
    (kitchens / "hygiene.yaml").write_text(text + rule, encoding="utf-8")
    assert codes_of(kitchens) == ["rule-too-tangled"]


def test_scenarios_are_read_and_not_run(kitchens: Path) -> None:
    (kitchens / "scenarios").mkdir()
    file = kitchens / "scenarios" / "menus.yaml"
    # The scenario fails, which is for `test` to say.
    text = """
key_question: hygiene.cleaning
scenarios:
  - name: Dirty floors do not matter
    given: {answers: {surfaces: yes, floors: yes, records: yes}}
    expect: {outcome: no}
"""
    file.write_text(text, encoding="utf-8")
    assert codes_of(file) == []
    file.write_text(text.replace("floors: yes", "flors: yes"), encoding="utf-8")
    assert codes_of(file) == ["unknown-name"]


# --- The formats -------------------------------------------------------------------------------------

FOUND = Diagnostic("bad-id", "error", "a%,b:.yaml", 3, 7, "id", 'the id "é\n" is wrong', "100 %")


def test_text_shows_the_line_with_a_marker_and_the_hint(kitchens: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(kitchens / "hygiene.yaml", "        - surfaces", "        - surfacs")
    monkeypatch.chdir(kitchens)
    text = as_text(check_paths([kitchens]).diagnostics)
    assert text == (
        'hygiene.yaml:19:11: error: the key question "cleaning" has no prompt "surfacs" [unknown-name]\n'
        " 19 |         - surfacs\n"
        "    |           ^\n"
        '    = hint: did you mean "surfaces"? Allowed: surfaces, floors, records. '
        '"surfaces" is declared on line 11.\n'
    )


def test_colours_are_only_control_sequences_around_the_same_text(kitchens: Path) -> None:
    edit(kitchens / "hygiene.yaml", "ask: Is food stored safely?", "ask: Food is stored safely")
    found = check_paths([kitchens]).diagnostics
    coloured = as_text(found, colours=True)
    assert coloured != as_text(found)
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == as_text(found)


def test_nothing_in_a_file_can_control_the_terminal(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text('id: "\x07\x1b[31m"\n\tx: \x1b]0;owned\n', encoding="utf-8")
    found = [Diagnostic("x", "error", str(file), line, 2, "", "\x1b[2J", "\x1b[2J") for line in (1, 2, 3)]
    assert "\x1b" not in as_text(found)
    assert "\x07" not in as_text(found)


def test_a_marker_stands_under_its_column_in_long_and_wide_lines(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("漢字: é" + "\u0301" + "!\n" + "x" * 500 + "!" + "y" * 500, encoding="utf-8")
    wide, long = [Diagnostic("x", "error", str(file), *place, "", "m") for place in ((1, 7), (2, 501))]
    _, shown, marker, *_ = as_text([wide]).split("\n")
    assert shown[len(" 1 | ") :] == "漢字: é\u0301!"
    assert marker == "   | " + " " * (4 + 2 + 1) + "^"
    _, shown, marker, *_ = as_text([long]).split("\n")
    assert shown[marker.index("^")] == "!"
    assert len(shown) < 130


def test_only_so_many_findings_are_printed(tmp_path: Path) -> None:
    found = [
        Diagnostic("x", "warning", str(tmp_path / "none.yaml"), 1, 1, "", str(n)) for n in range(MAX_DIAGNOSTICS + 5)
    ]
    assert as_text(found).endswith("… and 5 more\n")
    assert len(as_json(found)["findings"]) == MAX_DIAGNOSTICS + 5  # type: ignore[arg-type]  # a list of findings


@pytest.mark.parametrize(
    ("severities", "files", "says"),
    [
        pytest.param([], 10, "no mistakes found in 10 files", id="nothing found"),
        pytest.param(["error"], 1, "1 error in 1 file", id="one error in one file"),
        pytest.param(["warning", "warning"], 2, "2 warnings in 2 files", id="warnings alone"),
        pytest.param(["error", "warning", "error"], 2, "2 errors and 1 warning in 2 files", id="errors and a warning"),
    ],
)
def test_the_summary_counts(severities: list[str], files: int, says: str) -> None:
    found = [Diagnostic("x", severity, "a", 1, 1, "", "m") for severity in severities]  # type: ignore[arg-type]  # words
    assert say_summary(found, files) == says


def test_github_gets_one_line_with_everything_escaped() -> None:
    assert as_github([FOUND]) == (
        '::error file=a%25%2Cb%3A.yaml,line=3,col=7,title=bad-id::the id "é%0A" is wrong%0A100 %25\n'
    )


def test_sarif_has_a_rule_for_each_code_and_a_place_for_each_finding(
    kitchens: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(kitchens / "hygiene.yaml", "id: surfaces", "id: Surfaces")
    edit(kitchens / "menus.yaml", "ask: Do deliveries arrive warm?", "ask: TODO?")
    (kitchens / "more menus.yml").write_text("", encoding="utf-8")
    monkeypatch.chdir(kitchens.parent)
    log = as_sarif(check_paths([kitchens]).diagnostics)
    assert log["version"] == "2.1.0"
    (run,) = json.loads(json.dumps(log))["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [(rule["id"], rule["defaultConfiguration"]["level"]) for rule in rules] == [
        ("bad-id", "error"),
        ("misnamed-file", "error"),
        ("odd-text", "warning"),
    ]
    assert [
        (result["ruleId"], result["level"], result["locations"][0]["physicalLocation"]) for result in run["results"]
    ] == [
        (
            "bad-id",
            "error",
            {"artifactLocation": {"uri": "2026/hygiene.yaml"}, "region": {"startLine": 11, "startColumn": 13}},
        ),
        (
            "odd-text",
            "warning",
            {"artifactLocation": {"uri": "2026/menus.yaml"}, "region": {"startLine": 18, "startColumn": 14}},
        ),
        ("misnamed-file", "error", {"artifactLocation": {"uri": "2026/more%20menus.yml"}}),
    ]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])


# --- The command -------------------------------------------------------------------------------------


def test_without_a_path_the_shipped_standards_are_checked() -> None:
    done = call("check")
    assert (done.returncode, done.stdout) == (0, "no mistakes found in 10 files\n")


def test_the_exit_code_says_what_was_found(kitchens: Path) -> None:
    edit(kitchens / "hygiene.yaml", "ask: Is food stored safely?", "ask: Food is stored safely")
    assert call("check", kitchens).returncode == 0
    assert call("check", kitchens, "--strict").returncode == 1
    edit(kitchens / "menus.yaml", "rated_by: cases", "rated_by: judgment")
    done = call("check", kitchens)
    assert done.returncode == 1
    assert done.stdout.endswith("\n1 error and 1 warning in 6 files\n")
    done = call("check", kitchens / "nowhere.yaml")
    assert done.returncode == 2
    assert "nowhere.yaml" in done.stderr
    assert call("check", kitchens, "--format", "pdf").returncode == 2


@pytest.mark.parametrize(
    "arguments", [pytest.param(["--json"], id="as a flag"), pytest.param(["--format", "json"], id="as a format")]
)
def test_json_on_the_command_line(kitchens: Path, arguments: list[str]) -> None:
    edit(kitchens / "menus.yaml", "rated_by: cases", "rated_by: judgment")
    done = call("check", ".", *arguments, cwd=kitchens)
    assert done.returncode == 1
    printed = json.loads(done.stdout)
    assert (printed["errors"], printed["warnings"]) == (1, 0)
    (finding,) = printed["findings"]
    assert (finding["file"], finding["line"], finding["code"]) == ("menus.yaml", 6, "wrong-word")
    assert len(printed["files"]) == 6


@pytest.mark.parametrize(
    ("output", "starts"),
    [
        pytest.param("github", "::error file=menus.yaml,line=6,", id="github"),
        pytest.param(
            "sarif",
            "{",
            id="sarif",
        ),
    ],
)
def test_other_formats_on_the_command_line(kitchens: Path, output: str, starts: str) -> None:
    edit(kitchens / "menus.yaml", "rated_by: cases", "rated_by: judgment")
    done = call("check", ".", "--format", output, cwd=kitchens)
    assert done.returncode == 1
    assert done.stdout.startswith(starts)


# --- The pages ---------------------------------------------------------------------------------------


def test_every_code_has_a_page() -> None:
    codes = documented_codes()
    assert len(codes) > 80
    for code in codes.values():
        for part in (code.what, code.why):
            assert re.fullmatch(r"[A-Z\w].{19,}\.", part), f"{code.id}: {part!r} is no sentence"
        for example in (code.bad, code.good):
            assert example.strip(), f"{code.id} lacks an example"
        assert code.bad.split() != code.good.split(), f"{code.id}: both examples are the same"
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code.id)


def test_every_code_that_a_module_names_is_documented() -> None:
    declared = {
        match[1]
        for file in (ROOT / "src" / "ctm_rules").rglob("*.py")
        for match in re.finditer(r"= Code\(\s*\"([a-z-]+)\"", file.read_text(encoding="utf-8"))
    }
    assert declared == set(documented_codes())


def test_explain_shows_the_page_of_a_code() -> None:
    done = call("explain", "never-yes")
    code = find_code("never-yes")
    assert code is not None
    assert done.returncode == 0
    assert done.stdout.startswith("never-yes (error)\n")
    for part in (code.what, code.why, code.bad, code.good):
        assert part in done.stdout
    assert json.loads(call("explain", "never-yes", "--json").stdout)["what"] == code.what


def test_explain_says_which_code_was_meant() -> None:
    done = call("explain", "nver-yes")
    assert done.returncode == 2
    assert 'did you mean "never-yes"?' in done.stderr


# --- What is said of rules is true -------------------------------------------------------------------


def decided(framework: Framework, path: str) -> dict[str | None, set[Outcome]]:
    """Return, for each rule that a question has (by variant), the outcomes that it gives to cases that it is for.

    The reference engine is asked about every case in which every prompt is answered yes or no.
    """
    question = framework.key_questions[path]
    engine, plan, values = ReferenceEngine(framework), plan_question(framework, path), values_to_try(framework)
    columns = [values[fact] for fact in plan.fact_ids]
    size = 2 ** len(plan.prompt_paths)
    for column in columns:
        size *= len(column)
    assume(size <= 400)
    found: dict[str | None, set[Outcome]] = {rule: set() for rule in (None, *question.variants)}
    for facts in product(*columns):
        for answers in product([Answer.YES, Answer.NO], repeat=len(plan.prompt_paths)):
            case = Case(
                "c", dict(zip(plan.fact_ids, facts, strict=True)), dict(zip(plan.prompt_paths, answers, strict=True))
            )
            outcome = engine.assess(case).questions[path]
            if outcome.applies is None or outcome.applies.truth.name == "TRUE":
                found[outcome.variant if outcome.variant in question.variants else None].add(outcome.outcome)
    return found


@settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(frameworks())
def test_a_rule_is_said_to_be_never_yes_or_never_no_exactly_where_it_is(framework: Framework) -> None:
    said = {(found.code, found.message) for found in check_framework(framework)}
    for path, question in framework.key_questions.items():
        for variant, outcomes in decided(framework, path).items():
            rule = question.variants[variant].yes_when if variant else question.yes_when
            subject = f'the key question "{path}"' + (f' for the variant "{variant}"' if variant else "")
            is_asked = bool(outcomes & {Outcome.YES, Outcome.NO})
            for code, words, outcome in (("never-yes", "yes", Outcome.YES), ("never-no", "no", Outcome.NO)):
                message = f"{subject} can never be {words}"
                is_said = any(known == code and says.startswith(message) for known, says in said)
                has_prompts = "PromptIsYes" in repr(rule)
                assert is_said == (has_prompts and is_asked and outcome not in outcomes)


# --- Nothing in a file raises ------------------------------------------------------------------------


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    name=st.sampled_from(sorted(file.name for file in RIGHT.iterdir())),
    at=st.floats(0, 1),
    cut=st.integers(0, 40),
    put=st.text("ab01:-#{}[]\"',\n\t |>&*!%@?é\x00", max_size=6)
    | st.sampled_from(["yes", "null", "~", "1e3", "- ", ": "]),
)
def test_no_edit_of_a_file_raises(
    tmp_path_factory: pytest.TempPathFactory, name: str, at: float, cut: int, put: str
) -> None:
    folder = Path(shutil.copytree(RIGHT, tmp_path_factory.mktemp("edited") / "kitchens"))
    text = (RIGHT / name).read_text(encoding="utf-8")
    place = int(at * len(text))
    edited = text[:place] + put + text[place + cut :]
    (folder / name).write_text(edited, encoding="utf-8", newline="")
    for found in check_paths([folder]).diagnostics:
        assert found.message
        assert Path(found.file).is_relative_to(folder)
        lines = len(Path(found.file).read_text(encoding="utf-8").splitlines())
        assert 0 <= found.line <= lines + 1
