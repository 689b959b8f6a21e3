"""What is kept while standards are edited beside what is worked out anew (`python -m tests.support.kept_results 100`).

Edits are drawn: some put in one place what stands in another under the same key, as people do who copy, some are any.
After each, everything that is shown must be what nobody kept anything for: down to the lines of findings and clauses.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from ctm_rules.checking.elements import elements_of
from ctm_rules.diagnostics.findings import Diagnostic, DiagnosticError
from ctm_rules.editing.edits import Edit, Pointer, SetValue, node_of
from ctm_rules.editing.evaluation import Evaluation
from ctm_rules.editing.session import Session
from ctm_rules.frameworks.loading import NotYetWritten
from ctm_rules.inspections.inspection import Inspection, load_inspection
from ctm_rules.model import remembered
from ctm_rules.model.framework import Framework
from ctm_rules.model.remembered import Kept
from tests.support.paths import EXAMPLE, ROOT
from tests.support.random_edits import at, draw_edit, places

T = TypeVar("T")

STANDARDS: Mapping[str, tuple[Path, Path]] = {
    "probation": (ROOT / "standards" / "hmip-pdu" / "2024", EXAMPLE),
    **{
        name: (ROOT / "examples" / "schemes" / name, ROOT / "examples" / "schemes" / name / "inspection.yaml")
        for name in ("youth-justice", "public-protection", "care-assessment")
    },
}
"""Standards that are edited, each with an inspection by them: a folder of one edition, or one that holds everything."""


class NothingKept(Kept):
    """Works everything out anew."""

    def of(self, _what: object, _parts: tuple[object, ...], work_out: Callable[[], T]) -> T:
        return work_out()


def copied(name: str, folder: Path) -> tuple[Path, Path]:
    """Write a copy of standards and of an inspection by them, and return where both are."""
    standards, inspection = STANDARDS[name]
    if name == "probation":
        edition = Path(shutil.copytree(standards, folder / "standards" / "hmip-pdu" / "2024"))
        return edition, Path(shutil.copytree(inspection.parent, folder / "examples" / "ctm")) / inspection.name
    there = Path(shutil.copytree(standards, folder / name))
    return next((there / "standards").glob("*/*")), there / inspection.name


def draw(session: Session, drawn: random.Random) -> tuple[Path, Edit]:
    """Return an edit of one of the files in hand."""
    file = drawn.choice([*3 * session.declaring, *session.scenario_files()])
    data = session.document(file).says()
    if drawn.random() < 0.2:
        return file, draw_edit(data, drawn)[0]
    by_key: dict[str, list[Pointer]] = {}
    for place in places(data):
        if place and isinstance(place[-1], str):
            by_key.setdefault(place[-1], []).append(place)
    several = [found for found in by_key.values() if len({repr(at(data, each)) for each in found}) > 1]
    to, source = drawn.sample(drawn.choice(several), 2)
    value = at(data, source)
    if isinstance(value, str) and drawn.random() < 0.5:
        value = f"{value} " * drawn.choice([1, 9]) + "again?"  # on more lines than before, or on fewer
    return file, SetValue(to, node_of(value))


def everything(evaluation: Evaluation) -> dict[str, Any]:
    """Return all that is shown of some standards, as plain data."""
    framework, effect, coverage = evaluation.framework, evaluation.effect, evaluation.coverage
    said: dict[str, Any] = {"findings": [_finding(each) for each in evaluation.findings]}
    if framework is not None:
        said |= {
            "declared": framework.checksum,
            "places": [(type(each).__name__, each.at, dict(each.at.parts)) for each in elements_of(framework)],
        }
    changes = evaluation.changes
    said |= {
        "changes": None if changes is None else [repr(each) for each in changes.changes],
        "scenarios": [each.to_dict() for each in evaluation.scenarios],
        "broken scenarios": [_finding(each) for each in evaluation.scenario_findings],
        "coverage": None if coverage is None else coverage.to_dict(),
        "effect": None if effect is None else (effect.to_dict(), effect.to_markdown(), effect.after.to_dict()),
        "no effect": [_finding(each) for each in evaluation.no_effect],
    }
    return said


def _finding(found: Diagnostic) -> tuple[str, object]:
    return str(found), found.fix


def fresh(session: Session, before: Framework, inspection: Inspection) -> Evaluation:
    """Return what the files in hand come to, with nothing known of what they came to before."""
    contents = session.history.contents
    return Evaluation(
        session.path, NotYetWritten(contents), session.scenario_files(), before, inspection, NothingKept()
    )


def differences(name: str, edits: int, seed: int, folder: Path) -> Iterator[tuple[int, str, bool, list[str]]]:
    """Yield after each edit its number, what it was, whether the standards are valid by now, and what is said wrongly.

    What is broken stays for a while and is then taken back, and so is some of the rest.
    """
    drawn = random.Random(seed)
    path, file = copied(name, folder)
    session = Session(path, file, although_used=True)
    nothing = Evaluation(path, NotYetWritten({}), (), None, None, NothingKept())
    assert nothing.framework is not None
    inspection = load_inspection(file, framework=nothing.framework)
    for number in range(edits):
        try:
            changed, edit = draw(session, drawn)
            session.edit("an edit", {changed: [edit]})
        except (DiagnosticError, IndexError):
            continue  # nothing that can be done to this file
        kept = session.evaluation
        known, anew = everything(kept), everything(fresh(session, nothing.framework, inspection))
        is_valid = kept.framework is not None
        wrong = [key for key, value in anew.items() if known.get(key) != value]
        yield number, f"{changed.name} {edit}", is_valid, wrong
        if drawn.random() < (0.2 if is_valid else 0.7):
            session.undo()


def main() -> int:
    remembered.ROUNDS_KEPT = sys.maxsize  # what was ever worked out may be wrong
    edits, seed = (int(each) for each in (*sys.argv[1:], "100", "1")[:2])
    wrong = valid = done = 0
    for name in STANDARDS:
        with tempfile.TemporaryDirectory() as folder:
            for number, edit, is_valid, said in differences(name, edits, seed, Path(folder)):
                done, valid, wrong = done + 1, valid + is_valid, wrong + bool(said)
                if said:
                    print(f"{name}, edit {number}: {edit}: {', '.join(said)}")
    print(f"{done} edits, {valid} of them to valid standards: {wrong} after which something else was said than anew")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
