"""Many standards: 35 of them with 210 key questions and 1,050 prompts, 200 cases, and what each command takes.

Run: python -m tests.benchmarks.many_standards [--beside CHECKOUT] [--keep FOLDER]

Standards, answers and facts are made up and seeded. Each command runs in a process of its own. Printed are its seconds
of computing and its memory at the most, each with those of the programs that it starts (on Linux). ``--beside`` names a
checkout of another version with its own .venv or none: the two take turns on the same files, and what is read is the
ratio. ``--keep`` writes the files to a folder and ends.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.support.paths import ROOT

STANDARDS, QUESTIONS, PROMPTS, CASES = 35, 6, 5, 200
DOMAINS = ("leading", "serving", "protecting")
CONCERNS = ("victims", "agencies", "children", "drugs", "visits", "enforcement")
"""Facts of a case that a prompt can hang on."""

COMMANDS = {
    "rate": ["rate", "inspection.yaml"],
    "what-if --next-rating": ["what-if", "inspection.yaml", "--next-rating"],
    "report, every format": ["report", "inspection.yaml", "-o", "out"],
    "report, HTML and JSON": ["report", "inspection.yaml", "-o", "out", "--format", "html", "--format", "json"],
}


def slugs(standards: int) -> list[str]:
    return [f"standard_{number:02}" for number in range(1, standards + 1)]


def write(folder: Path, *, standards: int = STANDARDS, cases: int = CASES) -> Path:
    """Write standards, a table of cases and an inspection to a folder, and return the file of the inspection."""
    made = folder / "standards" / "many" / "1"
    made.mkdir(parents=True)
    (made / "framework.yaml").write_text(_framework(standards), encoding="utf-8")
    (made / "facts.yaml").write_text(_facts(), encoding="utf-8")
    (made / "measures.yaml").write_text(_measures(), encoding="utf-8")
    for number, slug in enumerate(slugs(standards), start=1):
        (made / f"{slug}.yaml").write_text(_standard(number, slug), encoding="utf-8")
    _write_cases(folder / "cases.csv", standards, cases)
    inspection = folder / "inspection.yaml"
    inspection.write_text(
        'framework: {id: many, edition: "1"}\nprovider: {id: north, name: The northern service, region: North}\n'
        "title: An inspection by many standards\nfieldwork: {started: 2026-03-02, weeks: 2}\n"
        "cases: {file: cases.csv, synthetic: true}\n",
        encoding="utf-8",
    )
    return inspection


def _framework(standards: int) -> str:
    of: dict[str, list[str]] = {domain: [] for domain in DOMAINS}
    for number, slug in enumerate(slugs(standards)):
        of[DOMAINS[number % len(DOMAINS)]].append(slug)
    domains = [
        f"  - {{id: {domain}, title: {domain.title()}, standards: [{', '.join(below)}]}}"
        for domain, below in of.items()
    ]
    lines = [
        "id: many",
        'edition: "1"',
        "title: Many standards",
        "publisher: An inspectorate",
        "in_force_from: 2026-01-01",
        "ratings:",
        "  - {id: outstanding, label: Outstanding, score: 3}",
        "  - {id: good, label: Good, score: 2}",
        "  - {id: requires_improvement, label: Requires improvement, score: 1}",
        "  - {id: inadequate, label: Inadequate, score: 0}",
        "domains:",
        *domains,
        "key_question_bands:",
        "  share_of: yes",
        "  among: [yes, no]",
        "  round: half_up",
        "  decided_on: rounded",
        "  undetermined: exclude",
        "  bands:",
        "    - {from: 80, rating: outstanding}",
        "    - {from: 65, rating: good}",
        "    - {from: 50, rating: requires_improvement}",
        "    - {from: 0, rating: inadequate}",
        "standard_rating: {take: lowest, of: key_questions}",
        "overall:",
        "  sum_of: scores",
        f"  out_of: {3 * standards}",
        "  bands:",
        f"    - {{from: {2 * standards}, rating: outstanding}}",
        f"    - {{from: {standards}, rating: good}}",
        f"    - {{from: {standards // 2}, rating: requires_improvement}}",
        "    - {from: 0, rating: inadequate}",
        "panel: {within_points: 2, one_case_would_change_it: true, one_standard_would_change_it: true}",
        "disclosure: {smallest_count: 5, smallest_group: 10}",
        "",
    ]
    return "\n".join(lines)


def _facts() -> str:
    concerns = [f"  - {{id: {fact}, title: There is a concern about {fact}, type: yes_no}}" for fact in CONCERNS]
    return "\n".join(
        [
            "facts:",
            "  - {id: grade, title: Grade, type: choice, values: {po: Officer, pso: Service officer}}",
            "  - {id: risk, title: Risk, type: choice, ordered: true, values: {low: Low, medium: Medium, high: High}}",
            "  - {id: sex, title: Sex, type: choice, values: {female: Female, male: Male}}",
            *concerns,
            "",
        ]
    )


def _measures() -> str:
    measures = [
        f"  - {{id: {fact}_met, title: The concern about {fact} is met, applies_when: {{fact: {fact}, is: yes}}}}"
        for fact in CONCERNS
    ]
    groups = {
        "grade": [("pso", "{fact: grade, is: pso}"), ("po", "{fact: grade, is: po}")],
        "risk": [("lower", "{fact: risk, at_most: medium}"), ("high", "{fact: risk, is: high}")],
        "sex": [("female", "{fact: sex, is: female}"), ("male", "{fact: sex, is: male}")],
    }
    lines = ["measures:", *measures, "subgroups:"]
    for name, of in groups.items():
        lines += [f"  - id: {name}", f"    title: {name.title()}", "    groups:"]
        lines += [f"      - {{id: {group}, title: {group.title()}, when: {when}}}" for group, when in of]
    return "\n".join([*lines, ""])


def _standard(number: int, slug: str) -> str:
    lines = [
        f"id: S {number}",
        f"slug: {slug}",
        f"title: Standard number {number}",
        f"statement: What is promised under number {number} is done.",
        "rated_by: cases",
        "key_questions:",
    ]
    for question in range(QUESTIONS):
        lines += [f"  - id: q{question}", f"    ask: Is what {number}.{question} asks done?", "    prompts:"]
        for prompt in range(PROMPTS):
            when = ""
            if prompt == PROMPTS - 1:
                when = f", applies_when: {{fact: {_concern(number, question)}, is: yes}}"
            lines.append(f'      - {{id: p{prompt}, ask: "Is part {prompt} of {number}.{question} done?"{when}}}')
        others = ", ".join(f"p{prompt}" for prompt in range(1, PROMPTS))
        lines.append(f"    yes_when: {{all: [p0, {{at_least: {{count: 2, of: [{others}]}}}}]}}")
    return "\n".join([*lines, ""])


def _concern(standard: int, question: int) -> str:
    """Return the fact that the last prompt of a key question hangs on."""
    return CONCERNS[(standard + question) % len(CONCERNS)]


def _write_cases(path: Path, standards: int, cases: int) -> None:
    rng = random.Random(2026)
    asked = [
        (f"{slug}.q{question}.p{prompt}", number, _concern(number, question) if prompt == PROMPTS - 1 else None)
        for number, slug in enumerate(slugs(standards), start=1)
        for question in range(QUESTIONS)
        for prompt in range(PROMPTS)
    ]
    likely = [rng.uniform(0.7, 0.95) for _ in range(standards + 1)]
    measures = [f"measures.{each}_met" for each in CONCERNS]
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["case", "grade", "risk", "sex", *CONCERNS, *measures, *(address for address, *_ in asked)])
        for case in range(cases):
            facts = [rng.choice(of) for of in (["po", "po", "pso"], ["low", "medium", "high"], ["male", "female"])]
            concerns = {each: rng.choice(["yes", "no"]) for each in CONCERNS}
            met = [rng.choice(["yes", "no"]) if concerns[each] == "yes" else "" for each in CONCERNS]
            answers = []
            for _, number, concern in asked:
                answer = "na" if rng.random() > 0.98 else "yes" if rng.random() < likely[number] else "no"
                answers.append("" if concern is not None and concerns[concern] == "no" else answer)
            table.writerow([f"c{case:04}", *facts, *concerns.values(), *met, *answers])


def measure(checkout: Path, command: list[str], folder: Path) -> tuple[float, float]:
    """Return the seconds of computing of a command, and its memory at the most with the programs that it starts."""
    python = checkout / ".venv" / "bin" / "python"
    python = python if python.exists() else Path(sys.executable)
    environment = {**os.environ, "PYTHONPATH": str(checkout / "src")}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    called = [str(python), "-m", "ctm_rules", *command]
    with tempfile.TemporaryFile() as said:
        run = subprocess.Popen(called, cwd=folder, env=environment, stdout=said, stderr=said)
        most = 0.0
        while run.poll() is None:
            most = max(most, _megabytes(run.pid))
            time.sleep(0.02)
        said.seek(0)
        if run.returncode > 1:
            sys.exit(said.read().decode())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, most


def _megabytes(process: int) -> float:
    """Return the memory that a process and those that it started have now (0: it has ended)."""
    of = Path("/proc") / str(process)
    try:
        found = re.search(r"VmRSS:\s*(\d+)", (of / "status").read_text())
        below = [int(each) for task in (of / "task").iterdir() for each in (task / "children").read_text().split()]
    except OSError:
        return 0.0
    return (int(found[1]) / 1024 if found else 0.0) + sum(map(_megabytes, below))


def main() -> int:
    """Measure what is asked for, and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--beside", type=Path)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--turns", type=int, default=3)
    arguments = parser.parse_args()
    if arguments.keep is not None:
        print(write(arguments.keep))
        return 0
    checkouts = [ROOT, *([arguments.beside.resolve()] if arguments.beside else [])]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder)
        for label, command in COMMANDS.items():
            taken: dict[Path, list[tuple[float, float]]] = {each: [] for each in checkouts}
            for _ in range(arguments.turns):
                for each in checkouts:
                    taken[each].append(measure(each, command, folder))
            quickest = [(min(s for s, _ in taken[each]), min(m for _, m in taken[each])) for each in checkouts]
            said = "".join(f"{seconds:9.2f} s{memory:8.0f} MB" for seconds, memory in quickest)
            ratio = f"{quickest[0][0] / quickest[1][0]:9.2f}" if arguments.beside else ""
            print(f"{label:28}{said}{ratio}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
