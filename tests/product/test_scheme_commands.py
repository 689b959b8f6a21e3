"""Every command on every shipped scheme: it ends well, and says nothing that the scheme does not have."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ctm_rules import Framework, load_framework
from tests.support.commands import Run
from tests.support.paths import ROOT

SCHEMES = ROOT / "examples" / "schemes"
NAMES = sorted(folder.name for folder in SCHEMES.iterdir() if folder.is_dir())
OF_SHARES = "public-protection"
"""The scheme that rates nothing."""

OF_RATINGS = re.compile(r"\b(ratings?|rated|scores?|overall|bands?)\b", re.IGNORECASE)
NO_RATING = ("Wilson score", "key_question_bands", "a share is shown and nothing is rated", "not rated")
"""What says so of another thing: a kind of interval, a key of the file, what a scenario is called and expects."""


class Scheme:
    """A copy of a scheme, with the paths that commands take."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = Path(shutil.copytree(SCHEMES / name, folder / name))
        (self.edition,) = (self.folder / "standards" / name).iterdir()
        self.inspection = self.folder / "inspection.yaml"
        self.out = folder / "out"
        self.later = self.edition.parent / "2030"


@pytest.fixture(params=NAMES)
def scheme(request: pytest.FixtureRequest, tmp_path: Path) -> Scheme:
    return Scheme(request.param, tmp_path)


COMMANDS: dict[str, Callable[[Scheme], tuple[object, ...]]] = {
    "rate": lambda scheme: ("rate", scheme.inspection),
    "rate as JSON": lambda scheme: ("rate", "--json", scheme.inspection),
    "check": lambda scheme: ("check", "--strict", scheme.folder),
    "test": lambda scheme: ("test", scheme.folder / "standards", "--coverage", "--threshold", "100"),
    "fmt": lambda scheme: ("fmt", "--check", scheme.folder),
    "next rating": lambda scheme: ("what-if", scheme.inspection, "--next-rating"),
    "new edition": lambda scheme: ("new", "edition", scheme.edition, "2030", "--in-force-from", "2030-01-01"),
    "diff": lambda scheme: ("diff", scheme.edition, scheme.edition, "--inspection", scheme.inspection),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_ends_well_on_every_scheme(command: str, scheme: Scheme, run: Run) -> None:
    code, out, err = run(*COMMANDS[command](scheme))
    assert code == 0, out + err
    assert "Traceback" not in out + err
    if scheme.name == OF_SHARES and command in ("rate", "next rating", "diff"):
        assert words_of_ratings(out) == []


def words_of_ratings(text: str) -> list[str]:
    """Return the words about ratings in a text, but for those that say something else."""
    for words in NO_RATING:
        text = text.replace(words, "")
    return OF_RATINGS.findall(text)


def test_a_case_is_explained_where_cases_are_drawn(run: Run) -> None:
    inspection = SCHEMES / OF_SHARES / "inspection.yaml"
    code, out, _ = run("explain", inspection, "made-up-01")
    assert code == 0
    assert words_of_ratings(out) == []


def shown_in(page: str) -> str:
    """Return what a page shows, without its marks."""
    text = re.sub(r"<[^>]+>", " ", re.sub(r"<(style|script)\b.*?</\1>", " ", page, flags=re.DOTALL))
    return " ".join(text.split())


def labels(framework: Framework, scale: str) -> list[str]:
    return [step.label for step in framework.every_scale[scale]]


def test_a_report_says_what_its_scheme_has_and_nothing_else(scheme: Scheme, run: Run) -> None:
    pytest.importorskip("typst")
    code, out, err = run("report", scheme.inspection, "-o", scheme.out)
    assert code == 0, out + err
    assert {file.suffix[1:] for file in scheme.out.iterdir() if file.is_file()} >= {"html", "md", "docx", "pdf", "xlsx"}
    framework = load_framework(scheme.edition)
    for name in ("report.html", "report.md"):
        said = shown_in((scheme.out / name).read_text(encoding="utf-8"))
        assert ("were inspected." in said) is any(scheme.folder.glob("*.csv"))
        if scheme.name == OF_SHARES:
            assert words_of_ratings(said) == []
    # The picture of all key questions has the limits of one scale, and of that alone.
    pictures = list((scheme.out / "pictures").glob("overview*.svg"))
    assert bool(pictures) is bool(framework.key_questions)
    for picture in pictures:
        drawn = shown_in(picture.read_text(encoding="utf-8"))
        scales = {standard.scale for standard in framework.standards if framework.is_rated(standard)}
        assert sum(all(label in drawn for label in labels(framework, scale)) for scale in scales) <= 1
        if scheme.name == OF_SHARES:
            assert words_of_ratings(drawn) == []


def test_the_pages_of_a_scheme_say_what_it_has_and_nothing_else(scheme: Scheme, run: Run) -> None:
    pytest.importorskip("jinja2")
    code, out, err = run("docs", scheme.edition, "-o", scheme.out)
    assert code == 0, out + err
    framework = load_framework(scheme.edition)
    ratings = shown_in((scheme.out / "ratings.html").read_text(encoding="utf-8"))
    for scale in framework.every_scale:
        assert all(label in ratings for label in labels(framework, scale))
    if scheme.name == OF_SHARES:
        for page in ("index", "ratings", "assumptions", *(f"standard-{each.slug}" for each in framework.standards)):
            said = shown_in((scheme.out / f"{page}.html").read_text(encoding="utf-8"))
            assert words_of_ratings(said) == [], page
