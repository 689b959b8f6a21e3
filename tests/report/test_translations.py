"""Texts in several languages: each report has its own, pages lead to each other, and too little of it is refused."""

from __future__ import annotations

import copy
import pickle
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from attrs import evolve

from ctm_rules import DiagnosticError, Inspection, InspectionResult, load_inspection, load_result, rate_inspection
from ctm_rules.languages.languages import load_language
from ctm_rules.model.declared import Translated, texts_in
from ctm_rules.report import render_report
from tests.support.commands import Run
from tests.support.own_standards import declare, inspect
from tests.support.paths import EXAMPLE
from tests.support.report_page import Page
from tests.support.translations import untranslated


@pytest.fixture(scope="module")
def both(result: InspectionResult) -> dict[str, bytes]:
    return render_report(result, formats=["html", "md"], language=["en", "cy"])


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def test_each_report_says_every_text_in_its_language_and_in_no_other(
    result: InspectionResult, both: dict[str, bytes]
) -> None:
    pages = {
        code: _squeezed(" ".join(Page(both[f"{name}{end}.html"]).text for name in ("report", "press-release")))
        for code, end in (("en", ""), ("cy", "-cy"))
    }
    texts = [text for text, _, _ in texts_in(result.inspection.declared) if isinstance(text, Translated)]
    assert len(texts) > 130
    for text in texts:
        for code, page in pages.items():
            assert _squeezed(text.languages[code]) in page
        for code, other in (("en", "cy"), ("cy", "en")):
            # The source is called as it is called, and short words are the same in both.
            if len(text) > 40 and text != result.inspection.declared.title:
                assert _squeezed(text.languages[code]) not in pages[other]


def test_each_page_leads_to_the_same_page_in_the_other_language(both: dict[str, bytes]) -> None:
    assert {name for name in both if not name.startswith("pictures")} == {
        *("report.html", "report-cy.html", "press-release.html", "press-release-cy.html"),
        *("report.md", "report-cy.md"),
    }
    for name in ("report", "press-release"):
        for own, other, code, called in (("", "-cy", "cy", "Cymraeg"), ("-cy", "", "en", "English")):
            [link] = Page(both[f"{name}{own}.html"]).document.xpath("//header//a")
            assert (link.get("href"), link.get("hreflang")) == (f"{name}{other}.html", code)
            assert (link.get("lang"), link.text) == (code, called)
    assert "[Cymraeg](report-cy.md)" in both["report.md"].decode()
    assert "](pictures-cy/overview.svg)" in both["report-cy.md"].decode()
    assert both["pictures-cy/overview.svg"] != both["pictures/overview.svg"]


def test_a_page_in_one_language_leads_to_no_other(result: InspectionResult) -> None:
    files = render_report(result, formats=["html"], language="cy")
    assert set(files) == {"report.html", "press-release.html"}
    assert Page(files["report.html"]).document.xpath("//header//a") == []


def test_what_programs_read_is_written_once_and_every_page_says_how_large_it_is(result: InspectionResult) -> None:
    files = render_report(result, formats=["html", "json", "xlsx", "csv"], language=["cy", "en"])
    assert {name for name in files if name.startswith("annexe")} == {"annexe.xlsx", "annexe.json", "annexe-csv.zip"}
    for name in ("report.html", "report-en.html"):
        [link] = Page(files[name]).document.xpath("//nav[@class='downloads']//a[@href='annexe.xlsx']")
        assert "kB" in link.text


# --- How much is translated ------------------------------------------------------------------------


def test_a_report_of_which_too_little_is_translated_is_refused_with_the_first_text_that_is_not(
    run: Run, tmp_path: Path
) -> None:
    declare(tmp_path / "standards")
    file = inspect(tmp_path / "a", "{id: kitchens}")
    ended = run("report", file, "--lang", "cy", "-f", "html", "-o", tmp_path / "out")
    assert ended.code == 2
    line = file.read_text(encoding="utf-8").splitlines().index("title: A kitchen") + 1
    assert f"inspection.yaml:{line}:" in ended.err
    said = (
        r"\d\d% of the words of the report are in Cymraeg, and 90% must be; 1 text of the inspection is not, this one"
    )
    assert re.search(said, " ".join(ended.err.split()))
    assert not (tmp_path / "out").exists()
    ended = run("report", file, "--lang", "cy", "--partial", "-f", "html", "-o", tmp_path / "out")
    assert ended.code == 0
    notice = Page((tmp_path / "out" / "report.html").read_bytes()).document.xpath("//div[@class='notice']")[0]
    assert re.search(r"Mae \d\d% o eiriau'r adroddiad hwn wedi'u cyfieithu", notice.text_content())


def test_a_report_in_the_language_that_everything_is_written_in_says_nothing_of_translation(
    both: dict[str, bytes],
) -> None:
    assert "translat" not in Page(both["report.html"]).text


def test_what_is_not_all_is_never_said_to_be_all_of_it(result: InspectionResult, both: dict[str, bytes]) -> None:
    said = re.findall(r"(\d+)% o eiriau", Page(both["report-cy.html"]).text)
    assert said
    assert set(said) == {"99"}
    without = render_report(untranslated(result), formats=["html"], language="cy", partial=True)["report.html"]
    [less, *_] = re.findall(r"(\d+)% o eiriau", Page(without).text)
    assert int(less) < 80


def test_a_translation_that_nobody_has_read_says_so_until_somebody_has(result: InspectionResult) -> None:
    unread = "Nid oes neb sy'n gymwys i'w farnu wedi darllen"
    declared = evolve(result.inspection.declared, translations_read_by={"cy": "Nia Rees, cyfieithydd"})
    read = evolve(result, inspection=evolve(result.inspection, declared=declared))
    before, after = (
        Page(render_report(each, formats=["html"], language="cy")["report.html"]).text for each in (result, read)
    )
    assert unread in before
    assert unread not in after
    assert "Darllenwyd y cyfieithiad gan: Nia Rees, cyfieithydd." in after


# --- What may be written ---------------------------------------------------------------------------


def _edited(folder: Path, old: str, new: str) -> Path:
    written = EXAMPLE.read_text(encoding="utf-8")
    assert written.count(old) == 1
    (folder / "inspection.yaml").write_text(written.replace(old, new), encoding="utf-8")
    (folder / "cases.csv").write_bytes(EXAMPLE.with_name("cases.csv").read_bytes())
    return folder / "inspection.yaml"


REGION = "region: {en: Wales, cy: Cymru}"


@pytest.mark.parametrize(
    ("new", "message", "hint"),
    [
        pytest.param("region: {cy: Cymru, en: Wales}", "begins with cy", "write en: … first", id="the other first"),
        pytest.param("region: {cy: Cymru}", "begins with cy", "write en: … first", id="the other alone"),
        pytest.param("region: {en: Wales, cz: Cymru}", '"cz" is no language', "Allowed: cy, en", id="no language"),
        pytest.param("region: {text: Wales}", "begins with text", "write en: … first", id="another key"),
        pytest.param("region: {en: Wales, cy: 7}", "must be a text", "quotes", id="no text"),
        pytest.param("region: {}", "must be a text", "", id="nothing"),
    ],
)
def test_a_text_in_several_languages_that_is_wrong_is_named_with_its_line(
    tmp_path: Path, new: str, message: str, hint: str
) -> None:
    file = _edited(tmp_path, REGION, new)
    with pytest.raises(DiagnosticError) as caught:
        load_inspection(file)
    [found] = caught.value.diagnostics
    assert message in found.message
    assert hint in found.hint
    assert found.line == 6


def test_a_translation_with_other_numbers_is_warned_of(tmp_path: Path) -> None:
    file = _edited(
        tmp_path, "Canfuwyd gwaith ar y cyd â'r heddlu mewn 3 o 9", "Canfuwyd gwaith ar y cyd â'r heddlu mewn 3 o 8"
    )
    [found] = load_inspection(file).warnings
    assert found.code == "other-figures"
    assert "3 o 8" in file.read_text(encoding="utf-8").splitlines()[found.line - 1]
    assert "9 and 8" in found.message


def test_a_translation_that_is_still_to_be_filled_in_leaves_the_text_there(tmp_path: Path) -> None:
    old = "cy: Roedd trefniadau wrth gefn ar waith mewn tua dwy ran o dair o'r cynlluniau."
    loaded = load_inspection(_edited(tmp_path, old, "cy: to be filled in"))
    texts = [piece.text for piece in loaded.declared.every_evidence]
    assert "Contingency arrangements were in place in about two-thirds of the plans." in texts
    [found] = loaded.warnings
    assert found.code == "to-be-filled-in"


def test_a_list_entry_in_two_languages_that_is_open_in_one_stays(tmp_path: Path) -> None:
    old = "cy: Mae aildroseddu yn y tri awdurdod lleol yn dilyn tuedd Cymru gan mwyaf, ac wedi codi dros bum mlynedd."
    loaded = load_inspection(_edited(tmp_path, old, "cy: to be filled in"))
    assert len(loaded.declared.background) == 5
    [found] = loaded.warnings
    assert found.code == "to-be-filled-in"


def test_data_may_have_texts_in_several_languages_too(result: InspectionResult) -> None:
    declared = {
        "title": {"en": "An inspection", "cy": "Arolygiad"},
        "provider": {"id": "north", "name": "North"},
        "fieldwork": {"started": "2025-08-04"},
    }
    given = Inspection.from_dict(declared, result.inspection.cases, framework=result.inspection.framework)
    assert given.declared.title == "An inspection"
    assert isinstance(given.declared.title, Translated)
    assert given.declared.title.languages["cy"] == "Arolygiad"


def test_a_text_in_several_languages_is_copied_whole() -> None:
    text = Translated({"en": "Good", "cy": "Da"})
    for again in (copy.deepcopy(text), copy.copy(text), pickle.loads(pickle.dumps(text))):
        assert again == "Good"
        assert again.languages == {"en": "Good", "cy": "Da"}


# --- Words of one's own standards ------------------------------------------------------------------


def test_standards_of_ones_own_have_their_words_in_a_language_file_beside_them(tmp_path: Path) -> None:
    folder = shutil.copytree(EXAMPLE.parents[1] / "region", tmp_path / "region")
    locale = folder / "standards" / "locale"
    locale.mkdir()
    months = ", ".join(load_language("cy").file.months)
    (locale / "cy.yaml").write_text(
        f"language: cy\nname: Cymraeg\nmonths: [{months}]\nlabels: {{foreword: Gair i gychwyn}}\n"
        "wording: {probation-region: {regional_services.title: Gwasanaethau'r rhanbarth}}\n",
        encoding="utf-8",
    )
    language = load_language("cy", beside=folder / "region.yaml")
    assert language.label("foreword").value == "Gair i gychwyn"
    assert language.label("ratings").value == load_language("cy").label("ratings").value
    result = rate_inspection(load_inspection(folder / "region.yaml"))
    page = Page(render_report(result, formats=["html"], language="cy", partial=True)["report.html"])
    assert "Gwasanaethau'r rhanbarth" in page.text
    assert load_language("cy").label("foreword").value == "Rhagair"


def test_a_result_is_plain_data_whatever_languages_its_texts_are_written_in(example: Inspection) -> None:
    """What is only made like a text would be refused where the result is read back."""

    def texts(data: object) -> Iterator[str]:
        if isinstance(data, str):
            yield data
        elif isinstance(data, Mapping):
            for key, value in data.items():
                yield from (*texts(key), *texts(value))
        elif isinstance(data, Sequence):
            for each in data:
                yield from texts(each)

    result = rate_inspection(example)
    assert isinstance(example.declared.title, Translated)
    assert {type(text) for text in texts(result.to_dict())} == {str}
    assert load_result(result.to_dict()) == result.rating
