from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest

from ctm_rules import DiagnosticError, Framework, load_framework
from ctm_rules.checking.editions import check_editions
from ctm_rules.checking.framework import check_framework
from ctm_rules.scaffolding.new_files import start_edition, start_framework, start_standard
from ctm_rules.yaml_files.formatting import format_file, yaml_files
from tests.support.commands import Run
from tests.support.editing import edit

APRIL = datetime.date(2027, 4, 1)


@pytest.fixture
def kitchens(tmp_path: Path) -> Path:
    """The folder of a framework that was just started."""
    start_framework(
        tmp_path / "standards",
        "kitchens",
        "2026",
        title="Kitchens: standards",
        publisher="A council # for food",
        in_force_from=datetime.date(2026, 4, 1),
        source="Handbook",
    )
    return tmp_path / "standards" / "kitchens" / "2026"


def contents(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def check(*folders: Path, said: Sequence[str] = ()) -> list[Framework]:
    """Return the frameworks after making sure that nothing else is to be said about them."""
    frameworks = [load_framework(folder) for folder in folders]
    found = [finding for framework in frameworks for finding in check_framework(framework)]
    assert [finding.code for finding in (*found, *check_editions(frameworks))] == list(said)
    files = yaml_files([folder.parents[1] for folder in folders])
    assert [file.path for file in map(format_file, files) if file.is_changed] == []
    return frameworks


def codes(caught: pytest.ExceptionInfo[DiagnosticError]) -> list[str]:
    return [diagnostic.code for diagnostic in caught.value.diagnostics]


def test_a_new_framework_is_in_order_at_once_and_says_what_was_given(kitchens: Path) -> None:
    (framework,) = check(kitchens)
    assert (framework.id, framework.edition, framework.title) == ("kitchens", "2026", "Kitchens: standards")
    assert (framework.publisher, framework.in_force_from) == ("A council # for food", datetime.date(2026, 4, 1))
    assert framework.source is not None
    assert framework.source.title == "Handbook"
    assert list(framework.prompts) == [f"first_standard.first_question.{n}_prompt" for n in ("first", "second")]
    for file in kitchens.iterdir():
        schema = file.read_text().splitlines()[0].partition("$schema=")[2]
        assert (kitchens / schema).is_file()


@pytest.mark.parametrize("rated_by", ["cases", "judgement"])
def test_a_new_standard_joins_its_domain_and_the_comments_stay(kitchens: Path, rated_by: str) -> None:
    before = (kitchens / "framework.yaml").read_text()
    file, _ = start_standard(
        kitchens, "food_safety", printed_id="K 2.1", title="Food", statement="Food is safe.", rated_by=rated_by
    )
    (framework,) = check(kitchens, said=["bands-of-another-sum"])
    assert file == kitchens / "2.1-food-safety.yaml"
    assert framework.domains[0].standards == ("first_standard", "food_safety")
    made = framework.standards_by_slug["food_safety"]
    assert (made.id, made.title, made.statement, made.rated_by) == ("K 2.1", "Food", "Food is safe.", rated_by)
    assert made.source is not None
    assert (made.source.title, made.source.section) == ("Handbook", "K 2.1")
    after = (kitchens / "framework.yaml").read_text()
    assert after == before.replace("[first_standard]", "[first_standard, food_safety]")


def test_a_standard_can_be_added_to_the_shipped_framework(editable: Path) -> None:
    text = (editable / "framework.yaml").read_text()
    start_standard(
        editable,
        "outcomes",
        printed_id="P 2.5",
        title="Outcomes",
        statement="They are good.",
        domain="service_delivery",
    )
    framework = load_framework(editable)
    assert framework.domains[1].standards[-1] == "outcomes"
    assert (editable / "framework.yaml").read_text() == text.replace("reviewing]", "reviewing, outcomes]")


def test_a_new_edition_is_a_copy_that_follows_the_old_one(kitchens: Path) -> None:
    scenarios = kitchens / "scenarios"
    scenarios.mkdir()
    (scenarios / "a.yaml").write_text('framework: {id: kitchens, edition: "2026"}\nscenarios: []\n')
    files = start_edition(kitchens, "2027", in_force_from=APRIL)
    (scenarios / "a.yaml").unlink()
    new = kitchens.with_name("2027")
    assert (new / "scenarios" / "a.yaml").read_text() == ('framework: {id: kitchens, edition: "2027"}\nscenarios: []\n')
    assert {file.relative_to(kitchens.parent).as_posix() for file in files} == {
        "2026/framework.yaml",
        "2027/1-first-standard.yaml",
        "2027/facts.yaml",
        "2027/framework.yaml",
        "2027/scenarios/a.yaml",
    }
    old, made = check(kitchens, new)
    assert (old.in_force_to, made.in_force_from, made.in_force_to) == (datetime.date(2027, 3, 31), APRIL, None)
    assert (made.edition, made.standards) == ("2027", old.standards)
    assert "# Started as a copy of edition 2026.\nedition:" in (new / "framework.yaml").read_text()
    assert sorted(path.name for path in kitchens.parent.iterdir()) == ["2026", "2027"]


def test_a_shipped_edition_can_be_copied(editable: Path) -> None:
    start_edition(editable, "2027", in_force_from=APRIL)
    old, new = load_framework(editable), load_framework(editable.with_name("2027"))
    assert list(check_editions([old, new])) == []
    assert new.standards == old.standards


def test_nothing_is_overwritten(kitchens: Path) -> None:
    told = {"printed_id": "K 2", "title": "Food", "statement": "Food is safe."}
    said = {"title": "T", "publisher": "P", "in_force_from": APRIL, "source": "S"}
    start_standard(kitchens, "food", **told)
    before = contents(kitchens.parent)
    for attempt, code in (
        (lambda: start_framework(kitchens.parents[1], "kitchens", "2026", **said), "already-there"),
        (lambda: start_edition(kitchens, "2026", in_force_from=APRIL), "already-there"),
        (lambda: start_standard(kitchens, "food", **told), "duplicate-id"),
    ):
        with pytest.raises(DiagnosticError) as caught:
            attempt()
        assert set(codes(caught)) == {code}
    assert contents(kitchens.parent) == before


def wrong_names(kitchens: Path) -> Iterable[Callable[[], object]]:
    root = kitchens.parents[1]
    said = {"title": "T", "publisher": "P", "in_force_from": APRIL, "source": "S"}
    yield lambda: start_framework(root, "../x", "2026", **said)
    yield lambda: start_framework(root, "x", ".hidden", **said)
    yield lambda: start_framework(root, "con", "2026", **said)  # a device to some systems
    yield lambda: start_standard(kitchens, "nul", printed_id="K", title="T", statement="S")
    yield lambda: start_standard(kitchens, "Food", printed_id="K 2", title="T", statement="S")
    yield lambda: start_standard(kitchens, "measures", printed_id="K 2", title="T", statement="S")
    yield lambda: start_edition(kitchens, "a/b", in_force_from=APRIL)


def test_a_name_that_cannot_be_a_folder_or_an_id_is_refused(kitchens: Path) -> None:
    before = contents(kitchens.parents[1])
    for attempt in wrong_names(kitchens):
        with pytest.raises(DiagnosticError) as caught:
            attempt()
        assert codes(caught) == ["bad-id"]
    assert contents(kitchens.parents[1]) == before


def test_the_domain_must_be_named_where_there_are_several_and_known(editable: Path) -> None:
    for domain, hint in ((None, "Allowed: organisation, service_delivery"), ("service_delivry", "service_delivery")):
        with pytest.raises(DiagnosticError, match=hint) as caught:
            start_standard(editable, "new_one", printed_id="P 9", title="T", statement="S", domain=domain)
        assert codes(caught) == ["unknown-name"]


def test_where_there_are_no_domains_none_has_to_be_named(kitchens: Path) -> None:
    edit(
        kitchens / "framework.yaml",
        "domains:\n  - id: all_standards\n    title: All standards\n    standards: [first_standard]\n\n",
        "",
    )
    before = (kitchens / "framework.yaml").read_text()
    (file,) = start_standard(kitchens, "food", printed_id="K 2", title="Food", statement="Food is safe.")
    (framework,) = check(kitchens, said=["bands-of-another-sum"])
    assert (file.name, [each.slug for each in framework.standards]) == ("2-food.yaml", ["first_standard", "food"])
    assert (kitchens / "framework.yaml").read_text() == before
    with pytest.raises(DiagnosticError, match="there is no domain") as caught:
        start_standard(kitchens, "other", printed_id="K 3", title="T", statement="S", domain="all_standards")
    assert codes(caught) == ["unknown-name"]


@pytest.mark.parametrize(
    "day",
    [
        pytest.param(datetime.date(2026, 4, 1), id="on the same day"),
        pytest.param(datetime.date(2020, 1, 1), id="before"),
    ],
)
def test_an_edition_cannot_start_before_the_one_that_it_copies(kitchens: Path, day: datetime.date) -> None:
    with pytest.raises(DiagnosticError, match="came into force on 1 April 2026") as caught:
        start_edition(kitchens, "2027", in_force_from=day)
    assert codes(caught) == ["edition-dates"]
    assert [found.severity for found in caught.value.diagnostics] == ["error"]  # though a check only warns of it


def test_only_the_latest_edition_is_copied_and_without_a_gap(kitchens: Path) -> None:
    start_edition(kitchens, "2027", in_force_from=APRIL)
    with pytest.raises(DiagnosticError, match='edition "2027" comes after edition "2026"'):
        start_edition(kitchens, "2028", in_force_from=APRIL.replace(year=2028))
    file = kitchens.with_name("2027") / "framework.yaml"
    file.write_text(
        file.read_text().replace("in_force_from: 2027-04-01", "in_force_from: 2027-04-01\nin_force_to: 2028-03-31")
    )
    with pytest.raises(DiagnosticError, match="let the new edition start on 2028-04-01"):
        start_edition(file.parent, "2029", in_force_from=APRIL.replace(year=2029))
    start_edition(file.parent, "2028", in_force_from=APRIL.replace(year=2028))
    check(kitchens, file.parent, kitchens.with_name("2028"))


def test_when_writing_fails_everything_is_as_it_was(kitchens: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(kitchens.parent)

    replace = Path.replace

    def fail(path: Path, target: Path) -> Path:
        if target == kitchens / "framework.yaml" and "before" not in path.name:
            raise PermissionError(13, "Permission denied")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(DiagnosticError):
        start_standard(kitchens, "food", printed_id="K 2", title="Food", statement="Food is safe.")
    with pytest.raises(DiagnosticError):
        start_edition(kitchens, "2027", in_force_from=APRIL)
    assert contents(kitchens.parent) == before
    assert [path.name for path in kitchens.parent.iterdir()] == ["2026"]


def test_a_place_without_a_framework_is_refused(tmp_path: Path) -> None:
    for attempt in (
        lambda: start_edition(tmp_path, "2027", in_force_from=APRIL),
        lambda: start_standard(tmp_path, "food", printed_id="K 2", title="Food", statement="Food is safe."),
    ):
        with pytest.raises(DiagnosticError, match="no folder with a framework") as caught:
            attempt()
        assert codes(caught) == ["not-a-folder"]


SHIPPED = "ctm-rules new examples, and name standards/hmip-pdu/2024"
MEANT = {
    "the id of one that comes with it": ("hmip-pdu", SHIPPED),
    "its folder, which is not here": ("standards/hmip-pdu/2024", SHIPPED),
    "one's own by its id": ("kitchens", "name the folder of an edition: standards/kitchens/2"),
    "one's own by its folder": ("standards/kitchens", "name the folder of an edition: standards/kitchens/2"),
    "nothing known": ("mine", "such as standards/hmip-pdu/2024"),
}


@pytest.mark.parametrize(("named", "hint"), MEANT.values(), ids=MEANT)
def test_where_no_edition_is_named_the_hint_says_which_is_meant(
    named: str, hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for edition in ("1", "2"):
        (tmp_path / "standards" / "kitchens" / edition).mkdir(parents=True)
        (tmp_path / "standards" / "kitchens" / edition / "framework.yaml").write_text("id: kitchens", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DiagnosticError) as caught:
        start_edition(Path(named), "3", in_force_from=datetime.date(2030, 1, 1))
    (found,) = caught.value.diagnostics
    assert (found.code, found.hint.endswith(hint)) == ("not-a-folder", True)


def test_the_commands_start_all_three(run: Run, tmp_path: Path) -> None:
    root = tmp_path / "standards"
    said = ("--title", "Kitchens", "--publisher", "A council", "--source", "Handbook", "--in-force-from", "2026-04-01")
    code, out, err = run("new", "framework", "kitchens", "--edition", "2026", "--in", root, *said)
    assert (code, err, len(out.splitlines())) == (0, "", 3)
    folder = root / "kitchens" / "2026"
    told = ("--id", "K 2", "--title", "Food", "--statement", "Food is safe.", "--judgement")
    code, out, err = run("new", "standard", folder, "food", *told)
    assert "the bands of the overall rating were made for sums out of 2, and the scores now add up to 4" in err
    assert (code, out.splitlines()[0]) == (0, f"written: {folder / '2-food.yaml'}")
    assert run("new", "edition", folder, "2027", "--in-force-from", "2027-04-01")[0] == 0
    check(folder, folder.with_name("2027"), said=["bands-of-another-sum"] * 2)
    code, out, err = run("new", "edition", folder, "2027", "--in-force-from", "2027-04-01")
    assert (code, out) == (2, "")
    assert "is there already [already-there]" in err


@pytest.mark.parametrize("words", ["a\x07b", "", " ", "x" * 100_000], ids=["control", "nothing", "a space", "endless"])
def test_what_would_not_pass_check_is_not_written(tmp_path: Path, kitchens: Path, run: Run, words: str) -> None:
    said = ("--publisher", "A council", "--source", "Handbook", "--in-force-from", "2026-04-01", "--title", words)
    before = contents(tmp_path)
    ran = run("new", "framework", "canteens", "--edition", "2026", "--in", tmp_path / "own", *said)
    if ran.code:
        assert (ran.code, "error: " in ran.err, contents(tmp_path)) == (2, True, before)
    else:
        assert run("check", tmp_path / "own").code == 0
    before = contents(tmp_path)
    ran = run("new", "standard", kitchens, "food", "--id", "K 2", "--title", "Food", "--statement", words)
    if ran.code:
        assert (ran.code, "error: " in ran.err, contents(tmp_path)) == (2, True, before)
    else:
        assert run("check", kitchens).code == 0


@pytest.mark.parametrize("folder", [".", "2024", "./2024"], ids=["the folder itself", "its name", "from here"])
def test_a_new_standard_may_be_asked_for_by_a_short_path(
    editable: Path, run: Run, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    monkeypatch.chdir(editable if folder == "." else editable.parent)
    said = ["--id", "P 1.4", "--title", "Policy", "--statement", "Policy is good.", "--domain", "organisation"]
    made = run("new", "standard", folder, "policy", *said)
    assert made.code == 0, made
    assert (editable / "1.4-policy.yaml").is_file()
