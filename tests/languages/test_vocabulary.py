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
        pytest.param(28, 44, "about two-thirds", id="28 of 44"),
        pytest.param(17, 44, "about two-fifths", id="17 of 44"),
        pytest.param(18, 44, "about two-fifths", id="18 of 44 is not almost half"),
        pytest.param(26, 43, "about three-fifths", id="26 of 43 is not almost two-thirds"),
        pytest.param(34, 44, "about four-fifths", id="34 of 44"),
        pytest.param(33, 44, "three-quarters", id="33 of 44"),
        pytest.param(21, 42, "half", id="21 of 42"),
        pytest.param(22, 43, "just over half", id="22 of 43"),
        pytest.param(2, 3, "two-thirds", id="2 of 3"),
        pytest.param(44, 44, "all", id="44 of 44"),
        pytest.param(43, 44, "almost all", id="43 of 44"),
        pytest.param(11, 45, "almost a quarter", id="11 of 45"),
    ],
)
def test_a_draft_says(count: int, among: int, words: str) -> None:
    assert VOCABULARY.say(Fraction(count, among)) == words


@given(st.integers(1, 500).flatmap(lambda among: st.tuples(st.integers(0, among), st.just(among))))
def test_every_share_has_words_and_they_are_among_its_readings(counted: tuple[int, int]) -> None:
    own = Fraction(*counted)
    assert VOCABULARY.say(own) in VOCABULARY.readings(own)


# What a phrase of ours names, in per cent.
NAMED = {
    "one in twenty": 5,
    "one in ten": 10,
    "one in six": Fraction(50, 3),
    "a fifth": 20,
    "a quarter": 25,
    "three in ten": 30,
    "a third": Fraction(100, 3),
    "two-fifths": 40,
    "half": 50,
    "three-fifths": 60,
    "two-thirds": Fraction(200, 3),
    "seven in ten": 70,
    "three-quarters": 75,
    "four-fifths": 80,
    "five in six": Fraction(250, 3),
    "nine in ten": 90,
    "nineteen in twenty": 95,
}
BOUNDS = ("less than", "fewer than", "more than", "over")


def _named(words: str) -> Fraction:
    """Return what a phrase names, in per cent, by its longest name."""
    return Fraction(NAMED[max((name for name in NAMED if words.endswith(name)), key=len)])


@given(st.fractions(0, 1, max_denominator=500))
def test_words_do_not_flatter(own: Fraction) -> None:
    words = VOCABULARY.say(own)
    if words in ("none", "all"):
        assert own == (words == "all")
    elif words in ("almost none", "almost all"):
        assert abs(own - (words == "almost all")) < Fraction(4, 100)
    elif words.startswith(BOUNDS):
        assert (own * 100 < _named(words)) is words.startswith(("less than", "fewer than"))
        assert abs(own * 100 - _named(words)) < 7
    else:
        assert abs(own * 100 - _named(words)) <= (4 if words.startswith("about") else 2)


@given(st.fractions(0, 1, max_denominator=500))
def test_a_phrase_that_fits_a_sentence_of_ours_holds_what_it_names(own: Fraction) -> None:
    for words in {phrase.words for phrase in VOCABULARY.also if VOCABULARY.fits(phrase.words, own)}:
        if words.startswith("about"):
            assert abs(own * 100 - _named(words)) <= 4
        elif words.startswith(("less than", "fewer than")):
            assert own * 100 < _named(words)
        elif words.startswith(("more than", "over")):
            assert own * 100 > _named(words)


def test_what_a_source_says_widely_fits_no_sentence_of_ours() -> None:
    assert "almost half" in VOCABULARY.readings(Fraction(41, 100))
    assert not VOCABULARY.fits("almost half", Fraction(41, 100))
    assert "almost two-thirds" in VOCABULARY.readings(Fraction(60, 100))
    assert not VOCABULARY.fits("almost two-thirds", Fraction(60, 100))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(
            "Just over half of the plans, and Almost Half of the reviews.", ("just over half", "almost half"), id="two"
        ),
        pytest.param("Fewer than two-thirds  of\n the reviews", ("fewer than two-thirds",), id="over two lines"),
        pytest.param("All relevant risks, most likely to be half done by none.", (), id="words that are no share"),
        pytest.param("A third-party service", (), id="part of another word"),
    ],
)
def test_phrases_are_found_in_a_sentence(text: str, found: tuple[str, ...]) -> None:
    assert VOCABULARY.phrases_in(text) == found


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
