"""A link in a folder leads to nothing outside of it, whatever kind of file it is and whoever reads the folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ctm_rules import DiagnosticError, load_framework
from ctm_rules.languages.languages import load_language
from tests.support.commands import Ran, Run
from tests.support.own_standards import declare, inspect
from tests.support.paths import ROOT

SECRET = "what is nobody's business"
ELSEWHERE = "elsewhere"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with standards, a scenario and an inspection; beside it lies what is nobody's business."""
    work = tmp_path / "work"
    (declare(work / "standards") / "scenarios").mkdir()
    inspect(work, "{id: kitchens}")
    for name in ("facts.yaml", "any.yaml", "page.css", "cases.csv", "1/framework.yaml"):
        (tmp_path / ELSEWHERE / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / ELSEWHERE / name).write_text(f"{SECRET}: {SECRET}\n")
    (work / "templates").mkdir()
    monkeypatch.chdir(work)
    return work


KITCHENS = "standards/kitchens/1"
KINDS: dict[str, tuple[str, str, list[list[str]]]] = {
    "a part of a framework": (
        f"{KITCHENS}/facts.yaml",
        "facts.yaml",
        [["check", "standards"], ["check", KITCHENS], ["rate", "inspection.yaml"], ["docs", "kitchens", "-o", "out"],
         ["diff", KITCHENS, "hmip-pdu"], ["rate", "--cases", "cases.csv", "--framework", "kitchens"]],
    ),
    "a standard": (f"{KITCHENS}/2-more.yaml", "any.yaml", [["check", "."], ["fmt", "standards"]]),
    "an edition": (
        "standards/kitchens/2",
        "1",
        [["rate", "--cases", "cases.csv", "--framework", "kitchens"], ["docs", KITCHENS, "-o", "out"],
         ["rate", "--cases", "cases.csv", "--framework", "./standards/kitchens"],
         ["new", "edition", KITCHENS, "3", "--in-force-from", "2027-01-01"]],
    ),
    "a framework": ("standards/canteens", "", [["rate", "--cases", "cases.csv", "--framework", "canteens"]]),
    "a scenario": (f"{KITCHENS}/scenarios/a.yaml", "any.yaml", [["test", "standards"], ["check", "."], ["fmt", "."]]),
    "an inspection": (
        "below/inspection.yaml",
        "any.yaml",
        [["check", "below"], ["diff", "hmip-pdu", "hmip-pdu", "--inspections", "below"]],
    ),
    "words": ("below/words.yaml", "any.yaml", [["check", "below"], ["fmt", "--check", "below"]]),
    "a language": ("below/cy.yaml", "any.yaml", [["check", "below"]]),
    "an amendment": ("below/stricter.yaml", "any.yaml", [["check", "below"]]),
    "a template": ("templates/page.css", "page.css", [["report", "inspection.yaml", "--templates", "templates"]]),
    "a folder of templates": ("templates/more", "", [["report", "inspection.yaml", "--templates", "templates"]]),
    "a table": ("below/a.csv", "cases.csv", [["rate", "--cases", "below", "--framework", "kitchens"]]),
}  # fmt: skip
"""Of each kind of file: where the link to it lies, what it leads to, and what reads the folder."""

BEGINNINGS = {
    "inspection.yaml": "provider: {id: a}\nfieldwork: {}\ncases: {}\n",
    "words.yaml": "# yaml-language-server: $schema=words.schema.json\n",
    "cy.yaml": "# yaml-language-server: $schema=language.schema.json\n",
    "stricter.yaml": "amends: {}\nset: []\n",
}
EVERY = [(kind, number) for kind, (_, _, commands) in KINDS.items() for number in range(len(commands))]


@pytest.mark.parametrize(("kind", "number"), EVERY, ids=[f"{kind}-{number + 1}" for kind, number in EVERY])
def test_what_a_link_leads_to_outside_is_not_read(kind: str, number: int, run: Run, folder: Path) -> None:
    link, target, commands = KINDS[kind]
    at, to = folder / link, folder.parent / ELSEWHERE / target
    at.parent.mkdir(exist_ok=True)
    if at.name in BEGINNINGS:
        to.write_text(BEGINNINGS[at.name] + f"{SECRET}: {SECRET}\n")
    at.symlink_to(to)
    before = {path: path.read_bytes() for path in to.parent.rglob("*") if path.is_file()}
    ran: Ran = run(*commands[number])
    assert ran.code in (1, 2), ran
    assert f"{at.name} is a link that leads out of " in ran.out + ran.err
    assert "[link-leads-out]" in ran.out + ran.err
    assert SECRET not in ran.out + ran.err
    assert {path: path.read_bytes() for path in before} == before


def test_a_language_in_a_folder_of_ones_own(folder: Path) -> None:
    (folder / "en.yaml").write_bytes((ROOT / "standards" / "locale" / "en.yaml").read_bytes())
    (folder / "cy.yaml").symlink_to(folder.parent / ELSEWHERE / "any.yaml")
    with pytest.raises(DiagnosticError, match=r"cy\.yaml is a link that leads out"):
        load_language("cy", folder=folder)


def to_another_edition(folder: Path) -> None:
    other = declare(folder / "standards", "2", starts="2027-01-01") / "hygiene.yaml"
    other.unlink()
    other.symlink_to("../1/hygiene.yaml")


LINKS: dict[str, Callable[[Path], object]] = {
    "within the folder": lambda folder: (folder / "again.yaml").symlink_to("inspection.yaml"),
    "to another edition": to_another_edition,
    "to a file that is none of ours": lambda folder: (folder / "any.yaml").symlink_to(
        folder.parent / ELSEWHERE / "any.yaml"
    ),
    "to a page that is none of ours": lambda folder: (folder / "page.html").symlink_to("/etc/hostname"),
    "to a folder": lambda folder: (folder / "below").symlink_to(folder.parent / ELSEWHERE),
}


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_other_links_are_nobodys_business(link: Callable[[Path], object], run: Run, folder: Path) -> None:
    link(folder)
    ran = run("check", ".")
    assert (ran.code, "link-leads-out" in ran.out) == (0, False), ran


def test_what_is_named_itself_may_be_a_link(run: Run, folder: Path) -> None:
    (folder.parent / "standards").symlink_to(folder / "standards")
    (folder.parent / "kitchens.yaml").symlink_to(folder / KITCHENS / "framework.yaml")
    (folder.parent / "inspection.yaml").symlink_to(folder / "inspection.yaml")
    assert load_framework(folder.parent / "standards" / "kitchens").edition == "1"
    assert run("check", folder.parent / "standards").code == 0
    assert run("rate", "--cases", folder / "*.csv", "--framework", "kitchens").code == 0
