"""The published report in every format: every figure of the source stands in it, and templates may be replaced."""

from __future__ import annotations

import io
import socket
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import docx
import pytest
from attrs import evolve
from lxml import html
from markdown_it import MarkdownIt

from ctm_rules import DiagnosticError, InspectionResult, RequestError, rate_inspection
from ctm_rules.extras import MissingExtraError, needs_extra
from ctm_rules.report import PUBLISHED, Format, render_report, render_what_can_be, write_report
from ctm_rules.report.html_and_markdown import TEMPLATES
from tests.support.fonts import make_font
from tests.support.hostile_words import NOBODY_HAS_IT
from tests.support.published_figures import PERCENTS, PHRASES, PRINTED, SLUGS
from tests.support.report_page import Page, words_of
from tests.support.translations import untranslated

# --- Every figure of the source stands in the page -----------------------------------------------


TITLES = {
    standard: f"{standard} {title}"
    for standard, title in {
        "P 1.1": "Leadership",
        "P 1.2": "Staffing",
        "P 1.3": "Services",
        "P 2.1": "Assessment",
        "P 2.2": "Planning",
        "P 2.3": "Implementation and delivery",
        "P 2.4": "Reviewing",
    }.items()
}


def test_the_page_names_the_provider_and_the_fieldwork(page: Page) -> None:
    assert PRINTED["provider"] in words_of(page.document.find(".//h1"))
    assert "Fieldwork started 4 August 2025" in page.ratings()["box"]
    assert f"began on 4 August 2025 and took {PRINTED['fieldwork_weeks']} weeks." in page.text


SAMPLE = {
    "community_orders": "Type of sentence: Community orders",
    "releases_on_licence": "Type of sentence: Releases on licence",
    "women": "Women and men: Women",
    "high_or_very_high_risk_of_harm": "Assessed risk of serious harm: High or very high",
    "managed_by_pso": "Grade of the responsible practitioner: Probation service officers",
    "reset_within_eight_weeks_adjusted_standards": (
        "Other rules applied: Adjusted standards (contact suspended within eight weeks)"
    ),
}


@pytest.mark.parametrize("name", SAMPLE)
def test_the_page_has_the_sample_figure(page: Page, name: str) -> None:
    rows = page.table(f"Who was in the sample of {PRINTED['sample']['total']} cases")
    assert rows[SAMPLE[name]]["Cases"] == str(PRINTED["sample"][name])


def test_the_page_has_the_rest_of_the_sample(page: Page, result: InspectionResult) -> None:
    sample = PRINTED["sample"]
    assert f"{sample['total']} cases were inspected." in page.text
    assert (
        f"{sample['practitioner_interviews']} interviews with practitioners were held about their cases." in page.text
    )
    for first, last in sample["commenced_between"]:
        begun = " and ".join(f"{day.day} {day:%B %Y}" for day in map(date.fromisoformat, (first, last)))
        assert f"between {begun}" in page.text
    mappa = page.table("Counts: Other measures")[_title(result, "measures.mappa_joint_work")]
    assert int(mappa["Yes"]) + int(mappa["No"]) == sample["mappa"]
    reset = page.table("Figures that do not come from the cases")
    shown = next(row["Value"] for text, row in reset.items() if "Probation Reset" in text)
    assert shown == "{count} of {among}".format(**sample["probation_reset"])


@pytest.mark.parametrize("standard", TITLES)
def test_the_page_has_the_rating_of(page: Page, standard: str) -> None:
    assert page.ratings()[TITLES[standard]] == PRINTED["ratings"][standard]
    heading = next(one for one in page.document.iter("h3") if words_of(one) == TITLES[standard])
    following = [words_of(one) for one in heading.itersiblings()][:2]
    assert any(words.startswith(f"Rating: {PRINTED['ratings'][standard]}") for words in following)


def test_the_page_has_the_overall_rating_and_the_score(page: Page) -> None:
    assert page.ratings()["overall"] == PRINTED["ratings"]["overall"]
    assert "Score {got}/{of}".format(**PRINTED["ratings"]["score"]) in page.ratings()["box"]


KEY_QUESTIONS = [
    pytest.param(standard, question, percent, id=f"{standard} {question}")
    for standard, questions in PRINTED["key_questions_percent_yes"].items()
    for question, percent in questions.items()
]


@pytest.mark.parametrize(("standard", "question", "percent"), KEY_QUESTIONS)
def test_the_page_has_the_share_of(
    page: Page, result: InspectionResult, standard: str, question: str, percent: int
) -> None:
    rows = page.table(f"{TITLES[standard]}: key questions")
    asked = result.inspection.framework.key_questions[f"{SLUGS[standard]}.{question}"].ask
    assert rows[asked]["Percentage ‘Yes’"] == f"{percent}%"
    is_lowest = percent == min(PRINTED["key_questions_percent_yes"][standard].values())
    assert ("drives the rating" in rows[asked]["Rating"]) is is_lowest


def _title(result: InspectionResult, path: str) -> str:
    framework = result.inspection.framework
    return framework.measures_by_path[path].title if path in framework.measures_by_path else framework.prompts[path].ask


def _row(page: Page, result: InspectionResult, path: str) -> Mapping[str, str]:
    """Return the row of a prompt or measure."""
    question = path.rpartition(".")[0]
    asked = result.inspection.framework.key_questions.get(question)
    return page.table(f"Counts: {asked.ask if asked else 'Other measures'}")[_title(result, path)]


# What the report counts, and whether it counts those that were sufficient or those that were not.
COUNTS = {
    "management_oversight_not_sufficient": ("measures.management_oversight", "No"),
    "referred_to_crs_and_commenced": ("measures.crs_referral", "Yes"),
    "unmet_need_drug_use": ("measures.drug_need_met", "No"),
    "professional_curiosity_sufficient": ("measures.professional_curiosity", "Yes"),
    "victims_considered_insufficient_assessment": ("assessment.safety.victims", "No"),
    "mappa_joint_work_with_police": ("measures.mappa_joint_work", "Yes"),
}


@pytest.mark.parametrize("name", COUNTS)
def test_the_page_has_the_count(page: Page, result: InspectionResult, name: str) -> None:
    path, side = COUNTS[name]
    row = _row(page, result, path)
    assert {"count": int(row[side]), "of": int(row["Yes"]) + int(row["No"])} == PRINTED["counts"][name]


def test_the_page_has_the_other_counts(page: Page, result: InspectionResult) -> None:
    counts = PRINTED["counts"]
    risk = _row(page, result, "assessment.safety.risk_of_harm")
    assert {"yes": int(risk["Yes"]), "no": int(risk["No"])} == counts["assessment_identifies_all_risk_factors"]
    programme = _row(page, result, "measures.accredited_programme_started")
    assert int(programme["No"]) == counts["accredited_programme_not_started_as_it_should"]
    pso = counts["professional_curiosity_sufficient_pso"]
    assert f"in the group ‘Probation service officers’ ({pso['count']} of {pso['of']}, 19%)" in page.text
    survey = page.table("Figures that do not come from the cases")
    assert "{count} of {of}".format(**counts["staff_survey_open_culture"]) in {row["Value"] for row in survey.values()}


@pytest.mark.parametrize("name", PERCENTS)
def test_the_page_has_the_percentage(page: Page, result: InspectionResult, name: str) -> None:
    assert _row(page, result, PERCENTS[name])["Percentage ‘Yes’"] == f"{PRINTED['percents'][name]}%"


SAYS: dict[str, Callable[[int, object], bool]] = {
    "above": lambda percent, bound: percent > bound,
    "below": lambda percent, bound: percent < bound,
    "between": lambda percent, bounds: bounds[0] <= percent <= bounds[1],
}
# The source gives no number for these, and theirs would let a small count be worked out.
NOT_SHOWN = {"P 2.2 engaging: planning for contact ending", "P 2.3 engaging: working relationship and diversity"}


@pytest.mark.parametrize("name", sorted(PHRASES))
def test_the_page_has_a_share_in_the_range_of_the_phrase(page: Page, result: InspectionResult, name: str) -> None:
    row = _row(page, result, PHRASES[name])
    if name in NOT_SHOWN:
        assert row["Percentage ‘Yes’"] == row["Yes"] == row["No"] == "not shown"
        return
    percent = int(row["Percentage ‘Yes’"].removesuffix("%"))
    bounds = {word: value for word, value in PRINTED["phrases"][name].items() if word in SAYS}
    assert bounds
    assert all(SAYS[word](percent, value) for word, value in bounds.items())


@pytest.mark.parametrize(
    "value",
    [
        "1.3 per cent",
        "6.3 per cent",
        "20.4 days per person a year",
        "9 people",
        "6 people",
        "9 per cent",
        "26 per cent",
    ],
)
def test_the_page_has_the_figure_of_the_organisation(page: Page, value: str) -> None:
    assert value in {row["Value"] for row in page.table("Figures that do not come from the cases").values()}


def test_the_page_has_every_part_of_the_report(page: Page) -> None:
    headings = [words_of(heading) for heading in page.document.iter("h2", "h3")]
    for heading in (
        *("Foreword", "Ratings", "Recommendations", "Background", "Diversity and inclusion", "Assumptions"),
        *("1. Organisational arrangements and activity", "2. Service delivery", "How the ratings were made"),
        *TITLES.values(),
    ):
        assert heading in headings
    levels = [int(heading.tag[1]) for heading in page.document.iter("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert all(below - above <= 1 for above, below in zip(levels, levels[1:], strict=False))


def test_every_picture_has_its_words(page: Page) -> None:
    pictures = page.document.xpath("//*[local-name()='svg']")
    assert len(pictures) > 5
    assert all(picture.get("role") == "img" and len(picture.get("aria-label")) > 40 for picture in pictures)


def test_the_page_needs_nothing_from_elsewhere(files: dict[str, bytes]) -> None:
    page = html.document_fromstring(files["report.html"].decode())
    assert page.xpath("//script|//iframe|//img|//link[@rel='stylesheet']") == []
    links = page.xpath("//a/@href")
    beside = {link for link in links if not link.startswith("#")}
    assert beside == {"report.pdf", "report.docx", "annexe.xlsx", "press-release.html"} <= set(files)
    anchors = page.xpath("//@id")
    assert len(anchors) == len(set(anchors))
    assert {link[1:] for link in set(links) - beside} <= set(anchors)


# --- Formats -------------------------------------------------------------------------------------


def test_the_same_inspection_gives_the_same_bytes(files: dict[str, bytes], result: InspectionResult) -> None:
    again = render_report(result, formats=list(Format))
    assert [name for name in files if files[name] != again[name]] == []


def test_the_word_document_has_its_headings_tables_and_described_pictures(files: dict[str, bytes]) -> None:
    document = docx.Document(io.BytesIO(files["report.docx"]))
    headings = [one.text for one in document.paragraphs if one.style is not None and one.style.name == "Heading 2"]
    assert set(TITLES.values()) <= set(headings)
    described = document.element.xpath("//wp:docPr/@descr")
    assert len(described) == len(document.inline_shapes) > 4
    assert all(len(words) > 40 for words in described)
    headers = document.element.xpath("//w:tbl/w:tr[1]/w:trPr/w:tblHeader")
    assert len(headers) > 20
    assert document.core_properties.title == PRINTED["provider"].join(["An inspection of probation services in ", ""])


def test_the_pdf_is_tagged_and_has_its_title(files: dict[str, bytes]) -> None:
    pdf = files["report.pdf"]
    assert pdf.startswith(b"%PDF-1.7")
    assert b"/StructTreeRoot" in pdf
    assert b"pdfuaid:part>1<" in pdf.replace(b" ", b"")
    assert b"An inspection of probation services" in pdf


def test_the_markdown_names_pictures_that_are_written_beside_it(files: dict[str, bytes]) -> None:
    tokens = MarkdownIt("commonmark").parse(files["report.md"].decode())
    named = [child.attrs["src"] for token in tokens for child in token.children or () if child.type == "image"]
    assert len(named) > 4
    assert set(named) == {name for name in files if name.startswith("pictures/")}


def test_only_the_formats_that_are_asked_for_are_made(result: InspectionResult) -> None:
    assert list(render_report(result, formats=["json", "json"])) == ["annexe.json"]
    with pytest.raises(RequestError, match="odt"):
        render_report(result, formats=["odt"])
    assert Format.DRAFTS not in PUBLISHED


# --- Templates, files and the command ------------------------------------------------------------


def test_a_folder_of_templates_replaces_those_of_the_same_name(result: InspectionResult, tmp_path: Path) -> None:
    (tmp_path / "page.css").write_text("body { color: rebeccapurple }")
    page = render_report(result, formats=["html"], templates=tmp_path)["report.html"].decode()
    assert "rebeccapurple" in page
    assert "Foreword" in page
    (tmp_path / "report.md.jinja").write_text("# {{ report.title | md }}")
    assert render_report(result, formats=["md"], templates=tmp_path)["report.md"].startswith(b"# An inspection")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        pytest.param("report.html.jinja", "{{ report.titel }}", "html", id="name misspelt"),
        pytest.param("report.html.jinja", "{% if %}", "html", id="broken block"),
        pytest.param("page.css", "{% endfor %}", "html", id="broken style sheet"),
        # What a template computes may fail in any way that a program can.
        pytest.param("report.html.jinja", "{{ 1/0 }}", "html", id="division by zero"),
        pytest.param("page.css", "{{ 1/0 }}", "html", id="division by zero in the style sheet"),
        pytest.param("report.md.jinja", "{{ report.title + 1 }}", "md", id="sum of words"),
        pytest.param("report.md.jinja", "{{ 9 ** 9999 }}", "md", id="number of thousands of digits"),
        pytest.param("report.md.jinja", "{{ report.blocks | sort }}", "md", id="order where there is none"),
        pytest.param("report.md.jinja", "{% include 'no such file' %}", "md", id="file that is not there"),
        pytest.param("report.md.jinja", "{{ '\\ud800' }}", "md", id="half a character"),
        pytest.param("report.md.jinja", "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "md", id="endless macro"),
        pytest.param("page.css", "\N{LATIN SMALL LETTER E WITH ACUTE}", "html", id="style sheet in Latin-1"),
        pytest.param("report.md.jinja", "\N{LATIN SMALL LETTER E WITH ACUTE}", "md", id="page in Latin-1"),
        pytest.param("report.typ", "#nothing-of-that-name", "pdf", id="broken typesetting"),
        pytest.param("report.typ", "#(1 / 0)", "pdf", id="division by zero in typesetting"),
        pytest.param("report.typ", '#import "@preview/example:0.1.0": *', "pdf", id="package to be fetched"),
        pytest.param("report.typ", '#read("../secret.txt")', "pdf", id="typesetting that reads elsewhere"),
        pytest.param("report.typ", "#let f(x) = f(x)\n#f(1)", "pdf", id="endless typesetting"),
        pytest.param("report.md.jinja", "{{ report.__class__.__mro__ }}", "md", id="way out of the sandbox"),
        pytest.param("report.md.jinja", "{% include '../secret.txt' %}", "md", id="file that lies elsewhere"),
        pytest.param("report.md.jinja", "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", "md", id="deep brackets"),
        pytest.param("report.typ", "\N{LATIN SMALL LETTER E WITH ACUTE}", "pdf", id="typesetting in Latin-1"),
        pytest.param("report.docx", "no document", "docx", id="no Word document"),
    ],
)
def test_a_template_with_a_mistake_is_named_and_stops_its_own_format_alone(
    result: InspectionResult, tmp_path: Path, name: str, content: str, kind: str
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (tmp_path / "secret.txt").write_text("the secret")
    (own / name).write_bytes(content.encode("latin-1"))
    files, wrong = render_what_can_be(result, formats=[kind, "json"], templates=own)
    assert [found.code for found in wrong] == ["bad-template"]
    assert wrong[0].file == str(own / name)
    assert "the secret" not in wrong[0].message
    assert list(files) == ["annexe.json"]


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        pytest.param("report.html.jinja", "{{ 1/0 }}", "html", id="page"),
        pytest.param("page.css", "{{ 1/0 }}", "html", id="style sheet"),
        pytest.param("report.typ", "#(1 / 0)", "pdf", id="typesetting"),
    ],
)
def test_the_line_of_a_template_that_fails_is_named(
    result: InspectionResult, tmp_path: Path, name: str, content: str, kind: str
) -> None:
    (tmp_path / name).write_text(f"one\ntwo\n{content}\nfour")
    with pytest.raises(DiagnosticError, match="by zero") as caught:
        render_report(result, formats=[kind], templates=tmp_path)
    assert [(found.file, found.line) for found in caught.value.diagnostics] == [(str(tmp_path / name), 3)]


def test_a_template_sets_what_the_shipped_one_sets_and_reads_files_and_packages_of_its_own_folder(
    files: dict[str, bytes], result: InspectionResult, tmp_path: Path
) -> None:
    shipped = (TEMPLATES / "report.typ").read_bytes()
    (tmp_path / "report.typ").write_bytes(shipped)
    assert render_report(result, formats=["pdf"], templates=tmp_path)["report.pdf"] == files["report.pdf"]
    package = tmp_path / "packages" / "preview" / "ours" / "0.1.0"
    package.mkdir(parents=True)
    (package / "typst.toml").write_text('[package]\nname = "ours"\nversion = "0.1.0"\nentrypoint = "lib.typ"\n')
    (package / "lib.typ").write_text("#let words = [ours]")
    (tmp_path / "words.txt").write_text("some words")
    begun = b'#import "@preview/ours:0.1.0": words\n#read("words.txt")\n'
    (tmp_path / "report.typ").write_bytes(begun + shipped)
    assert render_report(result, formats=["pdf"], templates=tmp_path)["report.pdf"].startswith(b"%PDF")


def test_no_connection_is_opened_for_a_package_that_a_template_names(
    result: InspectionResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "report.typ").write_text('#import "@preview/example:0.1.0": *')
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        proxy.setblocking(False)
        for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        with pytest.raises(DiagnosticError, match="it names a package, and none is fetched"):
            render_report(result, formats=["pdf"], templates=tmp_path)
        with pytest.raises(BlockingIOError):
            proxy.accept()


def test_what_can_be_made_is_written_where_one_format_fails(result: InspectionResult, tmp_path: Path) -> None:
    (tmp_path / "report.typ").write_text("#nothing-of-that-name")
    with pytest.raises(DiagnosticError, match="nothing-of-that-name"):
        write_report(result, tmp_path / "out", formats=["pdf", "html"], templates=tmp_path)
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["press-release.html", "report.html"]


def _named(result: InspectionResult, name: str) -> InspectionResult:
    """Return the result of a provider of this name, whose first key question asks for it too."""
    framework, declared = result.inspection.framework, result.inspection.declared
    at = next(place for place, one in enumerate(framework.standards) if one.key_questions)
    standard = framework.standards[at]
    asked = evolve(standard.key_questions[0], ask=f"Is it {name}?")
    standard = evolve(standard, key_questions=(asked, *standard.key_questions[1:]))
    framework = evolve(framework, standards=(*framework.standards[:at], standard, *framework.standards[at + 1 :]))
    declared = evolve(declared, provider=evolve(declared.provider, name=name))
    return rate_inspection(evolve(result.inspection, framework=framework, declared=declared))


def test_a_letter_that_no_font_has_stops_the_pdf_alone(result: InspectionResult) -> None:
    name = f"Tîm {NOBODY_HAS_IT}"
    files, wrong = render_what_can_be(_named(result, name))
    assert [(found.code, found.file) for found in wrong] == [("no-font", "report.pdf")]
    assert "(U+0378)" in wrong[0].message
    assert {*files} >= {"report.html", "report.md", "report.docx", "annexe.xlsx", "annexe.json", "annexe-csv.zip"}
    assert "report.pdf" not in files
    assert name in files["report.html"].decode()
    # In the Word document a sentence takes the place of each picture that would have a box in it, and of no other.
    word = docx.Document(io.BytesIO(files["report.docx"]))
    whole = docx.Document(io.BytesIO(render_report(result, formats=["docx"])["report.docx"]))
    left_out = len(whole.inline_shapes) - len(word.inline_shapes)
    assert 0 < left_out < len(whole.inline_shapes)
    said = {one.text for one in word.paragraphs} - {one.text for one in whole.paragraphs}
    assert len(said) >= left_out


def test_a_font_of_ones_own_is_used_where_those_that_come_along_lack_a_letter(
    result: InspectionResult, tmp_path: Path
) -> None:
    named = _named(result, f"{NOBODY_HAS_IT}上👍")
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "squares.ttf").write_bytes(make_font(f"{NOBODY_HAS_IT}上👍"))
    files = render_report(named, formats=["pdf", "docx"], templates=tmp_path)
    assert b"Squares" in files["report.pdf"]
    assert files == render_report(named, formats=["pdf", "docx"], templates=tmp_path)
    word, whole = (
        docx.Document(io.BytesIO(content))
        for content in (files["report.docx"], render_report(result, formats=["docx"])["report.docx"])
    )
    assert len(word.inline_shapes) == len(whole.inline_shapes)


def test_fonts_of_ones_own_change_nothing_where_those_that_come_along_have_every_letter(
    files: dict[str, bytes], result: InspectionResult, tmp_path: Path
) -> None:
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "squares.ttf").write_bytes(make_font("abc"))
    (tmp_path / "fonts" / "no font.ttf").write_bytes(b"no font")
    again = render_report(result, formats=["pdf", "docx"], templates=tmp_path)
    assert again == {name: files[name] for name in again}


def test_a_mark_that_nobody_sees_and_no_pdf_may_hold_is_left_out(result: InspectionResult) -> None:
    files = render_report(_named(result, "\ufeffT\ufeffîm"), formats=["html", "pdf"])
    assert "Tîm" in files["report.html"].decode()


def test_a_missing_library_is_named_with_the_extra_that_brings_it() -> None:
    expected = r'a report needs nothing_of_that_name: pip install "ctm-rules\[report\]"'
    with pytest.raises(MissingExtraError, match=expected), needs_extra("report", "a report"):
        __import__("nothing_of_that_name")


# --- Word, for those who edit it -----------------------------------------------------------------


def test_the_word_document_has_contents_page_numbers_and_a_language(files: dict[str, bytes]) -> None:
    document = docx.Document(io.BytesIO(files["report.docx"]))
    fields = [one.text for one in document.element.xpath("//w:instrText")]
    assert fields == ['TOC \\o "1-2" \\h \\z']
    footer = document.sections[0].footer._element
    assert [one.text for one in footer.xpath(".//w:instrText")] == ["PAGE", "NUMPAGES"]
    languages = document.styles["Normal"].element.xpath("w:rPr/w:lang/@w:val")
    assert languages == ["en-GB"]


def test_the_word_document_is_set_by_styles_and_not_by_hand(files: dict[str, bytes]) -> None:
    document = docx.Document(io.BytesIO(files["report.docx"]))
    by_hand = document.element.xpath("//w:r/w:rPr/*[not(self::w:rStyle) and not(self::w:lang)]")
    assert by_hand == []
    captions = [one.text for one in document.paragraphs if one.style is not None and one.style.name == "Caption"]
    assert "P 2.1 Assessment: key questions" in captions
    assert len(captions) == len(set(captions))
    tables = [one for one in document.tables if len(one.columns) > 2]
    styles = {cell.paragraphs[0].style.name for table in tables for cell in table.rows[1].cells}
    assert styles == {"Table Text", "Table Number"}


def test_a_small_table_of_the_word_document_stays_on_one_page(files: dict[str, bytes]) -> None:
    document = docx.Document(io.BytesIO(files["report.docx"]))
    tables = [one for one in document.tables if len(one.columns) > 2]
    assert {one.style.name for one in document.tables if one.style is not None} == {"Table Grid"}
    small = [one for one in tables if len(one.rows) <= 7]
    assert 10 < len(small) < len(tables)
    for table in tables:
        kept = [bool(row.cells[0].paragraphs[0].paragraph_format.keep_with_next) for row in table.rows]
        within = [table in small] * (len(kept) - 4)
        assert kept == ([True, True, *within, True, False] if len(kept) > 3 else [True] * (len(kept) - 1) + [False])


def test_the_word_document_in_welsh_is_in_welsh_and_says_what_is_not(result: InspectionResult) -> None:
    written = render_report(untranslated(result), formats=["docx"], language="cy", partial=True)["report.docx"]
    document = docx.Document(io.BytesIO(written))
    assert document.styles["Normal"].element.xpath("w:rPr/w:lang/@w:val") == ["cy-GB"]
    english = document.element.xpath("//w:r[w:rPr/w:lang[@w:val='en-GB']]/w:t")
    assert "Work with other agencies on requests" in " ".join(one.text for one in english)
