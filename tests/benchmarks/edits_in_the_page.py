"""One edit in the workbench, from the last key until its effect is seen: on the shipped standards and ten times them.

Run: python -m tests.benchmarks.edits_in_the_page [--edits 100] [--chromium 20] [--answers 20]

Wordings and bounds of bands are changed in forms, at places that are drawn and seeded, and nothing is kept: what a page
asks the server while somebody types. Measured over HTTP is until the effect is there (what is wrong, what differs in
words, what becomes of an inspection of 44 cases) and then until the scenarios are; the shipped standards have 169 of
them, the large ones none. In Chromium it is from the event of the key until the page shows it, the 60 ms included that
it waits for a next one. Answers are recorded in an inspection of 1,000 cases with 18 key questions, each of another.
Printed are the least, the median and the 95th percentile in milliseconds, by the clock, and of computing, which other
work on the machine disturbs less. The program looks for what it can give back as rarely as the command does.
"""

from __future__ import annotations

import argparse
import gc
import random
import re
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from ctm_rules.editing.documents import Document
from ctm_rules.editing.edits import Pointer
from ctm_rules.editing.session import Session
from ctm_rules.workbench.cases import ANSWER
from ctm_rules.workbench.elements import element_at
from ctm_rules.workbench.fields import pointer_text
from ctm_rules.workbench.server import settle
from tests.benchmarks.edits import TEN_TIMES, framework, places
from tests.benchmarks.many_standards import write
from tests.support.chromium import work
from tests.support.paths import EXAMPLE
from tests.support.random_edits import at as value_at
from tests.support.workbench import FORMS, served

CASES = 44
ANSWERED = 1_000
PARTS = ("effect", "scenarios")
"""What a page asks for, in its order."""


def standards(folder: Path, name: str) -> tuple[Path, Path]:
    """Write the standards that are to be edited, and return their folder and the file of an inspection."""
    if name == "shipped":
        return framework(folder, name), EXAMPLE
    path = framework(folder, name)
    other = folder / "inspected"
    return path, write(other, standards=TEN_TIMES, cases=CASES)


def choices(folder: Path) -> list[tuple[str, Pointer]]:
    """Return where a wording or the bound of a band stands that has a field of its own on a page."""
    found: list[tuple[str, Pointer]] = []
    for file in sorted(folder.glob("*.yaml")):
        if file.name != "measures.yaml":
            at = places(Document(str(file), file.read_bytes()).says())
            found += [(file.name, each) for each in at if "source" not in each]
    return found


def page_of(session: Session, file: str, at: Pointer) -> tuple[str, str]:
    """Return the page that has a field for something, and the digest of what that page was filled in for."""
    here = at[:1] if at[-1] == "from" else at[:-1]  # a bound is a cell of a table of its page
    return pointer_text(here), element_at(session, file, pointer_text(here)).digest


def opened(start: str) -> tuple[HTTPConnection, dict[str, str]]:
    """Return a connection to a workbench, and what a browser sends along that opened it."""
    parts = urlsplit(start)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=600)
    connection.request("GET", f"{parts.path}?{parts.query}")
    answer = connection.getresponse()
    answer.read()
    cookie = str(answer.getheader("set-cookie")).partition(";")[0]
    return connection, {"Cookie": cookie, "Origin": f"http://{parts.netloc}", "Content-Type": FORMS}


def by_http(session: Session, start: str, edits: int) -> Iterator[tuple[float, ...]]:
    """Yield of each edit the seconds until the effect and until the scenarios, by the clock, and of computing."""
    drawn = random.Random(2026)
    connection, headers = opened(start)
    listed = choices(session.path)
    for number in range(edits + 1):
        file, at = drawn.choice(listed)
        value = value_at(session.document(session.file(file)).says(), at)
        typed = str(value + 1) if at[-1] == "from" else f"Is what number {number} asks done?"
        here, was = page_of(session, file, at)
        started, computed = time.perf_counter(), time.process_time()
        taken = []
        for part in PARTS:
            body = urlencode({"was": was, "do": "preview", "live": part, pointer_text(at): typed})
            connection.request("POST", f"/change?{urlencode({'file': file, 'at': here})}", body, headers)
            answer = connection.getresponse()
            shown = answer.read().decode()
            assert answer.status == 200, shown
            assert part != "effect" or "Nothing differs" not in shown, (file, at)
            taken += [time.perf_counter() - started, time.process_time() - computed]
        if number:  # the first one reads what all others find
            yield tuple(taken)
    connection.close()


def answers_by_http(session: Session, start: str, answers: int) -> Iterator[tuple[float, float]]:
    """Yield the seconds until an answer is recorded and what it comes to is shown, by the clock, and of computing."""
    connection, headers = opened(start)
    recording = session.recording_in_hand()
    cases, prompts = list(recording.table_of), list(recording.framework.prompts)
    for number in range(answers + 1):
        case, prompt = cases[7 * number % len(cases)], prompts[number % len(prompts)]
        address = f"/case?{urlencode({'case': case})}"
        connection.request("GET", address, headers=headers)
        found = re.search(r'name="was" value="([^"]*)"', connection.getresponse().read().decode())
        assert found is not None
        word = "no" if session.recording_in_hand().word(case, prompt) == "yes" else "yes"
        started, computed = time.perf_counter(), time.process_time()
        body = urlencode({"was": found[1], "live": "1", f"{ANSWER}{prompt}": word})
        connection.request("POST", address, body, headers)
        answer = connection.getresponse()
        shown = answer.read().decode()
        assert answer.status == 200, shown
        if number:
            yield time.perf_counter() - started, time.process_time() - computed
        assert session.recording_in_hand().word(case, prompt) == word
    connection.close()


def in_chromium(start: str, edits: int, folder: Path) -> list[list[float]]:
    """Return of each edit of the limit for a rating the milliseconds until the effect and until the scenarios."""
    base = start.partition("/start")[0]
    steps: list[Sequence[object]] = [
        ["go", start],
        ["go", f"{base}/change?{urlencode({'file': 'framework.yaml', 'at': '/key_question_bands'})}"],
        *(["timed", "From 2", str(51 + number % 28)] for number in range(edits + 1)),
    ]
    said = work(steps, folder)
    assert said["failed"] == "", said["failed"]
    return list(said["seen"])[1:]


def say(label: str, values: Sequence[float], times: float) -> None:
    figures = min(values), statistics.median(values), statistics.quantiles(values, n=20)[-1]
    print(f"{label:<64}{''.join(f'{times * each:8.0f}' for each in figures)}", flush=True)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--edits", type=int, default=100)
    asked.add_argument("--chromium", type=int, default=20)
    asked.add_argument("--answers", type=int, default=20)
    given = asked.parse_args()
    gc.set_threshold(100_000)  # as cli/__init__.py does it
    print(f"{'milliseconds':<64}   least  median    95 %")
    for name in ("shipped", "ten times as large"):
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            session = Session(*standards(folder, name))
            settle()
            with served(session) as start:
                columns = list(zip(*by_http(session, start, given.edits), strict=True))
            for number, part in enumerate(PARTS):
                say(f"{name}: HTTP until the {part}, by the clock", columns[2 * number], 1000)
                say(f"{name}: HTTP until the {part}, computing", columns[2 * number + 1], 1000)
            if given.chromium:
                with served(session) as start:
                    seen = in_chromium(start, given.chromium, folder)
                for number, part in enumerate(PARTS):
                    say(f"{name}: in Chromium from the key until the {part}", [each[number] for each in seen], 1)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        inspection = write(folder, standards=3, cases=ANSWERED)
        session = Session(folder / "standards" / "many" / "1", inspection)
        settle()
        with served(session) as start:
            clock, computing = zip(*answers_by_http(session, start, given.answers), strict=True)
        say(f"one answer among {ANSWERED:,} cases: HTTP until what it comes to, by the clock", clock, 1000)
        say(f"one answer among {ANSWERED:,} cases: HTTP until what it comes to, computing", computing, 1000)


if __name__ == "__main__":
    main()
