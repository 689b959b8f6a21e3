"""The everyday changes of the guide, and larger ones, each done in Chromium by what a person sees: roles and labels.

What is saved is accepted by check, fmt and test, and means what was wanted: it is held against the same standards
changed as text, as the guide shows it.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest
from attrs import frozen

from ctm_rules import dump_framework, load_framework
from ctm_rules.checking.files import check_paths
from ctm_rules.editing.session import Session
from ctm_rules.frameworks.finding import standards_folder
from ctm_rules.scenarios.covering import cover_scenarios
from ctm_rules.scenarios.finding import find_scenario_files
from ctm_rules.scenarios.running import ScenarioRunner
from ctm_rules.yaml_files.formatting import format_file, yaml_files
from tests.support.chromium import IN_A_BROWSER, work
from tests.support.guide import CHANGES
from tests.support.workbench import served

pytestmark = IN_A_BROWSER

Step = list[object]


def click(role: str, name: str, number: int = 0) -> Step:
    return ["click", role, name, number]


def save(files: int) -> list[Step]:
    if not files:
        return []
    said = "1 file was saved." if files == 1 else f"{files} files were saved."
    return [click("link", f"Save ({files})"), click("button", "Save"), ["wait", said]]


def standard(called: str, question: str = "") -> list[Step]:
    """Open a standard to change it, or a key question of it."""
    return [click("link", "Change"), click("link", called), *([click("link", question)] if question else [])]


KEEP: list[Step] = [click("button", "Keep this change"), ["wait", "Kept:"]]
ASSESSMENT, PLANNING, REVIEWING = "P 2.1 Assessment", "P 2.2 Planning", "P 2.4 Reviewing"
FRAMEWORK = "Standards for inspecting probation delivery units"
SAFE = "Does assessment focus sufficiently on keeping other people safe?"
BANDS = "From 80 per cent it is Outstanding, from 65 Good, from 50 Requires improvement, below that Inadequate"
LIMIT_MOVED = (
    f"{BANDS}: 64 yes, 36 no",
    "The rounded per cent decides, and a half rounds up: 29 yes, 16 no",
    "The panel looks again within five points of a bound: 56 yes, 44 no",
    "The panel looks again where one case would change the band: 7 yes, 3 no",
    "The panel looks again where fewer than six cases were counted: 2 yes, 1 no",
)
ENGAGED = "Does reviewing focus sufficiently on supporting the compliance and engagement of the person on probation?"
SOURCES = "Does it draw on past behaviour, convictions and what other agencies know?"


def expect(*scenarios: str) -> list[Step]:
    """Say that what comes out of some scenarios now is meant."""
    ticks: list[Step] = [["tick", name] for name in scenarios]
    button = click("button", "Expect of the ticked ones what comes out now")
    return [click("link", "Scenarios"), *ticks, button, ["wait", "Kept:"], ["wait", "0 fail."]]


@frozen
class Job:
    """Something that policy staff do.

    Attributes:
        steps: how, in the page.
        wanted: what it means, done to the text of another copy.
        files: how many files it changes (0: it writes them itself).
        edition: the edition that is looked at afterwards.
    """

    steps: list[Step]
    wanted: Callable[[Path], object]
    files: int = 1
    edition: str = "2024"


def replaced(file: str, before: str, after: str) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert text.count(before) == 1, before
        path.write_text(text.replace(before, after), encoding="utf-8")

    return change


def as_in_the_guide(number: int, *more: tuple[str, str, str]) -> Callable[[Path], object]:
    """What the guide does to a file, with what a person does beside it."""
    guide = CHANGES[number - 1]

    def change(folder: Path) -> None:
        for each in ((guide.file, guide.before, guide.after), *more):
            replaced(*each)(folder)

    return change


DESISTANCE = "Does assessment focus sufficiently on the factors linked to offending and desistance?"
BARRIERS = "Are compliance, engagement and the barriers to them considered, and adjustments made?"
IN_TIME = "Is the assessment written in time?"
ASKED = ("Was it started at once?", "Was it done in a month?", "Was the person told?", "Was the supervisor told?")
NEW_QUESTION = """
  - id: assessment_written_time
    ask: Is the assessment written in time?
    prompts:
      - {id: started_once, ask: Was it started at once?}
      - {id: done_month, ask: Was it done in a month?}
      - {id: person_told, ask: Was the person told?}
      - {id: supervisor_told, ask: Was the supervisor told?}
    yes_when: {all: [started_once, done_month, person_told, supervisor_told]}
"""


def missing(outcome: str, shows: str) -> list[Step]:
    """Write the scenario that is missing for the first gap that is shown."""
    outcomes: list[Step] = [["tick", outcome], ["fill", "What it shows, as a sentence", shows]]
    return [
        click("link", "Scenarios"),
        ["follow", "Write the missing scenario"],
        *outcomes,
        click("button", "Write the missing scenario"),
        ["wait", "Kept:"],
    ]


def with_five_ratings(folder: Path) -> None:
    for before, after in (
        ("  - {id: outstanding, l", "  - {id: excellent, label: Excellent, score: 4}\n  - {id: outstanding, l"),
        ("    - {from: 80, r", "    - {from: 90, rating: excellent}\n    - {from: 80, r"),
        ("{organisation: 9, service_delivery: 12}", "{organisation: 12, service_delivery: 16}"),
        ("      - {from: 8, r", "      - {from: 10, rating: excellent}\n      - {from: 8, r"),
        ("      - {from: 11, r", "      - {from: 14, rating: excellent}\n      - {from: 11, r"),
        ("  out_of: 21\n", "  out_of: 28\n"),
        ("    - {from: 18, r", "    - {from: 24, rating: excellent}\n    - {from: 18, r"),
    ):
        replaced("framework.yaml", before, after)(folder)


def with_new_question(folder: Path) -> None:
    file = folder / "2.1-assessment.yaml"
    file.write_text(file.read_text(encoding="utf-8") + NEW_QUESTION, encoding="utf-8")


def with_people_at_risk(folder: Path) -> None:
    file = folder / "2.1-assessment.yaml"
    text = file.read_text(encoding="utf-8")
    for before, after in (
        ("- id: victims\n", "- id: people_at_risk\n"),
        ("of: [sources_and_agencies, victims]", "of: [sources_and_agencies, people_at_risk]"),
        ("has_potential_victims, is: yes}\n", "has_potential_victims, is: yes}\n        formerly: [victims]\n"),
    ):
        assert before in text
        text = text.replace(before, after)
    file.write_text(text, encoding="utf-8")


def as_edition_2027(folder: Path) -> None:
    replaced("framework.yaml", 'edition: "2024"', 'edition: "2027"')(folder)
    replaced("framework.yaml", "in_force_from: 2024-01-01", "in_force_from: 2027-04-01")(folder)


def go(name: str, *keys: str) -> list[Step]:
    """Press Tab until something has the focus, and then other keys (left out: Enter)."""
    return [["reach", name], ["press", *keys] if keys else ["enter"]]


FAILING_BY_KEYS = (
    "The risk of harm and what agencies know are enough",
    "The risk of harm and the concerns about victims are enough",
    "Where it is not known whether there are victims, an answer about them cannot decide",
    "Where it is not known whether there are victims, the other prompts may settle it",
    *LIMIT_MOVED,
)
BY_KEYS: list[Step] = [
    # A wording: Ctrl and Enter keep it from the field.
    *go("Change"),
    *go(ASSESSMENT),
    *go(SAFE),
    *go(SOURCES),
    *go("Ask", "Control+A"),
    ["type", "Does it use past behaviour, convictions and what other agencies know?"],
    ["enter", "Control+Enter"],
    ["wait", "Kept:"],
    # A clause: the first of the choices.
    ["reach", SAFE, True],
    ["enter"],
    *go("Which form: At least one of these", "Home"),
    ["wait", "Only tried, and not kept."],
    ["enter", "Control+Enter"],
    ["wait", "Kept:"],
    # The limit of a band: Enter keeps it.
    ["reach", "Change", True],
    ["enter"],
    *go(FRAMEWORK),
    *go("Open Key question bands"),
    *go("From 2", "Control+A"),
    ["type", "60"],
    ["wait", "the limit for Good moved from 65% to 60%"],
    ["enter"],
    ["wait", "Kept:"],
    # An assumption, confirmed.
    ["reach", "Assumptions", True],
    ["enter"],
    *go(f"{ASSESSMENT}: {SAFE} 2.1-assessment.yaml: yes when", "Space"),
    *go("yes when", "Space"),
    ["reach", "Source"],
    ["type", "Guidance 2026"],
    ["reach", "Who confirms it"],
    ["type", "A. Owner"],
    ["reach", "Day, as year-month-day"],
    ["type", "2026-11-28"],
    ["enter"],
    ["wait", "Kept:"],
    # What fails now is decided about, and all of it is saved.
    *go("Scenarios"),
    *[step for name in FAILING_BY_KEYS for step in go(name, "Space")],
    *go("Expect of the ticked ones what comes out now"),
    ["wait", "0 fail."],
    *go("Save (4)"),
    *go("Save"),
    ["wait", "4 files were saved."],
]


def as_by_keys(folder: Path) -> None:
    for number in (1, 2, 3):
        as_in_the_guide(number)(folder)
    replaced("2.1-assessment.yaml", "at_least: {count: 1, of: [sources", "all: [sources")(folder)
    replaced("2.1-assessment.yaml", "victims]}", "victims]")(folder)


JOBS: Mapping[str, Job] = {
    "plainer words": Job(
        [
            *standard(ASSESSMENT, SAFE),
            click("link", SOURCES),
            ["fill", "Ask", "Does it use past behaviour, convictions and what other agencies know?"],
            *KEEP,
        ],
        as_in_the_guide(1),
    ),
    "an assumption confirmed": Job(
        [
            click("link", "Assumptions"),
            ["open", SAFE],
            ["tick", "yes when"],
            ["fill", "Source", "Guidance 2026"],
            ["fill", "Who confirms it", "A. Owner"],
            ["fill", "Day, as year-month-day", "2026-11-28"],
            click("button", "Confirm"),
            ["wait", "Kept:"],
        ],
        as_in_the_guide(2),
    ),
    "a limit moved": Job(
        [
            *standard(FRAMEWORK),
            click("link", "Open Key question bands"),
            ["fill", "From 2", "60"],
            ["wait", "the limit for Good moved from 65% to 60%"],
            *KEEP,
            *expect(*LIMIT_MOVED),
        ],
        as_in_the_guide(3),
        2,
    ),
    "a prompt that must be met": Job(
        [
            *standard(PLANNING, "Does planning focus sufficiently on keeping other people safe?"),
            [
                "choose",
                "Add a clause: All of these",
                "Are the contingency arrangements the ones needed, and would they work?",
            ],
            click("button", "Add a clause to: All of these"),
            ["wait", "Kept:"],
            click("button", "“contingency” is yes: one place up", 1),
            ["wait", "Kept:"],
            click("button", "Remove “contingency” is yes", 1),
            ["wait", "Kept:"],
            ["fill", "How many: At least 2 of these (all that apply, where fewer apply)", "1"],
            *KEEP,
            *expect(
                "The critical risk factors and two of the other three prompts are enough",
                "Where it is not known whether agencies are involved, an answer about them cannot decide",
            ),
        ],
        as_in_the_guide(4),
        2,
    ),
    "fewer prompts": Job(
        [
            *standard(REVIEWING, "Does reviewing focus sufficiently on keeping other people safe?"),
            ["fill", "How many: At least 2 of these (all that apply, where fewer apply)", "1"],
            *KEEP,
            *expect(
                "Only one of the other three prompts is not enough",
                "Where no other agency is involved, an answer about agencies counts for nothing",
            ),
        ],
        as_in_the_guide(5),
        2,
    ),
    "a prompt more": Job(
        [
            *standard(ASSESSMENT, DESISTANCE),
            click("link", "Add to: Prompts"),
            ["fill", "Ask", "Is it written in words that the person understands?"],
            ["choose", "Where the rule asks for it", "At least one of these: strengths, sources"],
            click("button", "Add"),
            ["wait", "Kept:"],
        ],
        as_in_the_guide(
            6,
            ("2.1-assessment.yaml", "id: plain_words", "id: written_words_person"),
            ("2.1-assessment.yaml", "of: [strengths, sources]", "of: [strengths, sources, written_words_person]"),
        ),
    ),
    "a prompt less": Job(
        [
            *standard(ASSESSMENT, SAFE),
            click("button", "Remove “sources and agencies” is yes"),
            ["wait", "Kept:"],
            click("button", "take out: At least one of these"),
            ["wait", "Kept:"],
            click("button", f"Remove {SOURCES}"),
            ["wait", "Kept:"],
            click("link", "Scenarios"),
            ["mind"],
            click("button", "Take it out of them: sources_and_agencies"),
            ["wait", "Kept:"],
            *expect(
                "The risk of harm and what agencies know are enough",
                "Where there are no victims, an answer about them counts for nothing",
                "Where it is not known whether there are victims, the other prompts may settle it",
            ),
        ],
        as_in_the_guide(
            7, ("2.1-assessment.yaml", "at_least: {count: 1, of: [sources_and_agencies, victims]}", "victims")
        ),
        2,
    ),
    "a prompt for some cases": Job(
        [
            *standard(PLANNING, "Does planning focus sufficiently on reducing reoffending and supporting desistance?"),
            click(
                "link",
                "Does the plan set out the services most likely to support desistance, within the time there is?",
            ),
            ["choose", "Add a condition", "Commissioned rehabilitative services are required"],
            *KEEP,
            *expect("The offending factors and the services are enough", "The offending factors alone are not enough"),
        ],
        as_in_the_guide(8),
        2,
    ),
    "whom the adjusted rules are for": Job(
        [
            *standard(FRAMEWORK),
            click("link", "Adjusted standards (contact suspended within eight weeks)"),
            ["fill", "With what: “Weeks of supervision before contact was suspended” is 8 or fewer", "6"],
            *KEEP,
            *expect(
                "Suspended after eight weeks, what led up to it and one of three other prompts are enough",
                "Suspended after eight weeks, preparing for it and two of four other prompts are enough",
            ),
        ],
        as_in_the_guide(9),
        3,
    ),
    "a test left behind": Job(
        [
            click("link", "Scenarios"),
            [
                "choose",
                "About which key question?",
                f"reviewing.engaging: {ENGAGED}",
            ],
            click("button", "Begin"),
            ["fill", "What it shows, as a sentence", "Where only the barriers apply, they decide"],
            ["choose", BARRIERS, "yes"],
            ["choose", "Every other prompt", "na"],
            click("button", "See what comes out"),
            ["wait", "What comes out now: yes"],
            ["mind"],
            ["tick", "yes"],
            click("button", "Write the scenario"),
            ["wait", "Kept:"],
        ],
        as_in_the_guide(10),
    ),
    "a key question with four prompts": Job(
        [
            *standard(ASSESSMENT),
            click("link", "Add to: Key questions"),
            ["fill", "Ask", IN_TIME],
            ["fill", "Its prompts, each on a line of its own", "\n".join(ASKED)],
            click("button", "Add"),
            ["wait", "Kept:"],
            *missing("undetermined", "Where nothing is known of the time, it is undetermined"),
            *missing("yes", "Where all was in time, it is"),
            *missing("no", "Where the supervisor was not told, it was not in time"),
            *missing("not applicable", "Where nothing of it applies, it is not counted"),
            *missing("no", "Where it was not started at once, it was not in time"),
            *missing("no", "Where it took longer than a month, it was not in time"),
            *missing("no", "Where the person was not told, it was not in time"),
            ["wait", "100 per cent of what decides is covered"],
        ],
        with_new_question,
        2,
    ),
    "a fifth rating": Job(
        [
            *standard(FRAMEWORK),
            ["fill", "New: Label", "Excellent"],
            ["fill", "New: Score", "4"],
            ["choose", "Place of the new one: Ratings", "before 1"],
            *KEEP,
            click("link", "Open Key question bands"),
            ["fill", "New: From", "90"],
            ["choose", "New: Rating", "excellent"],
            ["choose", "Place of the new one: Bands", "before 1"],
            *KEEP,
            click("link", FRAMEWORK),
            click("link", "Open Domain rating"),
            ["fill", "organisation", "12"],
            ["fill", "service_delivery", "16"],
            ["fill", "New: From", "10"],
            ["choose", "New: Rating", "excellent"],
            ["choose", "Place of the new one: Organisation", "before 1"],
            ["fill", "New: From", "14", 1],
            ["choose", "New: Rating", "excellent", 1],
            ["choose", "Place of the new one: Service delivery", "before 1"],
            *KEEP,
            click("link", FRAMEWORK),
            click("link", "Open Overall"),
            ["fill", "Out of", "28"],
            ["fill", "New: From", "24"],
            ["choose", "New: Rating", "excellent"],
            ["choose", "Place of the new one: Bands", "before 1"],
            *KEEP,
            ["wait", "Nothing is wrong, and nothing is odd."],
            *expect(
                f"{BANDS}: 100 yes",
                "The panel looks again within five points of a bound: 86 yes, 14 no",
                "The panel looks again where one case would change the band: 6 yes, 1 no",
                "The panel looks again where fewer than six cases were counted: 5 yes, 39 not applicable",
                "The panel looks again where fewer than six cases were counted: 6 yes, 38 not applicable",
            ),
        ],
        with_five_ratings,
        2,
    ),
    "a prompt renamed": Job(
        [
            *standard(ASSESSMENT, SAFE),
            click("link", "Does it analyse the concerns about actual and potential victims?"),
            click("link", "Rename"),
            ["fill", "New name of assessment.safety.victims", "people_at_risk"],
            click("button", "Show what would change"),
            click("button", "Rename everywhere"),
            ["wait", "Kept:"],
        ],
        with_people_at_risk,
        3,
    ),
    "the next edition": Job(
        [
            click("link", "Start the next edition"),
            ["fill", "Name of the edition", "2027"],
            ["fill", "First day on which it holds", "2027-04-01"],
            click("button", "Start the edition"),
            ["wait", "Edition 2027 was started, and is in hand now."],
        ],
        as_edition_2027,
        0,
        "2027",
    ),
    "by keys alone": Job(BY_KEYS, as_by_keys, 0),
}


def minded(seen: list[dict[str, list[str]]]) -> str:
    """What axe finds on the pages of a job that are there only meanwhile."""
    return "\n".join(violation for each in seen for violation in each["violations"])


@pytest.fixture(scope="module")
def done(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, tuple[Path, str]]:
    """The jobs done in one browser, each on a copy of its own: where it was saved, and what went wrong."""
    here = [each for each in request.session.items if each.module is request.module]
    folders, steps = dict[str, Path](), list[Step]()
    with ExitStack() as servers:
        for name in [each.callspec.params["name"] for each in here]:
            job = JOBS[name]
            top = tmp_path_factory.mktemp("job") / "standards"
            folders[name] = Path(shutil.copytree(standards_folder(), top)) / "hmip-pdu" / "2024"
            opened = servers.enter_context(served(Session(folders[name])))
            steps += [["chapter", name], ["go", opened], *job.steps, *save(job.files)]
        said = work(steps, tmp_path_factory.mktemp("browser"))
    return {
        name: (folder, f"{said['failures'].get(name, '')}{minded(said['chapters'][name])}")
        for name, folder in folders.items()
    }


def told(folder: Path) -> str:
    """What standards say, without where they say who confirmed what, and until when they hold."""
    return re.sub(r"\n *source: \{title: Guidance 2026.*|\nin_force_to.*", "", dump_framework(load_framework(folder)))


def scenarios_of(folder: Path) -> list[tuple[object, ...]]:
    files = ScenarioRunner("reference").read(find_scenario_files([folder]))
    return sorted((each.name, repr(each.given), repr(each.questions)) for file in files for each in file.scenarios)


@pytest.mark.parametrize("name", JOBS)
def test_a_change_is_done_by_what_a_person_sees(
    name: str, done: Mapping[str, tuple[Path, str]], tmp_path: Path
) -> None:
    folder, failed = done[name]
    folder = folder.parent / JOBS[name].edition
    assert failed == ""
    assert [str(found) for found in check_paths([folder]).diagnostics] == []
    assert [each.path for each in map(format_file, yaml_files([folder])) if each.is_changed] == []
    runner = ScenarioRunner("reference")
    files = runner.read(find_scenario_files([folder]))
    results = [runner.run(scenario) for file in files for scenario in file.scenarios]
    assert [result.failure for result in results if not result.passed] == []
    if name == "a key question with four prompts":
        (coverage,) = cover_scenarios(results, files, [], runner)
        assert [str(part) for part in coverage.not_covered] == []
    wanted = Path(shutil.copytree(standards_folder() / "hmip-pdu" / "2024", tmp_path / "wanted"))
    JOBS[name].wanted(wanted)
    assert told(folder) == told(wanted)
