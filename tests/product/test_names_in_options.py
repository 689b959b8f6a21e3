"""Every option and argument that names something, given a name that nothing has: a finding, and never a result."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import polars
import pytest

import ctm_rules
from ctm_rules import (
    Answer,
    Case,
    Codes,
    Counts,
    DiagnosticError,
    Framework,
    Reading,
    load_inspection,
    make_engine,
    rate_files,
    rate_frame,
    rate_inspection,
)
from ctm_rules.bulk.frames import assess_frame
from tests.support.commands import Run, every_parameter
from tests.support.dataframes import QUIET
from tests.support.paths import CASES, EXAMPLE
from tests.support.small_framework import JUDGED_TOO, Small

pytestmark = QUIET

# --- the command line --------------------------------------------------------------------------------

BULK = ("rate", "--cases", CASES, "--framework", "hmip-pdu")
INSPECTION = ("rate", EXAMPLE)
WHAT_IF = ("what-if", EXAMPLE)
EDITION = ("new", "edition", "--in-force-from", "2027-01-01")
WHERE = ("where", "assessment.safety", "--framework", "hmip-pdu", "--in", "hmip")
APPLY = ("apply", "--framework", "hmip-pdu", "--in", "hmip", "--check")
NEW = ("new", "standard", "--id", "X", "--title", "X", "--statement", "X is fine.")

STARTED = ("new", "inspection", "x", "--provider", "x", "--name", "X", "--started", "2026-09-07")

RESULT = "result.json"
"""Of the example, written before the call."""

MISSPELT: Mapping[tuple[str, str], tuple[tuple[object, ...], str]] = {
    ("check", "paths"): (("check", "no-such-folder"), "no-such-folder"),
    ("check", "--format"): (("check", EXAMPLE, "--format", "jsn"), "jsn"),
    ("rate", "inspection"): (("rate", "no-such.yaml"), "no-such.yaml"),
    ("rate", "--engine"): ((*INSPECTION, "--engine", "refrence"), "refrence"),
    ("rate", "--cases"): (("rate", "--cases", "no-such.csv", "--framework", "hmip-pdu"), "no-such.csv"),
    ("rate", "--counts"): (("rate", "--counts", "no-such.csv", "--framework", "hmip-pdu"), "no-such.csv"),
    ("rate", "--framework"): (("rate", "--cases", CASES, "--framework", "hmip-pud"), "hmip-pud"),
    ("rate", "--edition"): ((*BULK, "--edition", "2042"), "2042"),
    ("rate", "--by"): ((*BULK, "--by", "sexx"), "sexx"),
    ("rate", "--judgements"): ((*BULK, "--judgements", "no-such.csv"), "no-such.csv"),
    ("rate", "--column"): ((*BULK, "--column", "assessment.safety.victms=Q1"), "assessment.safety.victms"),
    ("rate", "--codes"): ((*BULK, "--codes", "grde:pso=1"), "grde"),
    ("rate", "--encoding"): ((*BULK, "--encoding", "windows-1525"), "windows-1525"),
    ("rate", "--read-as"): ((*BULK, "--read-as", "no-such.yaml"), "no-such.yaml"),
    ("rate", "--absent"): ((*BULK, "--absent", "refuze"), "refuze"),
    ("read", "file"): (("read", "no-such.csv", "--framework", "hmip-pdu"), "no-such.csv"),
    ("read", "--framework"): (("read", CASES, "--framework", "hmip-pud"), "hmip-pud"),
    ("read", "--edition"): (("read", CASES, "--framework", "hmip-pdu", "--edition", "2042"), "2042"),
    ("read", "--read-as"): (("read", CASES, "--framework", "hmip-pdu", "--read-as", "no-such.yaml"), "no-such.yaml"),
    ("read", "--judged-again"): (
        ("read", CASES, "--framework", "hmip-pdu", "--judged-again", "no-such.csv"),
        "no-such.csv",
    ),
    ("report", "inspections"): (("report", "no-such.yaml"), "no-such.yaml"),
    ("report", "--format"): (("report", EXAMPLE, "--format", "pfd"), "pfd"),
    ("report", "--lang"): (("report", EXAMPLE, "--lang", "xy"), "xy"),
    ("report", "--templates"): (("report", EXAMPLE, "--templates", "no-such-folder"), "no-such-folder"),
    ("report", "--engine"): (("report", EXAMPLE, "--engine", "refrence"), "refrence"),
    ("explain", "what"): (("explain", "unknwon-key"), "unknwon-key"),
    ("explain", "case"): (("explain", EXAMPLE, "synthetic-99"), "synthetic-99"),
    ("explain", "--key-question"): (("explain", EXAMPLE, "synthetic-01", "-k", "assessment.safty"), "assessment.safty"),
    ("explain", "--engine"): (("explain", EXAMPLE, "synthetic-01", "--engine", "refrence"), "refrence"),
    ("workbench", "standards"): (("workbench", "hmip-pud", "--no-browser"), "hmip-pud"),
    ("workbench", "--inspection"): (("workbench", "hmip-pdu", "--inspection", "no-such.yaml"), "no-such.yaml"),
    ("workbench", "--in"): (("workbench", "hmip-pdu", "--in", "no-such-folder"), "no-such-folder"),
    ("workbench", "--lang"): (("workbench", "hmip-pdu", "--lang", "xy"), "xy"),
    ("fmt", "paths"): (("fmt", "no-such.yaml"), "no-such.yaml"),
    ("test", "paths"): (("test", "no-such-folder"), "no-such-folder"),
    ("test", "-k"): (("test", "-k", "no such scenario"), "no such scenario"),
    ("test", "--engine"): (("test", "--engine", "refrence"), "refrence"),
    ("test", "--cases"): (("test", "--coverage", "--cases", "no-such.csv"), "no-such.csv"),
    ("test", "--encoding"): (("test", "--coverage", "--cases", CASES, "--encoding", "windows-1525"), "windows-1525"),
    ("test", "--read-as"): (("test", "--cases", CASES, "--read-as", "no-such.yaml"), "no-such.yaml"),
    ("diff", "--inspections"): (("diff", "hmip-pdu", "hmip-pdu", "--inspections", "no-such-folder"), "no-such-folder"),
    ("diff", "old"): (("diff", "no-such-folder", "hmip-pdu"), "no-such-folder"),
    ("diff", "new"): (("diff", "hmip-pdu", "hmip-pud"), "hmip-pud"),
    ("diff", "--inspection"): (("diff", "hmip-pdu", "hmip-pdu", "--inspection", "no-such.yaml"), "no-such.yaml"),
    ("what-if", "inspection"): (("what-if", "no-such.yaml", "--next-rating"), "no-such.yaml"),
    ("what-if", "--amendment"): ((*WHAT_IF, "-a", "no-such.yaml"), "no-such.yaml"),
    ("what-if", "--set"): ((*WHAT_IF, "--set", "assessment.safty.yes_when=victims"), "safty"),
    ("what-if", "--remove"): ((*WHAT_IF, "--remove", "assessment.safty"), "safty"),
    ("what-if", "--add"): ((*WHAT_IF, "--add", "assessment.safty.prompts=[{id: x, ask: X?}]"), "safty"),
    ("what-if", "--engine"): ((*WHAT_IF, "--next-rating", "--engine", "refrence"), "refrence"),
    ("where", "address"): (("where", "assessment.safty", *WHERE[2:]), "assessment.safty"),
    ("where", "--framework"): ((*WHERE, "--framework", "hmip-pud"), "hmip-pud"),
    ("where", "--in"): ((*WHERE, "--in", "no-such-folder"), "no-such-folder"),
    ("rename", "address"): (("rename", "assessment.safty", "x", *WHERE[2:], "--check"), "assessment.safty"),
    ("rename", "--framework"): (("rename", "assessment.safety", "x", "--framework", "hmip-pud"), "hmip-pud"),
    ("rename", "--in"): (("rename", "assessment.safety", "x", *WHERE[2:], "--in", "no-such-folder"), "no-such-folder"),
    ("apply", "files"): ((*APPLY, "no-such.yaml"), "no-such.yaml"),
    ("apply", "--set"): ((*APPLY, "--set", "assessment.safty.yes_when=victims"), "safty"),
    ("apply", "--remove"): ((*APPLY, "--remove", "assessment.safty"), "safty"),
    ("apply", "--add"): ((*APPLY, "--add", "assessment.safty.prompts=[{id: x, ask: X?}]"), "safty"),
    ("apply", "--framework"): ((*APPLY, "--set", "panel.within_points=3", "--framework", "hmip-pud"), "hmip-pud"),
    ("apply", "--in"): ((*APPLY, "--set", "panel.within_points=3", "--in", "no-such-folder"), "no-such-folder"),
    ("apply", "--inspection"): ((*APPLY, "--remove", "panel", "--inspection", "no-such.yaml"), "no-such.yaml"),
    ("schema", "kind"): (("schema", "framewrok"), "framewrok"),
    ("docs", "framework"): (("docs", "hmip-pud", "-o", "site"), "hmip-pud"),
    ("docs", "--edition"): (("docs", "hmip-pdu", "--edition", "2042", "-o", "site"), "2042"),
    ("form", "framework"): (("form", "hmip-pud", "-o", "form.xlsx", "--register"), "hmip-pud"),
    ("form", "--edition"): (("form", "hmip-pdu", "--edition", "2042", "-o", "form.xlsx", "--register"), "2042"),
    ("form", "--cases"): (("form", "hmip-pdu", "-o", "form.xlsx", "--cases", "no-such.csv"), "no-such.csv"),
    ("form", "--lang"): (("form", "hmip-pdu", "-o", "form.xlsx", "--cases", CASES, "--lang", "xy"), "xy"),
    ("verify", "result"): (("verify", "no-such.json"), "no-such.json"),
    ("verify", "inspection"): (("verify", RESULT, "no-such.yaml"), "no-such.yaml"),
    ("verify", "--standards"): (("verify", RESULT, EXAMPLE, "--standards", "no-such-folder"), "no-such-folder"),
    ("verify", "--engine"): (("verify", RESULT, EXAMPLE, "--engine", "refrence"), "refrence"),
    ("new standard", "folder"): ((*NEW, "no-such-folder", "x", "--domain", "delivery"), "no-such-folder"),
    ("new standard", "--domain"): ((*NEW, "hmip", "x", "--domain", "delivry"), "delivry"),
    ("new inspection", "--framework"): ((*STARTED, "--framework", "hmip-pud"), "hmip-pud"),
    ("new inspection", "--edition"): ((*STARTED, "--framework", "hmip-pdu", "--edition", "2042"), "2042"),
    ("new inspection", "--cases"): ((*STARTED, "--framework", "hmip-pdu", "--cases", "no-such.csv"), "no-such.csv"),
    ("new edition", "folder"): ((*EDITION, "no-such-folder", "2"), "no-such-folder"),
}  # fmt: skip
"""Of each command and its option, or argument, that names something: a call in which it is misspelt, and how."""

NAMES_NOTHING = {
    "a flag": {"--json", "--strict", "--compare", "--check", "--diff", "--coverage", "--markdown", "--exit-code",
               "--next-rating", "--judgement", "--no-values", "--suggest", "--register", "--fix", "--although-used",
               "--xlsform", "--form", "--browser", "--stdio",
               "--partial", "--for-provider"},
    "a file or folder that is made": {"--output", "-o", "--junit", "--write", "--in", "into"},
    "a day or a number": {"--on", "--in-force-from", "--threshold", "--started", "--weeks", "--port"},
    "a text or a name that is given": {"--title", "--publisher", "--source", "--id", "--statement", "slug", "name",
                                       "--edition", "--provider", "--name", "--region", "--because", "--inspector"},
    "where a cluster is": {"--master"},
}  # fmt: skip


def test_every_option_names_nothing_or_is_tried() -> None:
    free = set().union(*NAMES_NOTHING.values())
    missing = [each for each in every_parameter() if each not in MISSPELT and each[1] not in free]
    assert missing == []
    assert MISSPELT.keys() <= set(every_parameter())


@pytest.mark.parametrize("parameter", MISSPELT, ids=" ".join)
def test_a_misspelt_name_ends_in_a_sentence_that_quotes_it(
    parameter: tuple[str, str], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, editable: Path
) -> None:
    call, name = MISSPELT[parameter]
    monkeypatch.chdir(tmp_path)
    editable.rename(tmp_path / "hmip")
    if RESULT in call:
        Path(RESULT).write_text(json.dumps(rate_inspection(load_inspection(EXAMPLE)).to_dict()), encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    ran = run(*(Path(part).absolute() if isinstance(part, Path) else part for part in call))
    assert ran.code == 2, ran
    assert name in ran.err
    assert sorted(tmp_path.rglob("*")) == before


# --- Python ------------------------------------------------------------------------------------------

FRAME = {"case": ["a", "b"], "hygiene.clean.floors": ["yes", "no"], "size": ["small", "large"], "site": ["N", "S"]}
Named = Callable[[Framework, Path], object]


def of_frame(rate: Callable[..., object], **arguments: object) -> Named:
    return lambda framework, _: rate(framework, polars.DataFrame(FRAME), **arguments)


def of_files(**arguments: object) -> Named:
    def call(framework: Framework, folder: Path) -> object:
        polars.DataFrame(FRAME).write_csv(folder / "cases.csv")
        (folder / "judged.csv").write_text("site,menus\nE,fine\n")
        there = {name: folder / str(value) if name == "judgements" else value for name, value in arguments.items()}
        return rate_files(framework, folder / "cases.csv", **there)  # type: ignore[arg-type]

    return call


def of_reading(rate: Callable[..., Named]) -> dict[str, tuple[Named, str, str]]:
    """Return the arguments that say how a table is read, each with what is misspelt and the code of the finding."""
    sizes, alike = {"smal": 1, "large": 2}, {"small": 1, "large": 1}
    return {
        "columns: a prompt": (rate(columns={"hygiene.clean.flors": "site"}), "hygiene.clean.flors", "unknown-column"),
        "columns: a column": (rate(columns={"hygiene.clean.floors": "Q17"}), "Q17", "absent-column"),
        "columns: one for two": (
            rate(columns={"hygiene.clean.floors": "size"}), "size", "bad-column-names"
        ),
        "columns: twice": (
            rate(columns={"hygiene.clean.floors": "site", "hygiene.clean.knives": "site"}), "site", "bad-column-names"
        ),
        "columns: itself": (rate(columns={"size": "size"}), "size", "option-without-effect"),
        "columns: the wrong way round": (rate(columns={"site": "size"}), "site", "unknown-column"),
        "columns: no names": (rate(columns="size"), "size", "bad-column-names"),
        "codes: no codes": (rate(codes={"1": "yes"}), "{'1': 'yes'}", "bad-codes"),
        "codes: a text": (rate(codes=Codes(yes="1")), "'1'", "bad-codes"),  # type: ignore[arg-type]
        "codes: true": (rate(codes=Codes(yes=True)), "True", "bad-codes"),
        "codes: two meanings": (rate(codes=Codes(yes=1, no=1)), "yes and no", "bad-codes"),
        "codes: a fact": (rate(codes=Codes(facts={"siez": {"small": 1}})), "siez", "unknown-name"),
        "codes: a value": (rate(codes=Codes(facts={"size": sizes})), "smal", "unknown-name"),
        "codes: the wrong way round": (rate(codes=Codes(facts={"size": {1: "small"}})), "1", "unknown-name"),  # type: ignore[dict-item]
        "codes: two of one": (rate(codes=Codes(facts={"size": alike})), "small and large", "bad-codes"),
        "codes: no choice": (rate(codes=Codes(facts={"seats": {"one": 1}})), "seats", "bad-codes"),
        "absent": (rate(absent="mising"), "mising", "unknown-name"),
        "read_as": (rate(read_as="no-such.yaml"), "no-such.yaml", "file-not-readable"),
        "read_as: no reading": (rate(read_as=3), "3", "bad-reading"),
        "read_as: a prompt": (
            rate(read_as=Reading(columns={"hygiene.clean.flors": "site"})), "hygiene.clean.flors", "unknown-column"
        ),
    }  # fmt: skip


FINE = {"menus": "fine"}
IN_PYTHON: dict[str, dict[str, tuple[Named, str, str]]] = {
    "assess_frame": {
        **of_reading(lambda **arguments: of_frame(assess_frame, **arguments)),
        "keep": (of_frame(assess_frame, keep=["cas"]), "cas", "absent-column"),
    },
    "rate_frame": {
        **of_reading(lambda **arguments: of_frame(rate_frame, **arguments)),
        "by": (of_frame(rate_frame, by="siet"), "siet", "unknown-grouping"),
        "by: a period": (of_frame(rate_frame, by="opened.quater"), "opened.quater", "unknown-grouping"),
        "by: a sub-group": (of_frame(rate_frame, by="subgroups.siez"), "subgroups.siez", "unknown-grouping"),
        "by: twice": (of_frame(rate_frame, by=["site", "site"]), "site", "unknown-grouping"),
        "by: a result": (of_frame(rate_frame, by="cases"), "cases", "unknown-grouping"),
        "judgements: a group": (of_frame(rate_frame, by="site", judgements={"E": FINE}), "E", "unknown-group"),
        "judgements: a standard": (of_frame(rate_frame, judgements={(): {"menu": "fine"}}), "menu", "unknown-name"),
        "judgements: a rating": (of_frame(rate_frame, judgements={(): {"menus": "fien"}}), "fien", "unknown-name"),
        "provider: a group": (of_frame(rate_frame, by="site", provider={"E": {}}), "E", "unknown-group"),
        "provider: a fact": (of_frame(rate_frame, provider={(): {"braech": True}}), "braech", "unknown-name"),
        "answers: a group": (of_frame(rate_frame, by="site", answers={"E": {}}), "E", "unknown-group"),
        "answers: a prompt": (
            of_frame(rate_frame, answers={(): {"fire.plan.writen": Answer.YES}}),
            "fire.plan.writen",
            "unknown-name",
        ),
        "engine": (of_frame(rate_frame, engine="refrence"), "refrence", "unknown-name"),
    },
    "rate_files": {
        **of_reading(of_files),
        "sources": (lambda framework, _: rate_files(framework, "no-such.csv"), "no-such.csv", "file-not-readable"),
        "by": (of_files(by="siet"), "siet", "unknown-grouping"),
        "judgements": (of_files(judgements="no-such.csv"), "no-such.csv", "file-not-readable"),
        "judgements: a group": (of_files(by="site", judgements="judged.csv"), "E", "unknown-group"),
        "judgements: a column": (of_files(by="size", judgements="judged.csv"), "size", "bad-column"),
        "run_on": (of_files(run_on="pyspark"), "pyspark", "unknown-name"),
        "encoding": (of_files(encoding="windows-1525"), "windows-1525", "unknown-encoding"),
        "master": (of_files(master="local[2]"), "local[2]", "option-without-effect"),
    },
}
ALL_IN_PYTHON = [(function, argument) for function, arguments in IN_PYTHON.items() for argument in arguments]


@pytest.fixture
def framework(small: Small) -> Framework:
    """The small framework with a second standard, which is judged, and no rule on what its table lacks."""
    return small("{any: [floors, {fact: size, is: large}]}", *JUDGED_TOO)


@pytest.mark.parametrize(("function", "argument"), ALL_IN_PYTHON, ids=lambda part: part)
def test_a_misspelt_name_in_python_is_a_finding_that_quotes_it(
    function: str, argument: str, framework: Framework, tmp_path: Path
) -> None:
    call, name, code = IN_PYTHON[function][argument]
    with pytest.raises(DiagnosticError) as error:
        call(framework, tmp_path)
    assert code in {found.code for found in error.value.diagnostics}
    assert all(found.hint for found in error.value.diagnostics)
    assert name in str(error.value)


@pytest.mark.parametrize("function", IN_PYTHON)
def test_every_argument_of_tables_names_nothing_or_is_tried(function: str) -> None:
    tried = {argument.partition(":")[0] for argument in IN_PYTHON[function]}
    names = set(inspect.signature(getattr(ctm_rules, function)).parameters)
    assert tried <= names
    assert names - tried <= {"framework", "frame", "strict", "progress"}


OTHERS: dict[str, tuple[Callable[[Framework], object], str]] = {
    "load_framework": (lambda _: ctm_rules.load_framework("hmip-pud"), "hmip-pud"),
    "load_framework, edition": (lambda _: ctm_rules.load_framework("hmip-pdu", "2042"), "2042"),
    "load_inspection": (lambda _: load_inspection("no-such.yaml"), "no-such.yaml"),
    "read_cases": (lambda framework: ctm_rules.read_cases(Path("no-such.csv"), framework), "no-such.csv"),
    "read_amendment": (lambda _: ctm_rules.read_amendment("no-such.yaml"), "no-such.yaml"),
    "make_engine": (lambda framework: make_engine(framework, "refrence"), "refrence"),
    "rate_counts, counts": (lambda framework: rate_counts(framework, {"hygiene.clen": Counts(1)}), "hygiene.clen"),
    "rate_counts, judged": (lambda framework: rate_counts(framework, {}, {"menu": "fine"}), "menu"),
    "rate_inspection": (lambda _: rate_inspection(load_inspection(EXAMPLE), engine="refrence"), "refrence"),
    "what_if": (lambda _: ctm_rules.what_if(EXAMPLE, [], engine="refrence"), "refrence"),
    "Case": (lambda framework: make_engine(framework).assess(Case("a", {"siez": "small"})), "siez"),
    "explain_case": (
        lambda framework: ctm_rules.explain_case(
            framework, Case("a", {}, {"hygiene.clean.flors": Answer.YES}), make_engine(framework)
        ),
        "hygiene.clean.flors",
    ),
}  # fmt: skip


def rate_counts(framework: Framework, counts: Mapping[str, Counts], judged: Mapping[str, str] | None = None) -> object:
    return ctm_rules.rate_counts(framework, counts, judged or {}, make_engine(framework))


@pytest.mark.parametrize("door", OTHERS)
def test_a_misspelt_name_anywhere_else_is_a_finding_that_quotes_it(door: str, framework: Framework) -> None:
    call, name = OTHERS[door]
    with pytest.raises(DiagnosticError, match=name):
        call(framework)


# --- options that change nothing -----------------------------------------------------------------------

OF_FILES_ALONE = {
    "--framework": "hmip-pdu", "--edition": "2024", "--on": "2026-01-01", "--by": "sex", "--output": "o.csv",
    "--judgements": "j.csv", "--column": "a=b", "--codes": "yes=1", "--absent": "missing",
    "--read-as": "r.yaml", "--master": "local",
}  # fmt: skip


@pytest.mark.parametrize("option", [*OF_FILES_ALONE, "--strict"])
def test_an_option_of_files_changes_nothing_of_an_inspection(option: str, run: Run) -> None:
    value = OF_FILES_ALONE.get(option)
    ran = run(*INSPECTION, option, *([] if value is None else [value]))
    assert ran.code == 2
    assert f"{option} changes nothing of an inspection" in ran.err
    assert "[option-without-effect]" in ran.err


@pytest.mark.parametrize(
    "options",
    [
        ("--codes", "yes=1,yes=2"),
        ("--codes", "yes=1", "--codes", "yes=2"),
        ("--codes", "yes=1,no=1"),
        ("--codes", "maybe=3"),
        ("--codes", "yes=one"),
        ("--column", "sex=a", "--column", "sex=b"),
        ("--column", "sex=grade"),
        ("--column", "sex=sex"),
        ("--by", "sex,sex"),
        ("--master", "local"),
    ],
    ids=" ".join,
)
def test_options_that_contradict_themselves_are_refused(options: tuple[str, ...], run: Run) -> None:
    ran = run(*BULK, *options)
    assert ran.code == 2
    assert options[-1].partition("=")[0].partition(",")[0] in ran.err
