"""What matters comes first, and everything else after it: the first screen, one picture of the whole, and reasons."""

from __future__ import annotations

import re

import pytest
from lxml import html

from ctm_rules import InspectionResult
from ctm_rules.report import charts, render_report
from tests.browser.first_screen import PICTURE, digest_in, digest_of
from tests.support.paths import ROOT
from tests.support.published_figures import PRINTED
from tests.support.report_page import Page, words_of


def _section(page: Page, anchor: str) -> html.HtmlElement:
    return page.document.get_element_by_id(anchor)


def _after(heading: html.HtmlElement) -> list[html.HtmlElement]:
    """Return what follows a heading until the next one of its level or above."""
    following = []
    for each in heading.itersiblings():
        if re.fullmatch(r"h[1-6]", str(each.tag)) and each.tag <= heading.tag:
            break
        following.append(each)
    return following


# --- The first screen ------------------------------------------------------------------------------


def test_the_ratings_and_the_reason_come_before_the_contents(page: Page) -> None:
    main = page.document.get_element_by_id("main")
    order = [words_of(one)[:60] for one in main]
    contents = next(number for number, one in enumerate(main) if one.get("class") == "contents")
    before = " ".join(words_of(one) for one in main[:contents])
    assert "Overall rating: Requires improvement" in before
    assert "That is the lowest score that gives Requires improvement: one judgement one step lower" in before
    assert "Leadership is a strength" in before, order
    assert "What must change first is work to keep people safe" in before


def test_the_ruler_says_where_the_score_lies(page: Page) -> None:
    ruler = page.document.xpath("//*[@class='ruler']/*[local-name()='svg']")[0]
    assert ruler.get("aria-label") == (
        "A ruler from 0 to 21 with the score 4 on it. The ratings are Inadequate from 0, Requires improvement from 4, "
        "Good from 11 and Outstanding from 18."
    )
    drawn = [one.text for one in ruler.xpath(".//*[local-name()='text']")]
    assert drawn == ["0 Inadequate", "4 Requires improvement", "11 Good", "18 Outstanding", "4/21"]
    bold = [one.text for one in ruler.xpath(".//*[local-name()='text'][@font-weight='bold']")]
    assert bold == ["4 Requires improvement", "4/21"]


def test_other_formats_are_linked_with_their_sizes(page: Page, files: dict[str, bytes]) -> None:
    links = {one.get("href"): words_of(one) for one in page.document.xpath("//nav[@class='downloads']//a")}
    assert links.pop("press-release.html") == "Press release"
    assert list(links) == ["report.pdf", "report.docx", "annexe.xlsx"]
    for name, words in links.items():
        said = re.search(r"\((\d+) kB\)$", words)
        assert said is not None
        assert abs(int(said[1]) * 1000 - len(files[name])) <= 500


def test_only_what_is_written_is_linked(result: InspectionResult) -> None:
    page = Page(render_report(result, formats=["html"])["report.html"])
    assert page.document.xpath("//nav[@class='downloads']//a/@href") == ["press-release.html"]


# --- One picture of the whole ----------------------------------------------------------------------


def test_one_picture_shows_every_key_question_and_its_title_is_the_finding(page: Page) -> None:
    figure = page.document.xpath("//figure[@class='wide']")[0]
    assert words_of(figure.find("figcaption")) == (
        "In every standard rated by cases (4), the lowest key question is below 50%"
    )
    percents = [percent for each in PRINTED["key_questions_percent_yes"].values() for percent in each.values()]
    for drawing in figure.xpath(".//*[local-name()='svg']"):
        drawn = drawing.xpath(".//*[local-name()='text'][@text-anchor='end']")
        values = [one for one in drawn if one.text and one.text.endswith("%")]
        assert [one.text for one in values] == [f"{percent}%" for percent in percents]
        lowest = [min(each.values()) for each in PRINTED["key_questions_percent_yes"].values()]
        assert [one.text for one in values if one.get("font-weight") == "bold"] == [f"{each}%" for each in lowest]
        # What decides differs from the rest by its shape, not by its colour alone.
        assert len(drawing.xpath(".//*[local-name()='rect']")) == 4
        assert len(drawing.xpath(".//*[local-name()='circle']")) == 8
        assert drawing.get("aria-label").endswith("The figures are in the table below.")


def test_a_picture_is_followed_by_its_table_folded(page: Page) -> None:
    for figure in page.document.iter("figure"):
        after = [one for one in figure.itersiblings() if one.tag == "details"]
        assert after, words_of(figure)
        assert after[0].find("table") is not None
        assert not [one for one in figure.itersiblings("table") if after[0] in one.itersiblings()]


def test_no_two_pictures_or_tables_have_the_same_title(page: Page) -> None:
    titles = [words_of(one) for one in page.document.xpath("//figcaption | //caption")]
    assert len(titles) == len(set(titles))


# --- Why a standard has its rating -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("standard", "words"),
    [
        pytest.param(
            "assessment",
            "it was yes in 12 of 44, 27%. Requires improvement starts at 50%, which is 10 more cases.",
            id="assessment",
        ),
        pytest.param(
            "planning",
            "it was yes in 17 of 44, 39%. Requires improvement starts at 50%, which is 5 more cases.",
            id="planning",
        ),
        pytest.param(
            "implementation",
            "it was yes in 10 of 44, 23%. Requires improvement starts at 50%",
            id="implementation",
        ),
        pytest.param("reviewing", "it was yes in 18 of 43, 42%. Requires improvement starts at 50%", id="reviewing"),
    ],
)
def test_a_standard_says_what_it_lacks(page: Page, standard: str, words: str) -> None:
    assert words in " ".join(words_of(one) for one in _after(_section(page, f"standard-{standard}")))


def test_the_prompts_in_the_way_are_the_lowest_that_may_be_shown(page: Page) -> None:
    after = _after(_section(page, "standard-assessment"))
    at = next(number for number, one in enumerate(after) if words_of(one).startswith("These stood in the way"))
    named = [words_of(one) for one in after[at + 1]]
    assert [re.search(r"(\d+)%", words)[1] for words in named] == ["34", "36", "41"]  # type: ignore[index]  # they match


def test_findings_stand_under_their_key_question_with_their_figures(page: Page) -> None:
    after = _after(_section(page, "question-planning-safety"))
    found = [words_of(one) for each in after if each.get("class") == "findings" for one in each]
    assert len(found) == 2
    assert found[0].startswith("To improve. More than half of the plans included the interventions needed")
    assert found[0].endswith("55%, 24 of 44 45%, 20 of 44 38%, 15 of 39")
    assert found[1].endswith("Contingency arrangements were in place in about two-thirds of the plans. 64%, 28 of 44")
    elsewhere = [words_of(one) for one in _after(_section(page, "question-planning-engaging"))]
    assert "Contingency arrangements" not in " ".join(elsewhere)


def test_what_decides_comes_first_and_no_other_is_said_to_decide(page: Page, result: InspectionResult) -> None:
    for rated in result.rating.standards:
        if not rated.drivers:
            continue
        following = map(words_of, _after(_section(page, f"standard-{rated.standard.slug}")))
        said = [words for words in following if "” decides: " in words or "” stands in the way too: " in words]
        asked = [f"“{result.inspection.framework.key_questions[path].ask}” decides: " for path in rated.drivers]
        assert [words[: len(start)] for words, start in zip(said, asked, strict=False)] == asked
        assert all("” stands in the way too: " in words for words in said[len(asked) :])
    assert "effectively support desistance?” stands in the way too: it was yes in 18 of 44, 41%." in page.text


def test_a_figure_that_may_not_be_shown_is_not_shown_beside_a_sentence(page: Page) -> None:
    item = next(one for one in page.document.iter("li") if "end of contact was notably weak" in words_of(one))
    assert words_of(item).endswith("notably weak. figure not shown")


def test_prompts_are_folded_under_their_key_question(page: Page, result: InspectionResult) -> None:
    for path, question in result.inspection.framework.key_questions.items():
        slug = path.replace(".", "-").replace("_", "-")
        details = [one for one in _after(_section(page, f"question-{slug}")) if one.tag == "details"]
        assert len(details) == 1
        assert not details[0].get("open")
        assert words_of(details[0].find("table/caption")) == f"Counts: {question.ask}"


# --- Recommendations -------------------------------------------------------------------------------


def test_recommendations_are_numbered_and_say_what_they_answer(page: Page) -> None:
    items = [one for each in _after(_section(page, "recommendations")) if each.tag == "ol" for one in each]
    assert [one.get("id") for one in items] == [f"recommendation-{number}" for number in range(1, 6)]
    third = items[2]
    assert words_of(third).endswith("38%, 16 of 42 P 1.1 Leadership: Management oversight Other measures")
    assert [one.get("href") for one in third.iter("a")] == ["#standard-leadership", "#measures"]
    assert [words_of(one) for one in items[4].iter("a")] == ["Diversity and inclusion"]


def test_what_is_to_improve_leads_to_the_recommendation_that_answers_it(page: Page) -> None:
    found = next(
        one for one in page.document.iter("li") if "31 per cent of the cases to safeguard children" in words_of(one)
    )
    assert [(words_of(one), one.get("href")) for one in found.iter("a")] == [("Recommendation 1", "#recommendation-1")]
    of_theme = next(one for one in page.document.iter("li") if "risks of poor information sharing" in words_of(one))
    assert [one.get("href") for one in of_theme.iter("a")] == ["#recommendation-1"]
    strengths = [one for one in page.document.iter("li") if words_of(one).startswith("Strength.")]
    assert not [one for one in strengths if list(one.iter("a"))]


# --- The picture that the README shows -------------------------------------------------------------


def test_the_readme_shows_the_first_screen_of_this_page(page: Page) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"]({PICTURE.relative_to(ROOT).as_posix()})" in readme
    # Where this fails, python -m tests.browser.first_screen makes the picture anew.
    assert digest_in(PICTURE.read_bytes()) == digest_of(page)


# --- Pictures --------------------------------------------------------------------------------------


@pytest.mark.parametrize("room", [40, 100, 288])
def test_words_in_a_picture_are_broken_to_fit(room: int) -> None:
    lines = charts.wrapped("Does the implementation of extraordinarilylongwordswithoutaspace focus on people?", room)
    assert all(charts.width_of(line) <= room for line in lines)
    assert "".join(lines).replace(" ", "") == (
        "Doestheimplementationofextraordinarilylongwordswithoutaspacefocusonpeople?"
    )
