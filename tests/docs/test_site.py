from __future__ import annotations

import datetime
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ctm_rules import DiagnosticError, Framework, load_framework
from ctm_rules.diagnostics.catalogue import documented_codes
from ctm_rules.docs.material import Material
from ctm_rules.docs.site import build_site, write_site
from ctm_rules.frameworks.finding import standards_folder
from ctm_rules.model.rules_in_words import say
from ctm_rules.scaffolding.new_files import start_edition
from tests.support.commands import Run
from tests.support.small_framework import SMALL, Small

VOID = {"meta", "link", "input", "br", "img", "rect"}
HOSTILE = "<script>alert(1)</script> & \"x\" 'y' {{ 7 * 7 }} {% raw %}"


class Page(HTMLParser):
    """A page taken apart: elements in order with their attributes, headings, and the text that people read."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[tuple[int, str]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(content.decode())
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        assert len(dict(attrs)) == len(attrs)
        if tag not in VOID:
            self._open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append((int(tag[1]), ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and re.fullmatch("h[1-6]", self._open[-1]):
            level, text = self.headings[-1]
            self.headings[-1] = (level, text + data)
        if self._open and self._open[-1] not in ("script", "style"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    @property
    def ids(self) -> list[str]:
        return [str(attributes["id"]) for _, attributes in self.elements if "id" in attributes]

    def attributes(self, name: str) -> Iterator[str]:
        return (str(attributes[name]) for _, attributes in self.elements if name in attributes)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def taken_apart(pages: dict[str, bytes]) -> dict[str, Page]:
    return {name: Page(content) for name, content in pages.items()}


@pytest.fixture(scope="session")
def two_editions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped framework with a later edition in which something differs; the folder of the later one."""
    root = tmp_path_factory.mktemp("standards")
    old = root / "hmip-pdu" / "2024"
    shutil.copytree(standards_folder() / "hmip-pdu" / "2024", old)
    start_edition(old, "2027", in_force_from=datetime.date(2027, 4, 1))
    new = old.with_name("2027")
    file = new / "framework.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("from: 65", "from: 60"), encoding="utf-8")
    return new


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A framework in one file, every text of which tries to be markup."""
    quoted = "'" + HOSTILE.replace("'", "''") + "'"
    text = SMALL.replace("RULE", "{any: [floors, {not: {all: [knives, {fact: size, at_least: large}]}}]}")
    text = re.sub(r"(title|label|statement|publisher|ask): [^,}\n]+", lambda match: f"{match[1]}: {quoted}", text)
    file = tmp_path_factory.mktemp("hostile") / "kitchens.yaml"
    file.write_text(text, encoding="utf-8")
    return file


Site = tuple[Framework, dict[str, Page]]

SHIPPED = standards_folder() / "hmip-pdu" / "2024"


@pytest.fixture(scope="session")
def shipped_content() -> dict[str, bytes]:
    """The pages about the shipped framework."""
    return build_site(SHIPPED)


@pytest.fixture(scope="session")
def shipped_pages(shipped_content: dict[str, bytes]) -> dict[str, Page]:
    """The pages about the shipped framework, taken apart."""
    return taken_apart(shipped_content)


@pytest.fixture(scope="session")
def later_pages(two_editions: Path) -> dict[str, Page]:
    """The pages about a framework with two editions, taken apart."""
    return taken_apart(build_site(two_editions))


@pytest.fixture(params=["shipped", "two editions", "hostile"])
def site(
    request: pytest.FixtureRequest,
    shipped_pages: dict[str, Page],
    later_pages: dict[str, Page],
    two_editions: Path,
    hostile: Path,
) -> Site:
    """A framework and the pages about it."""
    if request.param == "hostile":
        return load_framework(hostile), taken_apart(build_site(hostile))
    path, pages = {"shipped": (SHIPPED, shipped_pages), "two editions": (two_editions, later_pages)}[request.param]
    return load_framework(path), pages


def test_every_link_leads_somewhere_in_the_site(site: Site) -> None:
    _, pages = site
    for page in pages.values():
        for link in page.attributes("href"):
            if link == "data:,":
                continue
            name, _, fragment = link.partition("#")
            target = pages[name] if name else page
            assert not fragment or fragment in target.ids, link
        for form in page.all("form"):
            assert form["action"] in pages


def test_nothing_is_loaded_from_elsewhere_and_no_text_becomes_markup(site: Site) -> None:
    _, pages = site
    for name, page in pages.items():
        assert len(page.all("script")) == (1 if name == "search.html" else 0)
        assert list(page.attributes("src")) == []
        assert {link["rel"] for link in page.all("link")} == {"icon"}
        (policy,) = (meta["content"] for meta in page.all("meta") if "http-equiv" in meta)
        assert str(policy).startswith("default-src 'none'")


def test_every_page_can_be_read_with_a_screen_reader(site: Site) -> None:
    _, pages = site
    for page in pages.values():
        assert page.all("html") == [{"lang": "en-GB"}]
        assert len(page.all("main")) == 1
        assert page.all("a")[0]["href"] == "#main"
        levels = [level for level, _ in page.headings]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(below <= above + 1 for above, below in zip(levels, levels[1:], strict=False))
        assert all(text.strip() for _, text in page.headings if text)
        assert len(page.ids) == len(set(page.ids))
        for name in ("aria-labelledby", "for"):
            assert {each for ids in page.attributes(name) for each in str(ids).split()} <= set(page.ids)
        assert all(picture["role"] == "img" and picture["aria-label"] for picture in page.all("svg"))
        assert len(page.all("table")) == len(page.all("thead"))
        assert all(cell.get("scope") in ("col", "row") for cell in page.all("th"))
        assert len({nav["aria-label"] for nav in page.all("nav")}) == len(page.all("nav"))


def test_titles_tell_the_pages_apart(site: Site) -> None:
    _, pages = site
    titles = [page.headings[0][1] for page in pages.values()]
    assert len(set(titles)) == len(titles)


def test_every_declared_thing_stands_on_its_page(site: Site) -> None:
    framework, pages = site
    for standard in framework.standards:
        page = pages[f"standard-{standard.slug}.html"]
        for text in (standard.title, standard.statement, *(theme.title for theme in standard.themes)):
            assert text in page.text
        for question in standard.key_questions:
            assert f"q-{question.id}" in page.ids
            assert question.ask in page.text
            assert f"Yes when {say(question.yes_when, framework, question)}." in page.text
            for rule in question.variants.values():
                assert f"Yes when {say(rule.yes_when, framework, question)}." in page.text
            for prompt in question.prompts:
                assert f"p-{question.id}-{prompt.id}" in page.ids
                assert prompt.ask in page.text
                if prompt.applies_when is not None:
                    assert f"asked where {say(prompt.applies_when, framework)}" in page.text
    recorded = pages["cases.html"].text
    for element in (*framework.facts, *framework.variants, *framework.measures, *framework.subgroups):
        assert element.title in recorded
    for label in (rating.label for rating in framework.ratings):
        assert label in pages["ratings.html"].text


def test_everything_can_be_searched_for_without_a_script(site: Site) -> None:
    framework, pages = site
    found = pages["search.html"].text
    for address in (*framework.key_questions, *framework.prompts, *framework.measures_by_path):
        assert address in found
    for fact in framework.facts:
        assert fact.title in found


def test_bands_are_drawn_with_their_values(shipped_pages: dict[str, Page]) -> None:
    page = shipped_pages["ratings.html"]
    assert [picture["aria-label"] for picture in page.all("svg")] == [
        "Outstanding: 80% or more; Good: 65 to 79%; Requires improvement: 50 to 64%; Inadequate: 0 to 49%",
        "Outstanding: 8 or more; Good: 5 to 7; Requires improvement: 2 to 4; Inadequate: 0 to 1",
        "Outstanding: 11 or more; Good: 7 to 10; Requires improvement: 3 to 6; Inadequate: 0 to 2",
        "Outstanding: 18 or more; Good: 11 to 17; Requires improvement: 4 to 10; Inadequate: 0 to 3",
    ]


def test_bands_of_exact_shares_leave_no_gap(small: Small, tmp_path: Path) -> None:
    small(
        "floors", ("among: [yes, no], bands", "among: [yes, no], decided_on: exact, bands"), ("from: 50", "from: 62.5")
    )
    page = taken_apart(build_site(tmp_path / "kitchens.yaml"))["ratings.html"]
    assert page.all("svg")[0]["aria-label"] == "Fine: 62.5% or more; Poor: from 0% and below 62.5%"


def test_lines_lead_to_the_line_itself(shipped_content: dict[str, bytes], shipped_pages: dict[str, Page]) -> None:
    content = shipped_content["source-2024-2.1-assessment.yaml.html"].decode()
    lines = (SHIPPED / "2.1-assessment.yaml").read_text(encoding="utf-8").splitlines()
    assert content.count('class="line"') == len(lines)
    at = lines.index("      - id: motivation") + 1
    assert f'<span class="line" id="L{at}">      - id: motivation\n</span>' in content
    links = list(shipped_pages["standard-assessment.html"].attributes("href"))
    assert f"source-2024-2.1-assessment.yaml.html#L{at}" in links


def test_what_changed_between_editions_is_told(later_pages: dict[str, Page], shipped_pages: dict[str, Page]) -> None:
    page = later_pages["history.html"]
    assert "From edition 2024 to edition 2027" in page.text
    assert "the limit for Good moved from 65% to 60%" in page.text
    assert any(link.startswith("source-2024-framework.yaml.html#L") for link in page.attributes("href"))
    assert "only edition" in shipped_pages["history.html"].text


def test_what_is_assumed_is_listed(shipped_pages: dict[str, Page]) -> None:
    page = shipped_pages["assumptions.html"]
    assert "planning.engaging, variant adjusted" in page.text
    assert "key_question_bands" in page.text


def test_every_message_has_its_page(shipped_pages: dict[str, Page]) -> None:
    page = shipped_pages["messages.html"]
    for code in documented_codes().values():
        assert code.id in page.ids
        assert " ".join(code.what.split()) in page.text


def test_scenarios_stand_beside_the_rule_that_they_test(shipped_pages: dict[str, Page]) -> None:
    sentence = "Without motivation it is no, whatever else is right"
    for name in ("standard-assessment.html", "scenarios.html", "search.html"):
        assert sentence in shipped_pages[name].text


def test_the_same_framework_gives_the_same_pages(shipped_content: dict[str, bytes]) -> None:
    assert build_site(SHIPPED) == shipped_content


def test_the_folder_is_replaced_when_it_holds_pages_and_nothing_else(hostile: Path, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "docs"
    files = write_site(hostile, folder)
    (folder / "standard-gone.html").write_text("old")
    write_site(hostile, folder)
    assert sorted(folder.iterdir()) == sorted(files)
    (folder / "notes.txt").write_text("mine")
    before = {file: file.read_bytes() for file in folder.iterdir()}
    with pytest.raises(DiagnosticError, match="holds something else") as caught:
        write_site(hostile, folder)
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == ["folder-not-empty"]
    assert {file: file.read_bytes() for file in folder.iterdir()} == before
    assert [path.name for path in folder.parent.iterdir()] == ["docs"]


def test_a_framework_that_cannot_be_read_leaves_no_folder(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("id: a: b\n")
    with pytest.raises(DiagnosticError):
        write_site(tmp_path / "bad.yaml", tmp_path / "docs")
    assert not (tmp_path / "docs").exists()


def test_the_command_writes_the_pages(run: Run, tmp_path: Path) -> None:
    code, out, err = run("docs", "hmip-pdu", "--edition", "2024", "-o", tmp_path / "docs")
    assert (code, err) == (0, "")
    pages = list((tmp_path / "docs").iterdir())
    assert out == f"written: {tmp_path / 'docs' / 'index.html'} and {len(pages) - 1} more pages\n"
    assert run("docs", "hmip-pdu", "-o", tmp_path)[0] == 2


def test_files_of_almost_one_name_have_pages_of_their_own(kitchens: Path) -> None:
    scenario = "scenarios:\n  - {name: N, given: {counts: {}}, expect: {overall: not_rated}}\n"
    for name in ("scenarios/a.yaml", "scenarios/scenarios/a.yaml", "scenarios/scenarios-a.yaml"):
        (kitchens / name).parent.mkdir(parents=True, exist_ok=True)
        (kitchens / name).write_text(scenario, encoding="utf-8")
    sources = Material(kitchens).sources.values()
    assert len({source.page.casefold() for source in sources}) == len(sources)
    assert {source.page for source in sources} >= {
        "source-2026-scenarios-scenarios-a.yaml.html",
        "source-2026-scenarios-scenarios-a.yaml-2.html",
    }
