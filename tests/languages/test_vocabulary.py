"""The words for shares: every phrase of the published report is read back from the numbers."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctm_rules import DiagnosticError
from ctm_rules.languages.vocabulary import load_vocabulary
from tests.support.published_figures import IN_WORDS_ONLY, PHRASES, PRINTED, share

VOCABULARY = load_vocabulary()

# What the report says, as the vocabulary knows it: the phrase, and whether it is said of those that failed.
SAID = {
    "most cases": ("most", False),
    "most": ("most", False),
    "the majority of cases": ("the majority", False),
    "almost half failed": ("almost half", True),
    "over three-quarters": ("over three-quarters", False),
    "approximately a third": ("approximately a third", False),
    "only a third": ("only a third", False),
    "a third": ("a third", False),
    "notably weak": ("notably weak", False),
    "more than two-thirds": ("more than two-thirds", False),
    "over two-thirds": ("over two-thirds", False),
    "just over half": ("just over half", False),
    "less than half": ("less than half", False),
    "almost two-thirds": ("almost two-thirds", False),
    "more than half": ("more than half", False),
    "almost all": ("almost all", False),
    "half of cases": ("half", False),
    "almost half": ("almost half", False),
    "less than two-thirds": ("less than two-thirds", False),
    "not often enough": ("not often enough", False),
    "not in over half": ("over half", True),
}
COMPARED = {
    "even fewer than critical risk factors": ("even fewer than", "P 2.2 safety: critical risk factors"),
    "a greater number than built on strengths": ("a greater number than", "P 2.3 desistance: strengths built upon"),
}
SIMILAR = "a similar proportion to almost two-thirds"


@pytest.mark.parametrize("name", [name for name in PRINTED["phrases"] if name not in IN_WORDS_ONLY])
def test_the_published_phrase_is_right_for_the_share_of(name: str) -> None:
    words, own = PRINTED["phrases"][name]["words"], share(PHRASES[name])
    if words in COMPARED:
        phrase, other = COMPARED[words]
        assert phrase in VOCABULARY.comparing(own, share(PHRASES[other]))
    elif words == SIMILAR:
        # The report compares it with the key question, which was yes in almost two-thirds of 43 cases.
        assert "a similar proportion to" in VOCABULARY.comparing(own, Fraction(26, 43))
        assert "almost two-thirds" in VOCABULARY.readings(Fraction(26, 43))
    else:
        phrase, is_of_failed = SAID[words]
        assert phrase in VOCABULARY.readings(1 - own if is_of_failed else own)


@pytest.mark.parametrize(
    ("phrase", "count", "among"),
    [
        pytest.param("over three-quarters", 33, 44, id="exactly three-quarters"),
        pytest.param("almost two-thirds", 2, 3, id="above almost two-thirds"),
        pytest.param("half", 20, 42, id="below a half"),
        pytest.param("almost half", 22, 44, id="a half is not almost half"),
        pytest.param("most", 22, 44, id="a half is not most"),
        pytest.param("a third", 17, 44, id="above a third"),
        pytest.param("almost all", 39, 44, id="below almost all"),
        pytest.param("none", 1, 1000, id="one of a thousand is not none"),
    ],
)
def test_a_phrase_is_not_read_from_a_share_outside_its_range(phrase: str, count: int, among: int) -> None:
    assert phrase not in VOCABULARY.readings(Fraction(count, among))


def test_none_of_the_cases_is_said_of_nought_alone() -> None:
    assert VOCABULARY.say(Fraction(0)) == "none"
    assert VOCABULARY.say(Fraction(1, 10_000)) == "almost none"


@pytest.mark.parametrize(
    ("count", "among", "words"),
    [
        pytest.param(28, 44, "almost two-thirds", id="28 of 44"),
        pytest.param(17, 44, "just over a third", id="17 of 44"),
        pytest.param(34, 44, "over three-quarters", id="34 of 44"),
        pytest.param(33, 44, "three-quarters", id="33 of 44"),
        pytest.param(21, 42, "half", id="21 of 42"),
        pytest.param(22, 43, "just over half", id="22 of 43"),
        pytest.param(2, 3, "two-thirds", id="2 of 3"),
        pytest.param(44, 44, "all", id="44 of 44"),
        pytest.param(43, 44, "almost all", id="43 of 44"),
        pytest.param(10, 44, "almost a quarter", id="10 of 44"),
    ],
)
def test_a_draft_says(count: int, among: int, words: str) -> None:
    assert VOCABULARY.say(Fraction(count, among)) == words


@given(st.integers(1, 500).flatmap(lambda among: st.tuples(st.integers(0, among), st.just(among))))
def test_every_share_has_words_and_they_are_among_its_readings(counted: tuple[int, int]) -> None:
    own = Fraction(*counted)
    assert VOCABULARY.say(own) in VOCABULARY.readings(own)


GOOD = "drafts: [{words: little, below: 50}, {words: much, from: 50}]\nstrength_from: 65\n"


def _load(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "shares.yaml"
    path.write_text(text)
    try:
        load_vocabulary(path)
    except DiagnosticError as error:
        return [found.code for found in error.diagnostics]
    return []


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        pytest.param(GOOD, [], id="no mistake"),
        pytest.param(
            GOOD.replace("from: 50", "above: 50"),
            ["share-without-words"],
            id="exactly the limit has no words",
        ),
        pytest.param(GOOD.replace("from: 50", "from: 60"), ["share-without-words"], id="gap between two limits"),
        pytest.param(GOOD + "also: [{words: anything}]", ["bad-phrase"], id="phrase without a share"),
        pytest.param(
            GOOD + "also: [{words: backwards, from: 60, below: 40}]",
            ["bad-phrase"],
            id="phrase from above its end",
        ),
        pytest.param(
            GOOD + "comparisons: [{words: like, share: similar}]",
            ["bad-phrase"],
            id="similar without a distance",
        ),
        pytest.param(
            GOOD + "comparisons: [{words: less, share: lower, within: 5}]",
            ["bad-phrase"],
            id="lower with a distance",
        ),
        pytest.param(GOOD.replace("words: much", "word: much"), ["unknown-key"], id="key misspelt"),
        pytest.param("", ["wrong-type"], id="empty file"),
    ],
)
def test_a_vocabulary_with_a_mistake_is_refused(tmp_path: Path, text: str, codes: list[str]) -> None:
    assert sorted(_load(tmp_path, text)) == codes
