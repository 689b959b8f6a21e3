"""Key questions of another framework, used by reference: the same words and rules, and what they look at."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import evolve

from ctm_rules import (
    Answer,
    Case,
    DiagnosticError,
    Framework,
    Outcome,
    check_framework,
    compare_frameworks,
    dump_framework,
    load_framework,
    load_inspection,
    make_engine,
    make_framework,
    rate_inspection,
)
from ctm_rules.engines.durable_ruleset import durable_is_available
from ctm_rules.frameworks.git_revisions import read_named
from ctm_rules.frameworks.loading import build_framework
from tests.support.commands import Run
from tests.support.paths import ROOT

HEAD = 'edition: "1"\ntitle: T\npublisher: P\nin_force_from: 2026-01-01\nsource: {title: S}\n'
RATED = (
    "ratings: [{id: good, label: Good}, {id: poor, label: Poor}]\n"
    "key_question_bands:\n"
    "  {share_of: yes, among: [yes, no], bands: [{from: 50, rating: good}, {from: 0, rating: poor}]}\n"
)
LENDER = (
    f"id: lender\n{HEAD}{RATED}"
    "scales: {level: [{id: high, label: High}, {id: low, label: Low}]}\n"
    "facts:\n"
    "  - {id: size, title: Size, type: choice, values: {small: Small, large: Large}}\n"
    "  - {id: night, title: At night, type: yes_no}\n"
    "  - {id: unread, title: Nobody looks here, type: date}\n"
    "provider_facts: [{id: boards, title: Children stay overnight, type: yes_no}]\n"
    "variants: [{id: by_night, title: By night, when: {fact: night, is: yes}}]\n"
    "standards:\n"
    "  - id: L\n"
    "    slug: fire\n"
    "    title: Fire\n"
    "    statement: Nobody is burnt.\n"
    "    source: {title: S}\n"
    "    key_questions:\n"
    "      - id: exits\n"
    "        ask: Are exits free?\n"
    "        prompts:\n"
    "          - {id: doors, ask: Are doors free?}\n"
    "          - {id: signs, ask: Are there signs?, applies_when: {fact: size, is: large}}\n"
    "        yes_when: {all: [doors, signs]}\n"
    "        variants: {by_night: {yes_when: signs}}\n"
    "      - id: alarms\n"
    "        ask: Are there alarms?\n"
    "        asked_of: provider\n"
    "        scale: level\n"
    "        prompts:\n"
    "          - {id: there, ask: Are there any?}\n"
    "          - {id: tried, ask: Tried?, applies_when: {fact: boards, is: yes}}\n"
    "        rating: {first_that_holds: [{rating: high, when: {all: [there, tried]}}, {rating: low}]}\n"
    "    rating: {first_that_holds: [{rating: poor, when: {key_question: fire.alarms, rated: low}}, {rating: good}]}\n"
)
USE = '      - {from: {id: lender, edition: "1"}, key_question: fire.exits}\n'
BORROWER = (
    f"id: borrower\n{HEAD}{RATED}"
    "standards:\n"
    "  - id: B\n"
    "    slug: safety\n"
    "    title: Safety\n"
    "    statement: It is safe.\n"
    "    source: {title: S}\n"
    "    key_questions:\n"
    f"{USE}"
)

Write = Callable[..., Path]

LEVEL = "scales: {level: [{id: high, label: High}, {id: low, label: Low}]}"


def with_more(declared: str, text: str = BORROWER) -> str:
    """The borrower with more declarations, which begin on line 10."""
    return text.replace("standards:", f"{declared}\nstandards:")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str, name: str = "borrower") -> Path:
        folder = tmp_path / "standards" / name / "1"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "framework.yaml").write_text(text, encoding="utf-8")
        return folder

    write(LENDER, "lender")
    return write


def mistakes(folder: Path) -> list[tuple[str, str, int]]:
    with pytest.raises(DiagnosticError) as error:
        load_framework(folder)
    return [(found.code, Path(found.file).parts[-3], found.line) for found in error.value.diagnostics]


def own(framework: Framework, path: str) -> object:
    """Return a key question without what belongs to its framework alone."""
    return evolve(framework.every_question[path], id="x")


def test_a_question_comes_whole_with_what_its_rules_look_at_and_nothing_else(write: Write) -> None:
    borrower, lender = load_framework(write(BORROWER)), load_framework(write(LENDER, "lender"))
    assert own(borrower, "safety.exits") == own(lender, "fire.exits")
    assert [fact.id for fact in borrower.facts] == ["size", "night"]
    assert [*borrower.variants] == [*lender.variants]
    assert borrower.provider_facts == ()
    borrowed = borrower.every_question["safety.exits"].borrowed
    assert borrowed is not None
    assert borrowed.to_dict() == {
        "framework": "lender",
        "edition": "1",
        "key_question": "fire.exits",
        "checksum": lender.checksum,
    }
    assert [found.code for found in check_framework(borrower)] == []


NEEDS_DURABLE = pytest.mark.skipif(not durable_is_available(), reason="durable_rules is not installed here")


@pytest.mark.parametrize("engine", ["reference", pytest.param("durable", marks=NEEDS_DURABLE)])
@pytest.mark.parametrize(
    ("facts", "doors", "signs", "outcome"),
    [
        ({"size": "small", "night": False}, "yes", "no", Outcome.YES),
        ({"size": "large", "night": False}, "yes", "no", Outcome.NO),
        ({"size": "large", "night": True}, "no", "yes", Outcome.YES),
    ],
    ids=["signs do not apply", "signs are missing", "by night signs alone"],
)
def test_it_is_decided_as_in_its_own_framework(
    write: Write, facts: dict[str, str | bool], doors: str, signs: str, outcome: Outcome, engine: str
) -> None:
    for framework, path in (
        (load_framework(write(BORROWER)), "safety.exits"),
        (load_framework(write(LENDER, "lender")), "fire.exits"),
    ):
        answers = {f"{path}.doors": Answer(doors), f"{path}.signs": Answer(signs)}
        case = Case("c", facts=facts, answers=answers)
        assert make_engine(framework, engine).assess(case).questions[path].outcome is outcome  # type: ignore[arg-type]


def test_the_checksum_covers_what_was_borrowed(write: Write) -> None:
    before = load_framework(write(BORROWER))
    write(LENDER.replace("Are doors free?", "Is each door free?"), "lender")
    after = load_framework(write(BORROWER))
    assert before.checksum != after.checksum
    (change,) = compare_frameworks(before, after).changes
    assert change.path == "safety.exits.doors"
    write(LENDER.replace("Nobody looks here", "Nobody looks at it"), "lender")
    assert load_framework(write(BORROWER)).checksum == before.checksum


def test_written_down_it_is_declared_in_full(write: Write) -> None:
    borrower = load_framework(write(BORROWER))
    assert make_framework(dump_framework(borrower)) == borrower
    assert make_framework(dump_framework(borrower)).checksum == borrower.checksum


def test_what_the_borrower_declares_itself_need_not_have_the_same_words(write: Write) -> None:
    facts = "facts: [{id: size, title: How large, type: choice, values: {small: S, large: L}}]\n"
    borrower = load_framework(write(BORROWER.replace("standards:", f"{facts}standards:")))
    assert [(fact.id, fact.title) for fact in borrower.facts] == [("size", "How large"), ("night", "At night")]
    other = facts.replace("large: L", "huge: H")
    assert mistakes(write(BORROWER.replace("standards:", f"{other}standards:"))) == [
        ("bad-borrowed-question", "borrower", 10)
    ]


def test_a_variant_that_means_something_else_here_is_found(write: Write) -> None:
    variants = (
        "facts: [{id: dark, title: It is dark, type: yes_no}]\n"
        "variants: [{id: by_night, title: By night, when: {fact: dark, is: yes}}]\n"
    )
    assert mistakes(write(BORROWER.replace("standards:", f"{variants}standards:"))) == [
        ("bad-borrowed-question", "borrower", 11)
    ]


OWN = "      - {id: exits, ask: Ours?, prompts: [{id: a, ask: A?}, {id: b, ask: B?}], yes_when: {all: [a, b]}}\n"
ALARMS = BORROWER.replace("fire.exits", "fire.alarms")
LOOKED_AT = (
    "the key question that is taken from there looks at it (framework.yaml:{}): declare it as there, or delete it "
)
LOOKED_AT += "here, and it comes along"
CALLED = (
    'there is a key question "exits" in this standard already',
    "write id: …, by which this one is called here",
)
RATED_HERE = "give it a rating and a scale of its own here: rating: …, scale: …"
BORROWED_MISTAKES = [
    pytest.param(
        BORROWER.replace("fire.exits", "fire.exit"),
        "17:58",
        'lender 1 has no key question "fire.exit"',
        'did you mean "fire.exits"? Allowed: fire.exits, fire.alarms.',
        id="no such question",
    ),
    pytest.param(BORROWER + OWN, "17:9", *CALLED, id="a name that is taken after it"),
    pytest.param(BORROWER.replace(USE, OWN + USE), "18:9", *CALLED, id="a name that is taken before it"),
    pytest.param(BORROWER + USE, "18:9", *CALLED, id="the same twice"),
    pytest.param(
        with_more("facts: [{id: size, title: Size, type: choice, values: {small: S, huge: H}}]"),
        "10:55",
        'the fact "size" has other values here than in lender 1',
        LOOKED_AT.format(18),
        id="other values",
    ),
    pytest.param(
        with_more("facts: [{id: size, title: Size, type: choice, values: {small: S, large: L}, ordered: yes}]"),
        "10:86",
        'the fact "size" has another order here than in lender 1',
        LOOKED_AT.format(18),
        id="in an order",
    ),
    pytest.param(
        with_more("facts: [{id: night, title: Night}]"),
        "10:9",
        'the fact "night" has another type here than in lender 1',
        LOOKED_AT.format(18),
        id="no type at all",
    ),
    pytest.param(
        with_more("variants: [{id: by_night, title: By night, when: {fact: night, is: no}}]"),
        "10:50",
        'the variant "by_night" has another condition here than in lender 1',
        LOOKED_AT.format(18),
        id="another condition",
    ),
    pytest.param(
        with_more("provider_facts: [{id: boards, title: B, type: date}]\n" + LEVEL, ALARMS),
        "10:47",
        'the provider fact "boards" has another type here than in lender 1',
        LOOKED_AT.format(19),
        id="another type of a fact of the provider",
    ),
    pytest.param(
        ALARMS,
        "17:9",
        'fire.alarms is rated high, low in lender 1, and here there is no scale "level"',
        RATED_HERE,
        id="no such scale",
    ),
    pytest.param(
        with_more("scales: {level: [{id: low, label: Low}, {id: high, label: High}]}", ALARMS),
        "18:9",
        "fire.alarms is rated high, low in lender 1, and here the ratings are low, high",
        RATED_HERE,
        id="a scale in another order",
    ),
    pytest.param(
        ALARMS.replace("fire.alarms}", "fire.alarms, scale: ratings}"),
        "17:9",
        "fire.alarms is rated high, low in lender 1, and here the ratings are good, poor",
        RATED_HERE,
        id="on the scale of ratings",
    ),
    pytest.param(
        BORROWER.replace("fire.exits}", "fire.exits,\n         rating: {first_that_holds: [{rating: good}]}}"),
        "18:18",
        'the key question "exits" is asked of cases, of which a share is rated, and has lines that give a rating',
        "write share_of with bands, or asked_of: provider",
        id="a rating that is written here",
    ),
    pytest.param(
        BORROWER.replace("fire.exits}", "fire.exits,\n         scale: lovel}"),
        "18:17",
        'there is no scale "lovel"',
        "Allowed: ratings.",
        id="a scale that is written here",
    ),
    pytest.param(
        BORROWER.replace("fire.exits}", "fire.exits,\n         sample: town}"),
        "18:18",
        'there is no sample "town"',
        "declare it first: there are no samples",
        id="a sample that is written here",
    ),
    pytest.param(
        BORROWER.replace("fire.exits}", "fire.exits,\n         id: Ex its}"),
        "18:14",
        '"Ex its" cannot be the id of a key question',
        'use small letters, digits and _, with a letter first: "ex_its"',
        id="an id that is written here",
    ),
]


@pytest.mark.parametrize(("text", "place", "message", "hint"), BORROWED_MISTAKES)
def test_what_cannot_be_borrowed_is_said_where_it_is_written(
    text: str, place: str, message: str, hint: str, write: Write
) -> None:
    with pytest.raises(DiagnosticError) as error:
        load_framework(write(text))
    found = [each for each in error.value.diagnostics if each.message == message]
    assert [(f"{each.line}:{each.location.column}", each.hint) for each in found] == [(place, hint)]
    assert found[0].file.endswith(str(Path("borrower", "1", "framework.yaml")))


def test_two_that_are_taken_from_one_question_have_their_mistakes_each_in_its_place(write: Write) -> None:
    uses = "".join(USE.replace("fire.exits", f"fire.exits, id: {name}, scale: no_{name}") for name in ("one", "two"))
    with pytest.raises(DiagnosticError) as error:
        load_framework(write(BORROWER.replace(USE, uses)))
    found = {each.message: each.line for each in error.value.diagnostics if each.code == "unknown-name"}
    assert found == {'there is no scale "no_one"': 17, 'there is no scale "no_two"': 18}


def test_what_it_was_called_earlier_there_it_was_not_called_here(write: Write) -> None:
    write(LENDER.replace("      - id: exits\n", "      - id: exits\n        formerly: [ways]\n"), "lender")
    assert load_framework("lender", "1", standards=write(BORROWER).parents[1]).every_question["fire.exits"].formerly
    assert load_framework(write(BORROWER)).every_question["safety.exits"].formerly == ()


def test_a_rating_of_its_own_comes_along_where_its_scale_is_here(write: Write) -> None:
    use = USE.replace("fire.exits", "fire.alarms")
    asked = BORROWER.replace(USE, use)
    assert mistakes(write(asked)) == [("bad-borrowed-question", "borrower", 17)]
    scales = "scales: {level: [{id: high, label: Great}, {id: low, label: Small}]}\n"
    line = "{rating: poor, when: {key_question: safety.alarms, rated: low}}"
    rule = f"    rating: {{first_that_holds: [{line}, {{rating: good}}]}}\n"
    borrower = load_framework(write(asked.replace("standards:", f"{scales}standards:") + rule))
    assert (
        borrower.every_question["safety.alarms"].rating
        == load_framework(write(LENDER, "lender")).every_question["fire.alarms"].rating
    )
    assert [fact.id for fact in borrower.provider_facts] == ["boards"]
    # Or it is rated here in another way.
    here = "scale: ratings, rating: {first_that_holds: [{rating: good, when: there}, {rating: poor}]}"
    rated = load_framework(write(asked.replace("fire.alarms}", f"fire.alarms, {here}}}")))
    assert rated.every_question["safety.alarms"].scale == "ratings"


def test_two_may_be_used_under_names_of_their_own_and_a_sample_is_the_borrowers(write: Write) -> None:
    samples = "samples: [{id: town, title: Town, when: {fact: size, is: large}}]\n"
    again = USE.replace("fire.exits", "fire.exits, id: again, sample: town")
    borrower = load_framework(write((BORROWER + again).replace("standards:", f"{samples}standards:")))
    assert {path: question.sample for path, question in borrower.every_question.items()} == {
        "safety.exits": None,
        "safety.again": "town",
    }


def test_a_reference_is_followed_through_another_one(write: Write) -> None:
    write(BORROWER)
    third = (
        BORROWER.replace("id: borrower", "id: third")
        .replace("id: lender", "id: borrower")
        .replace("fire.exits", "safety.exits")
    )
    borrowed = load_framework(write(third, "third")).every_question["safety.exits"].borrowed
    assert borrowed is not None
    assert (borrowed.framework, borrowed.key_question) == ("borrower", "safety.exits")


def test_a_circle_is_refused_and_named_once(write: Write) -> None:
    use = USE.replace("id: lender", "id: borrower").replace("fire.exits", "safety.exits, id: back")
    write(LENDER.replace("      - id: exits\n", f"{use}      - id: exits\n"), "lender")
    assert mistakes(write(BORROWER)) == [("borrowed-in-a-circle", "borrower", 17)]
    itself = BORROWER.replace("id: lender", "id: borrower").replace("fire.exits", "safety.exits")
    assert mistakes(write(itself)) == [("borrowed-in-a-circle", "borrower", 17)]


def test_a_framework_with_mistakes_lends_nothing(write: Write) -> None:
    write(LENDER.replace("yes_when: signs", "yes_when: sings"), "lender")
    assert mistakes(write(BORROWER)) == [("bad-borrowed-question", "borrower", 17)]


def test_text_and_data_name_standards_of_the_library_alone() -> None:
    text = BORROWER.replace(USE, '      - {from: {id: hmip-pdu, edition: "2024"}, key_question: assessment.safety}\n')
    framework = make_framework(text)
    assert (
        framework.every_question["safety.safety"].ask
        == "Does assessment focus sufficiently on keeping other people safe?"
    )
    with pytest.raises(DiagnosticError) as error:
        make_framework(BORROWER)
    assert [found.code for found in error.value.diagnostics] == ["unknown-framework"]


def test_a_path_names_what_lies_beside_or_among_standards(write: Write, tmp_path: Path) -> None:
    beside = BORROWER.replace('from: {id: lender, edition: "1"}', "from: {path: ../../lender/1}")
    assert load_framework(write(beside)).every_question["safety.exits"].borrowed is not None
    of_all = BORROWER.replace('from: {id: lender, edition: "1"}', "from: {path: ../../lender}")
    assert mistakes(write(of_all)) == [("bad-borrowed-question", "borrower", 17)]
    named = BORROWER.replace('from: {id: lender, edition: "1"}', 'from: {path: ../../lender, edition: "1"}')
    assert load_framework(write(named)).every_question["safety.exits"].borrowed is not None
    outside = tmp_path.parent / "outside"
    outside.mkdir(exist_ok=True)
    (outside / "framework.yaml").write_text(LENDER, encoding="utf-8")
    far = BORROWER.replace('from: {id: lender, edition: "1"}', f"from: {{path: ../../../../{outside.name}}}")
    assert mistakes(write(far)) == [("unknown-framework", "borrower", 17)]


def test_a_revision_borrows_from_the_same_revision(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(BORROWER)
    top = folder.parents[2]

    def git(*arguments: str) -> None:
        author = ["-c", "user.name=N", "-c", "user.email=n@example.org"]
        subprocess.run(["git", *author, *arguments], cwd=top, check=True, capture_output=True)

    git("init")
    git("add", ".")
    git("commit", "-m", "both")
    before = load_framework(folder)
    write(LENDER.replace("Are doors free?", "Is each door free?"), "lender")
    monkeypatch.chdir(top)
    assert build_framework(read_named("git:HEAD:standards/borrower/1")).checksum == before.checksum
    assert load_framework(folder).checksum != before.checksum


# --- The example -----------------------------------------------------------------------------------------------

CHECK = ROOT / "examples" / "region" / "check.yaml"


def test_results_and_explanations_say_where_a_question_comes_from(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("rate", CHECK)
    assert code == 0
    assert "protection.assessing is taken from assessment.safety of hmip-pdu 2024" in out
    assert "protection.recorded is taken" not in out
    shown = json.loads(run("rate", CHECK, "--json")[1])
    questions = {each["id"]: each.get("borrowed") for each in shown["standards"][0]["key_questions"]}
    lender = load_framework("hmip-pdu", "2024")
    assert questions["protection.recorded"] is None
    assert questions["protection.assessing"] == {
        "framework": "hmip-pdu",
        "edition": "2024",
        "key_question": "assessment.safety",
        "checksum": lender.checksum,
    }
    code, out, _ = run("explain", CHECK, "check-1", "-k", "protection.assessing")
    assert code == 0
    assert "taken from assessment.safety of hmip-pdu 2024" in out
    (tmp_path / "result.json").write_text(json.dumps(shown), encoding="utf-8")
    assert run("verify", tmp_path / "result.json", CHECK)[0] == 0
    assert run("report", CHECK, "-o", tmp_path / "out", "--format", "md")[0] == 0
    assert "is taken from assessment.safety of hmip-pdu 2024" in (tmp_path / "out" / "report.md").read_text(
        encoding="utf-8"
    )


def test_the_example_counts_its_cases_as_its_own_rules_say() -> None:
    result = rate_inspection(load_inspection(CHECK))
    (standard,) = result.rating.standards
    shares = {each.path: (each.counts.yes, each.counts.no) for each in standard.key_questions}
    # By hand: of a case in which risks of harm are yes, one of sources and victims is enough where victims apply.
    assert shares["protection.assessing"] == (4, 2)
    assert shares["protection.recorded"] == (5, 1)
    assert standard.rating is None


def test_an_amendment_may_change_a_question_here_alone(run: Run) -> None:
    code, out, _ = run("what-if", CHECK, "--set", "protection.assessing.yes_when=risk_of_harm")
    assert code == 0
    assert "protection.assessing" in out


def test_of_which_sample_it_is_asked_the_lender_does_not_say(write: Write) -> None:
    asked = "      - id: exits\n        sample: nights\n"
    sampled = LENDER.replace("      - id: exits\n", asked).replace(
        "standards:", "samples: [{id: nights, title: At night, when: {fact: night, is: yes}}]\nstandards:"
    )
    # Neither the lender's sample, which the borrower does not have, nor one of the borrower's that is called the same.
    write(sampled, "lender")
    assert load_framework(write(BORROWER)).every_question["safety.exits"].sample is None
    own = "samples: [{id: nights, title: Nights, when: {fact: size, is: large}}]\nstandards:"
    borrower = load_framework(write(BORROWER.replace("standards:", own)))
    assert borrower.every_question["safety.exits"].sample is None
    assert borrower.sample_of("safety.exits") is None


@pytest.mark.parametrize(
    "rated",
    [
        pytest.param("share_of: yes, among: [yes, no]", id="a share"),
        pytest.param("mean_of: points", id="points"),
    ],
)
def test_the_fact_that_chooses_its_bands_comes_along(rated: str, write: Write) -> None:
    bands = "[{from: 50, rating: good}, {from: 0, rating: poor}]"
    other = bands.replace("50", "90")
    rating = f"        rating: {{{rated}, bands_by: {{boards: {{yes: {bands}, no: {other}}}}}}}\n"
    chosen = LENDER.replace("        variants: {by_night: {yes_when: signs}}\n", rating)
    if "points" in rated:
        chosen = chosen.replace("yes_when: {all: [doors, signs]}", "points: {percent_of: prompts}")
        chosen = chosen.replace("variants: [{id: by_night, title: By night, when: {fact: night, is: yes}}]\n", "")
    write(chosen, "lender")
    borrower = load_framework(write(BORROWER))
    assert [fact.id for fact in borrower.provider_facts] == ["boards"]
    assert borrower.choosing_facts == ("boards",)
    assert "night" not in borrower.facts_by_id
