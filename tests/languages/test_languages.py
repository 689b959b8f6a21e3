"""The languages of reports: English is complete, Welsh falls back to it visibly, and a wrong file is refused."""

from __future__ import annotations

import ast
import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from attrs import evolve
from lxml import html

from ctm_rules import DiagnosticError, InspectionResult, load_inspection, rate_inspection
from ctm_rules.frameworks.finding import standards_folder
from ctm_rules.languages import languages
from ctm_rules.languages.labels import LABELS
from ctm_rules.languages.languages import Text, load_language
from ctm_rules.languages.vocabulary import load_vocabulary
from ctm_rules.report import render_report
from tests.support.commands import Run
from tests.support.paths import EXAMPLE, ROOT
from tests.support.translations import untranslated

ENGLISH, WELSH = load_language("en"), load_language("cy")


@pytest.fixture(scope="module")
def result() -> InspectionResult:
    return rate_inspection(load_inspection(EXAMPLE))


REPORT = sorted(path for part in ("report", "forms") for path in (ROOT / "src" / "ctm_rules" / part).rglob("*.py"))


def _used_labels() -> set[str]:
    """Return every text in the code of the report and of forms: a label is named nowhere else."""
    texts: set[str] = set()
    for path in REPORT:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
            if isinstance(node, ast.JoinedStr):  # a label whose name ends in, or starts with, one of a few words
                texts.add("".join(part.value if isinstance(part, ast.Constant) else "*" for part in node.values))
    return texts


def test_every_english_label_is_used_by_the_report_or_by_forms() -> None:
    used = _used_labels()
    patterns = [re.compile(re.escape(text).replace(r"\*", "[a-z_]+")) for text in used if "*" in text and "_" in text]
    unused = [
        name
        for name in ENGLISH.file.labels
        if name not in used and not any(pattern.fullmatch(name) for pattern in patterns)
    ]
    assert unused == []


def test_every_draft_phrase_and_rating_is_translated() -> None:
    assert {phrase.words for phrase in load_vocabulary().drafts} == set(WELSH.file.phrases)
    assert set(WELSH.file.ratings) == {"outstanding", "good", "requires_improvement", "inadequate"}


def test_what_a_language_lacks_is_english_and_says_so() -> None:
    assert WELSH.label("foreword") == Text("Rhagair", "cy")
    lacking = evolve(WELSH, file=evolve(WELSH.file, labels={}))
    assert lacking.label("foreword") == Text("Foreword", "en")


def test_welsh_has_every_word_that_reports_and_forms_say() -> None:
    assert [name for name in LABELS if name not in WELSH.file.labels] == []


@pytest.fixture(scope="module")
def page(result: InspectionResult) -> html.HtmlElement:
    """What is written about the example in Welsh where nobody translated what the inspectors wrote."""
    rendered = render_report(untranslated(result), formats=["html"], language="cy", partial=True)["report.html"]
    return html.document_fromstring(rendered.decode())


def test_a_welsh_page_says_that_it_is_welsh_and_unofficial(page: html.HtmlElement) -> None:
    assert page.get("lang") == "cy"
    notice = page.xpath("//div[@class='notice']")[0].text_content()
    assert "answyddogol" in notice
    assert "synthetig" in notice


def test_a_welsh_page_has_welsh_ratings_headings_and_table_labels(page: html.HtmlElement) -> None:
    text = page.text_content()
    for words in (
        "Rhagair",
        "Graddau",
        "Argymhellion",
        "Angen gwella",
        "Annigonol",
        "Cwestiwn allweddol",
        "P 2.1 Asesu",
    ):
        assert words in text


def test_english_words_on_a_welsh_page_are_marked_as_english(page: html.HtmlElement) -> None:
    def language(element: html.HtmlElement) -> str:
        marked = element.xpath("ancestor-or-self::*[@lang][1]")
        return str(marked[-1].get("lang"))

    statement = next(p for p in page.iter("p") if "Commissioned rehabilitative services" in (p.text or ""))
    heading = next(h for h in page.iter("h2") if h.text == "Rhagair")
    assert language(statement) == "en"
    assert language(heading) == "cy"


def test_text_written_in_welsh_is_marked_as_welsh(tmp_path: Path) -> None:
    folder = shutil.copytree(EXAMPLE.parents[1] / "region", tmp_path / "region")
    text = (folder / "unit.yaml").read_text(encoding="utf-8")
    (folder / "unit.yaml").write_text(f"language: cy\n{text}", encoding="utf-8")
    rated = rate_inspection(load_inspection(folder / "unit.yaml"))
    page = html.document_fromstring(render_report(rated, formats=["html"])["report.html"].decode())
    assert [heading.get("lang") for heading in page.iter("h1")] == ["cy"]


def _filled_in() -> list[tuple[str, tuple[str, ...]]]:
    """Return each call in the report's code that asks for a label, with the parts that it gives."""
    return [
        (node.args[0].value, tuple(str(keyword.arg) for keyword in node.keywords))
        for path in REPORT
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and (getattr(node.func, "attr", "") in ("say", "label") or getattr(node.func, "id", "") in ("say", "label"))
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and all(keyword.arg for keyword in node.keywords)  # what comes out of a mapping shows when a page is made
    ]


def test_what_the_report_fills_in_is_what_a_label_may_have() -> None:
    calls = _filled_in()
    assert len(calls) > 100
    wrong = [(name, parts) for name, parts in calls if set(parts) != set(LABELS.get(name, ["no such label"]))]
    assert wrong == []


def _english(folder: Path, labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the codes and addresses of what is found in an English file with these labels."""
    text = (standards_folder() / "locale" / "en.yaml").read_text(encoding="utf-8").partition("labels:")[0]
    lines = "".join(f"  {name}: {json.dumps(words)}\n" for name, words in labels.items())
    (folder / "en.yaml").write_text(f"{text}labels:\n{lines}", encoding="utf-8")
    try:
        load_language("en", folder=folder)
    except DiagnosticError as error:
        found = error.diagnostics
    else:
        return []
    assert all(each.line > 5 and each.hint for each in found)
    return sorted((each.code, each.path) for each in found)


WORDS = ENGLISH.file.labels


def test_the_english_file_as_it_is_has_no_mistake(tmp_path: Path) -> None:
    assert _english(tmp_path, WORDS) == []


@pytest.mark.parametrize(
    "spelt",
    [
        pytest.param("{{{0}x}}", id="letter behind the name"),
        pytest.param("{{{1}}}", id="capital"),
        pytest.param("{{{0} }}", id="space behind the name"),
        pytest.param("{{}}", id="no name"),
        pytest.param("{{0}}", id="number"),
        pytest.param(
            "{0}",
            id="no braces",
        ),
        pytest.param(
            "{{{0}}} {{other}}",
            id="another part added",
        ),
    ],
)
def test_every_part_of_an_english_label_that_is_misspelt_left_out_or_added_is_named(tmp_path: Path, spelt: str) -> None:
    def wrong(text: str) -> str:
        return re.sub(r"\{([a-z_]+)\}", lambda part: spelt.format(part[1], part[1].title()), text)

    expected = sorted(("label-placeholders", f"labels.{name}") for name, parts in LABELS.items() if parts)
    assert _english(tmp_path, {name: wrong(text) for name, text in WORDS.items()}) == expected


def test_every_label_that_english_lacks_is_named_and_no_part_is_filled_in_where_there_is_none(tmp_path: Path) -> None:
    for dropped in (list(LABELS)[::2], list(LABELS)[1::2]):
        left = {name: text for name, text in WORDS.items() if name not in dropped}
        assert _english(tmp_path, left) == sorted(("missing-label", f"labels.{name}") for name in dropped)
    plain = {name: text if LABELS[name] else f"{text} {{nothing}}" for name, text in WORDS.items()}
    expected = sorted(("label-placeholders", f"labels.{name}") for name, parts in LABELS.items() if not parts)
    assert _english(tmp_path, plain) == expected
    more = {**WORDS, "forewords": "Forewords"}
    assert _english(tmp_path, more) == [("unknown-label", "labels.forewords")]


def test_a_mistake_in_the_english_file_is_a_sentence_on_the_command_line(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "locale").mkdir()
    text = (standards_folder() / "locale" / "en.yaml").read_text(encoding="utf-8")
    (tmp_path / "locale" / "en.yaml").write_text(text.replace("{provider}", "{providr}"), encoding="utf-8")
    monkeypatch.setattr(languages, "language_folders", lambda _: [tmp_path / "locale"])
    ended = run("report", EXAMPLE, "-f", "md", "-o", tmp_path / "out")
    assert ended.code == 2
    assert "[label-placeholders]" in ended.err
    assert "{providr}" in ended.err
    assert not (tmp_path / "out").exists()


def _load(folder: Path, welsh: str) -> list[str]:
    (folder / "en.yaml").write_bytes((standards_folder() / "locale" / "en.yaml").read_bytes())
    (folder / "cy.yaml").write_text(welsh, encoding="utf-8")
    try:
        load_language("cy", folder=folder)
    except DiagnosticError as error:
        return [found.code for found in error.diagnostics]
    return []


MONTHS = "[a, b, c, d, e, f, g, h, i, j, k, l]"


@pytest.mark.parametrize(
    ("welsh", "codes"),
    [
        pytest.param(f"language: cy\nname: C\nmonths: {MONTHS}\nlabels: {{foreword: Rhagair}}", [], id="no mistake"),
        pytest.param(
            f"language: cy\nname: C\nmonths: {MONTHS}\nlabels: {{foreward: Rhagair}}",
            ["unknown-label"],
            id="label misspelt",
        ),
        pytest.param(
            f"language: cy\nname: C\nmonths: {MONTHS}\nlabels: {{score: 'Sgor {{scor}}'}}",
            ["label-placeholders"],
            id="placeholder misspelt",
        ),
        pytest.param(
            "language: cy\nname: C\nmonths: [Ionawr]\nlabels: {foreword: Rhagair}",
            ["label-placeholders"],
            id="one month",
        ),
        pytest.param("language: cy\nname: C\nlabels: {foreword: Rhagair}", ["missing-key"], id="no months"),
        pytest.param("not yaml: [", ["yaml-syntax"], id="no YAML"),
    ],
)
def test_a_language_file_with_a_mistake_is_refused(tmp_path: Path, welsh: str, codes: list[str]) -> None:
    assert _load(tmp_path, welsh) == codes


def test_a_language_that_is_not_there_is_named() -> None:
    with pytest.raises(DiagnosticError, match=r"there is no language \"xx\""):
        load_language("xx")
    with pytest.raises(DiagnosticError, match=r"no language"):
        load_language("../locale/en")


def test_only_the_parts_that_a_label_names_are_filled_in() -> None:
    filled = ENGLISH.label("recommendations_intro", provider="{date.__class__} {score}")
    assert filled.value == "{date.__class__} {score} should:"


def test_text_that_no_format_can_hold_is_cleaned() -> None:
    assert Text("a\x00b\ud800c\n\td", "en").value == "a\ufffdb\ufffdc d"


# --- No sentence mixes languages -----------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(name for name, parts in LABELS.items() if parts))
def test_a_sentence_is_in_one_language(name: str) -> None:
    """A part that both languages have goes along with the sentence around it."""
    values = {part: Text(f"Gymraeg{part}", "cy", english=f"English{part}") for part in LABELS[name]}
    said = WELSH.label(name, **values)
    assert said.language == ("cy" if name in WELSH.file.labels else "en")
    assert ("English" in said.value) is (said.language == "en")
    assert ("Gymraeg" in said.value) is (said.language == "cy")


@pytest.mark.parametrize("name", sorted(name for name, parts in LABELS.items() if parts))
def test_a_part_without_a_translation_makes_its_sentence_english(name: str) -> None:
    values = {part: Text("wording that nobody has translated", "en") for part in LABELS[name]}
    said = WELSH.label(name, **values)
    assert said == ENGLISH.label(name, **values)
    assert said.language == "en"


def test_no_english_words_on_the_welsh_page_hold_welsh_ratings(result: InspectionResult) -> None:
    rendered = render_report(untranslated(result), formats=["html"], language="cy", partial=True)["report.html"]
    page = html.document_fromstring(rendered.decode())
    english = [one.text_content() for one in page.xpath("//*[@lang='en']")]
    assert len(english) > 50
    for words in english:
        for rating in ("Rhagorol", "Angen gwella", "Annigonol"):
            assert rating not in words
    welsh = {rating.label for rating in result.inspection.framework.ratings}
    for paragraph in page.xpath("//main//p[not(@lang) and not(.//*[@lang])]"):
        assert not [label for label in welsh if label in paragraph.text_content()], paragraph.text_content()
