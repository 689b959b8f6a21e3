"""How figures are written in words: said in one place, and agreeing with their number everywhere."""

import ast
import re
from fractions import Fraction
from pathlib import Path

import pytest

import ctm_rules
from ctm_rules.languages.languages import ENGLISH, load_language
from ctm_rules.phrases import one_or_many, say_count, say_rating
from ctm_rules.rating.shares import say_percent, say_to_hundredths

SOURCE = Path(ctm_rules.__file__).parent
HOMES = {SOURCE / "phrases.py", SOURCE / "rating/shares.py"}
MODULES = sorted({*SOURCE.rglob("*.py")} - HOMES)
TEMPLATES = sorted(SOURCE.rglob("*.jinja"))


def name_of(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0 cases"),
        (1, "1 case"),
        (2, "2 cases"),
        (999, "999 cases"),
        (1_234_567, "1,234,567 cases"),
        (Fraction(1), "1 case"),
        (Fraction(1, 2), "0.5 cases"),
    ],
    ids=str,
)
def test_a_count_agrees_with_its_number(number, words):
    assert say_count(number, "case") == words


def test_the_word_for_many_may_be_another():
    assert [say_count(number, "property", "properties") for number in (1, 2)] == ["1 property", "2 properties"]
    assert [one_or_many(number, "is", "are") for number in (0, 1, 2)] == ["are", "is", "are"]


@pytest.mark.parametrize(
    ("value", "words"),
    [(80, "80%"), (Fraction(159, 2), "79.5%"), (0, "0%"), (Fraction(200, 3), "66.6667%")],
    ids=["whole", "half", "nothing", "without-end"],
)
def test_a_percentage_has_one_spelling(value, words):
    assert say_percent(value) == words


def test_points_are_shown_to_hundredths():
    values = (Fraction(5), Fraction(5, 2), Fraction(200, 3), Fraction(1, 8), Fraction(3, 8))
    assert [say_to_hundredths(value) for value in values] == ["5", "2.5", "66.67", "0.13", "0.38"]


def test_what_has_no_rating_says_so(shipped):
    assert [say_rating(rating) for rating in (None, shipped.ratings[0])] == ["not rated", "Outstanding"]


def spelled_by_hand(module: str) -> list[str]:
    """Return what of a module writes a figure in words without asking one of the homes."""
    found = []
    for node in ast.walk(ast.parse(module)):
        if isinstance(node, ast.Constant) and node.value == "not rated":
            found.append(f"{node.lineno}: not rated")
        for before, after in zip(node.values, node.values[1:], strict=False) if isinstance(node, ast.JoinedStr) else ():
            if isinstance(before, ast.FormattedValue) and isinstance(after, ast.Constant):
                is_limit = ast.unparse(before.value).isupper()  # a limit is a large number
                spelled = re.match(
                    r"\s?%|[ ](?:more |case )?(?:cases|rows|files|groups|scenarios|standards)\b", after.value
                )
                if spelled and not is_limit:
                    found.append(f"{node.lineno}: {ast.unparse(before)}{after.value}")
    return found


def test_what_would_be_found():
    module = """f"{n} cases"; f"{n}%"; f"{n} %"; f"{MAX_ROWS:,} rows"; rating or "not rated"; f"{len(x)} files" """
    assert len(spelled_by_hand(module)) == 5


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_spells_a_figure_by_itself(path):
    assert spelled_by_hand(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_no_template_spells_a_figure_by_itself(path):
    assert re.findall(r"\}\}(?: ?%| (?:\w+ )?cases\b)", path.read_text(encoding="utf-8")) == []


ALWAYS_MANY = re.compile(r"\{resamples\} times|\{below\} of \{standards\} standards|\{group\} cases")
"""Numbers that are never one: samples are drawn by the thousand, and there are more standards than some of them."""

VERBS = re.compile(r"\{(rating|next)\} starts|\{(edition|file)\} was")


def test_no_sentence_of_the_report_is_wrong_for_one():
    labels = load_language(ENGLISH).file.labels
    # What is said of many has a label of its own for one.
    said = [str(words) for name, words in labels.items() if not name.endswith(("_many", "_one"))]
    words = "\n".join(VERBS.sub("", ALWAYS_MANY.sub("", each)) for each in said)
    assert re.findall(r"\{\w+\} [a-z]+s\b", words) == []
