"""Which standards are taken: an id is looked up from where the file lies, a path is a path, editions have dates."""

from __future__ import annotations

import datetime
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ctm_rules import DiagnosticError, load_framework, load_inspection
from ctm_rules.frameworks import finding
from ctm_rules.frameworks.finding import find_framework, folders_beside, is_path, standards_folder
from ctm_rules.frameworks.git_revisions import read_named
from tests.support.commands import Ran
from tests.support.own_standards import declare, inspect

Run = Callable[..., Ran]

TODAY = datetime.date(2026, 6, 1)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "today", lambda: TODAY)


def refused(call: Callable[[], object]) -> list[str]:
    """Return the codes of what is wrong."""
    with pytest.raises(DiagnosticError) as error:
        call()
    return [found.code for found in error.value.diagnostics]


# --- The working folder decides nothing ----------------------------------------------------------


def test_the_standards_of_an_inspection_are_those_it_lies_beside_wherever_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    own = declare(tmp_path / "work" / "standards")
    file = inspect(tmp_path / "work" / "2026" / "north", "{id: kitchens}")
    # Standards of the same name lie in every working folder: as a bare folder, and in one called standards.
    elsewhere = tmp_path / "elsewhere"
    other = declare(elsewhere / "standards", starts="2025-12-31")
    shutil.copytree(other, elsewhere / "kitchens")
    for folder in (tmp_path, elsewhere, elsewhere / "standards", own.parent, file.parent):
        monkeypatch.chdir(folder)
        inspection = load_inspection(file)
        assert inspection.framework.in_force_from == datetime.date(2026, 1, 1)
        assert inspection.framework_identity["origin"] == "../../standards/kitchens/1"
        assert (
            f"standards: kitchens 1 from ../../standards/kitchens/1, checksum {inspection.framework.checksum[:15]}"
            in (run("rate", file).out)
        )


def test_the_nearest_folder_of_standards_comes_first_and_the_package_last(tmp_path: Path) -> None:
    near, far = tmp_path / "a" / "b" / "standards", tmp_path / "a" / "standards"
    near.mkdir(parents=True)
    far.mkdir()
    file = tmp_path / "a" / "b" / "c" / "inspection.yaml"
    assert folders_beside(file) == (near, far, standards_folder())
    assert folders_beside(near / "kitchens" / "1" / "scenarios" / "clean.yaml")[0] == near


def test_an_inspection_among_nobodys_standards_goes_by_those_of_the_package(tmp_path: Path) -> None:
    (tmp_path / "standards").mkdir()
    file = inspect(tmp_path, '{id: hmip-pdu, edition: "1999"}', "2025-08-04")
    assert refused(lambda: load_inspection(file)) == ["unknown-framework"]
    file = inspect(tmp_path, "{id: hmip-pdu}", "2025-08-04")
    assert "unknown-column" in refused(lambda: load_inspection(file))  # the kitchens' table, read by hmip-pdu


@pytest.mark.parametrize("name", ["kitchens", "hmip-pdu", "kitchens.of.all"])
def test_a_word_is_an_id_whatever_lies_in_the_working_folder(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.move(declare(tmp_path / "made"), tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert not is_path(name)
    if name == "hmip-pdu":
        assert load_framework(name).id == "hmip-pdu"
    else:
        with pytest.raises(DiagnosticError, match=f'there is no framework "{name}"(.|\n)*write ./{name}'):
            load_framework(name)
    for path in (Path(name), f"./{name}", f"{name}/", str(tmp_path / name), f"{name}/framework.yaml"):
        assert is_path(path)
    assert load_framework(f"./{name}").id == "kitchens"


def test_a_path_of_a_folder_of_editions_gives_the_one_in_force_or_the_one_asked_for(tmp_path: Path) -> None:
    declare(tmp_path, "1", ends="2026-12-31")
    declare(tmp_path, "2", "2027-01-01")
    assert load_framework(tmp_path / "kitchens").edition == "1"
    assert load_framework(tmp_path / "kitchens", "2").edition == "2"
    assert load_framework(tmp_path / "kitchens", on=datetime.date(2027, 1, 1)).edition == "2"
    assert refused(lambda: load_framework(tmp_path / "kitchens", "3")) == ["unknown-framework"]


# --- What is loaded is what was asked for --------------------------------------------------------


def test_another_edition_than_the_one_asked_for_is_refused(tmp_path: Path) -> None:
    folder = declare(tmp_path / "standards")
    assert load_framework(folder, "1").edition == "1"
    assert refused(lambda: load_framework(folder, "2030")) == ["unknown-framework"]
    folder.rename(folder.with_name("2030"))
    for edition in ("2030", None):
        assert refused(
            lambda edition=edition: load_framework("kitchens", edition, standards=tmp_path / "standards")
        ) == ["folder-name"]
    file = inspect(tmp_path, '{path: standards/kitchens/2030, edition: "2030"}')
    assert refused(lambda: load_inspection(file)) == ["unknown-framework"]


def test_an_id_that_the_standards_do_not_have_themselves_is_refused(tmp_path: Path) -> None:
    folder = declare(tmp_path / "standards")
    folder.parent.rename(tmp_path / "standards" / "canteens")
    assert refused(lambda: load_framework("canteens", standards=tmp_path / "standards")) == ["folder-name"]


# --- Editions have dates -------------------------------------------------------------------------


def test_what_an_edition_is_called_is_known_whatever_comes_after(tmp_path: Path) -> None:
    folder = declare(tmp_path)
    file = folder / "framework.yaml"
    file.write_text(file.read_text() + "ratings: [\n")
    assert refused(lambda: load_framework("kitchens", "1", standards=tmp_path)) == ["yaml-syntax"]
    folder.rename(folder.with_name("2"))
    assert refused(lambda: load_framework("kitchens", "2", standards=tmp_path)) == ["folder-name"]
    file = folder.with_name("2") / "framework.yaml"
    file.write_text(file.read_text().replace('edition: "1"', "edition: 2"))
    assert refused(lambda: load_framework("kitchens", "2", standards=tmp_path)) == ["yaml-syntax"]


@pytest.mark.parametrize(
    ("day", "edition"),
    [("2025-12-31", None), ("2026-01-01", "1"), ("2026-12-31", "1"), ("2027-01-01", "2"), ("2030-01-01", "2")],
    ids=["before the first", "first day of the first", "last day of the first", "first day of the second", "later"],
)
def test_the_edition_in_force_on_a_day_is_taken(tmp_path: Path, day: str, edition: str | None) -> None:
    declare(tmp_path / "standards", "1", ends="2026-12-31")
    declare(tmp_path / "standards", "2", "2027-01-01")
    on = datetime.date.fromisoformat(day)
    file = inspect(tmp_path, "{id: kitchens}", day)
    if edition is None:
        assert refused(lambda: find_framework("kitchens", standards=tmp_path / "standards", on=on)) == [
            "edition-not-in-force"
        ]
        with pytest.raises(
            DiagnosticError, match='name the edition: "1" from 1 January 2026 to 31 December 2026'
        ) as error:
            load_inspection(file)
        assert [(Path(one.file), one.line) for one in error.value.diagnostics] == [(file, 1)]
    else:
        assert find_framework("kitchens", standards=tmp_path / "standards", on=on).name == edition
        assert load_inspection(file).framework.edition == edition


def test_a_draft_for_next_year_changes_nothing_today(tmp_path: Path) -> None:
    declare(tmp_path / "standards")
    file = inspect(tmp_path, "{id: kitchens}")
    declare(tmp_path / "standards", "2099", "2099-01-01")
    assert load_framework("kitchens", standards=tmp_path / "standards").edition == "1"
    assert load_inspection(file).framework.edition == "1"
    # Nor does a draft that lies nearer than the edition it will replace.
    declare(tmp_path / "drafts" / "standards", "2099", "2099-01-01")
    near = inspect(tmp_path / "drafts", "{id: kitchens}")
    assert load_inspection(near).framework_identity["origin"] == "../standards/kitchens/1"


def test_where_one_edition_was_not_ended_the_later_one_holds(tmp_path: Path) -> None:
    declare(tmp_path, "1", "2025-01-01")
    declare(tmp_path, "2", "2026-01-01")
    assert find_framework("kitchens", standards=tmp_path).name == "2"
    declare(tmp_path, "3", "2026-01-01")
    assert refused(lambda: find_framework("kitchens", standards=tmp_path)) == ["unknown-framework"]


def test_an_edition_that_cannot_be_read_is_never_passed_over(tmp_path: Path) -> None:
    declare(tmp_path, "1")
    broken = declare(tmp_path, "2", "2026-02-01") / "framework.yaml"
    broken.write_text(broken.read_text(encoding="utf-8").replace("in_force_from: 2026-02-01", "in_force_from: soon"))
    assert refused(lambda: find_framework("kitchens", standards=tmp_path)) == ["wrong-type"]
    assert find_framework("kitchens", "1", standards=tmp_path).name == "1"
    broken.write_text(broken.read_text(encoding="utf-8") + "ratings: [\n", encoding="utf-8")
    assert refused(lambda: find_framework("kitchens", standards=tmp_path)) == ["yaml-syntax"]


@pytest.mark.parametrize(
    "how", ['{id: kitchens, edition: "1"', "{path: standards/kitchens/1"], ids=["by its id", "by its path"]
)
@pytest.mark.parametrize("started", ["2024-12-31", "2026-07-01"])
def test_fieldwork_outside_the_dates_of_the_edition_is_an_error_unless_it_is_explained(
    tmp_path: Path, how: str, started: str, run: Run
) -> None:
    declare(tmp_path / "standards", "1", "2025-01-01", "2026-06-30")
    file = inspect(tmp_path, how + "}", started)
    with pytest.raises(
        DiagnosticError, match="in force from 1 January 2025 to 30 June 2026, and the fieldwork started"
    ):
        load_inspection(file)
    for command in (["rate", file], ["check", file], ["what-if", file, "--set", "panel.within_points=5"]):
        ran = run(*command)
        assert ran.code > 0
        assert "edition-not-in-force" in ran.out + ran.err
    inspect(tmp_path, how + ", because: A pilot.}", started)
    assert load_inspection(file).declared.framework.because == "A pilot."
    assert run("rate", file).code == 0


# --- Commands without an inspection --------------------------------------------------------------


def test_a_framework_of_ones_own_works_by_id_on_its_first_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.chdir(tmp_path)
    made = ["--edition", "2026", "--title", "Kitchens", "--publisher", "A council", "--source", "A handbook"]
    assert run("new", "framework", "kitchens", *made, "--in-force-from", "2026-04-01").code == 0
    [standard] = load_framework("kitchens", standards=Path("standards")).standards
    columns = [
        f"{path}.{prompt.id}"
        for path, question in load_framework("./standards/kitchens").key_questions.items()
        for prompt in question.prompts
    ]
    facts = [fact.id for fact in load_framework("./standards/kitchens").facts]
    table = ",".join(["case", *facts, *columns]) + "\nc1" + "," * len(facts) + ",yes" * len(columns)
    Path("c.csv").write_text(table, encoding="utf-8")
    for name in ("kitchens", "standards/kitchens", "standards/kitchens/2026"):
        ran = run("rate", "--cases", "c.csv", "--framework", name, "--json")
        assert ran.code == 0, ran.err
        assert '"origin": "standards/kitchens/2026"' in ran.out
    assert run("rate", "--cases", "c.csv", "--framework", "kitchens").err == "standards: standards/kitchens/2026\n"
    assert "standards: standards\n" in run("check").err
    assert run("check", "standards").err == ""
    assert run("diff", "kitchens", "hmip-pdu", "--json").out.startswith("{")
    assert run("diff", "kitchens", "kitchens").err == "standards: standards/kitchens/2026\n" * 2
    assert standard.slug


def test_a_bulk_run_goes_by_today_or_by_the_day_that_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.chdir(tmp_path)
    declare(Path("standards"), "1", ends="2026-12-31")
    declare(Path("standards"), "2", "2027-01-01")
    inspect(tmp_path, "{id: kitchens}")
    rate = ["rate", "--cases", "cases.csv", "--json", "--framework"]
    assert '"edition": "1"' in run(*rate, "kitchens").out
    assert '"edition": "2"' in run(*rate, "kitchens", "--on", "2027-01-01").out
    assert '"edition": "2"' in run(*rate, "kitchens", "--edition", "2").out
    for contradiction in (["kitchens", "--edition", "2"], ["standards/kitchens/2"]):
        ran = run(*rate, *contradiction, "--on", "2026-12-31")
        assert ran.code == 2
        assert "edition-not-in-force" in ran.err


def test_what_is_compared_by_a_name_is_never_guessed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    declare(Path("standards"), "1", ends="2026-12-31")
    declare(Path("standards"), "2", "2027-01-01")
    roots = (Path("standards"), standards_folder())
    assert read_named("kitchens/2", standards=roots).folder == Path("standards/kitchens/2")
    assert read_named("kitchens", standards=roots).folder == Path("standards/kitchens/1")
    monkeypatch.chdir("standards/kitchens")
    assert read_named("2").folder == Path("2")
    declare(Path(), "2")
    with pytest.raises(DiagnosticError, match="an edition of a framework and a folder here"):
        read_named("kitchens/2", standards=(Path(".."),))
    assert read_named("./kitchens/2", standards=(Path(".."),)).origin.said(tmp_path) == "standards/kitchens/kitchens/2"


# --- Where standards come from -------------------------------------------------------------------


def test_a_framework_says_where_it_comes_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = declare(tmp_path / "standards")
    assert load_framework("hmip-pdu", "2024").origin.said() == "package:hmip-pdu/2024"
    assert load_framework(folder).origin.said(tmp_path / "inspections") == "../standards/kitchens/1"
    monkeypatch.chdir(tmp_path)
    assert load_framework(folder).identity()["origin"] == "standards/kitchens/1"
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "first"]):
        subprocess.run([*git, *words], check=True)
    commit = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    source = read_named("git:HEAD:standards/kitchens/1")
    assert source.origin.said(tmp_path) == f"git:{commit}:standards/kitchens/1"


# --- What a file names is no way to what lies elsewhere --------------------------------------------

SECRET = "the words of a file that is nobody's business"


@pytest.mark.parametrize(
    "named",
    [
        pytest.param("{path: ../elsewhere/secret.yaml}", id="a folder beside its own"),
        pytest.param("{path: link/secret.yaml}", id="a link to a folder elsewhere"),
        pytest.param("{path: linked.yaml}", id="a link to a file elsewhere"),
        pytest.param("{path: key.yaml}", id="a link to a file of another kind"),
        pytest.param('{id: "../elsewhere/secret.yaml"}', id="an id that is a path"),
        pytest.param('{id: ".."}', id="an id that is the folder above"),
        pytest.param("{path: ABSOLUTE}", id="a whole path"),
        pytest.param('{path: "a\\0b"}', id="a NUL byte"),
        pytest.param("{path: /dev/zero}", id="a device"),
    ],
)
def test_an_inspection_reads_no_standards_but_those_that_lie_with_it(tmp_path: Path, named: str, run: Run) -> None:
    elsewhere, work = tmp_path / "elsewhere", tmp_path / "work"
    elsewhere.mkdir()
    for name in ("secret.yaml", "id_rsa"):
        (elsewhere / name).write_text(f"{SECRET}\n")
    file = inspect(work, named.replace("ABSOLUTE", str(elsewhere / "secret.yaml")))
    for link, target in (("link", ""), ("linked.yaml", "secret.yaml"), ("key.yaml", "id_rsa")):
        (work / link).symlink_to(elsewhere / target)
    for command in ("rate", "check"):
        ran = run(command, file)
        assert ran.code in (1, 2)
        assert "error: " in ran.out + ran.err
        assert SECRET not in ran.out + ran.err


def test_a_link_to_a_file_of_another_kind_is_not_read(tmp_path: Path, run: Run) -> None:
    folder = declare(tmp_path / "standards")
    kept = tmp_path / "standards" / ".kept"
    kept.mkdir()
    (kept / "id_rsa").write_text(f"{SECRET}\n")
    (folder / "2-more.yaml").symlink_to(kept / "id_rsa")
    ran = run("check", tmp_path / "standards")
    assert (ran.code, SECRET in ran.out + ran.err) == (1, False)
    assert "is a link to a file whose name does not end in .yaml" in ran.out
    (folder / "2-more.yaml").unlink()
    facts = folder / "framework.yaml"
    (folder / "framework.yaml").rename(kept / "kept.yaml")
    facts.symlink_to(kept / "kept.yaml")
    assert run("check", tmp_path / "standards").code == 0
