"""What the values of a case may be (validation): the one place that says so, whichever door a case comes through.

Cells of tables are read as text and typed; cases built in Python are typed already. Both are held to the same rules,
and what is wrong is said with the same codes and hints.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from ctm_rules.diagnostics.findings import Code, Diagnostic, Location
from ctm_rules.diagnostics.suggestions import fold_name, nearest_name_hint
from ctm_rules.limits import MAX_CASES_IN_A_FINDING
from ctm_rules.model.framework import Framework
from ctm_rules.phrases import say_list

BAD_ANSWER = Code(
    "bad-answer",
    "error",
    what="The answer to a prompt or a measure, or the judgement of a key question, is none of the words allowed.",
    why="A misspelt answer must count neither as yes nor as no.",
    bad="c01,Yess",
    good="c01,yes",
)
BAD_VALUE = Code(
    "bad-value",
    "error",
    what="A fact has a value that it cannot have.",
    why="The case would fall in no group, or in the wrong one.",
    bad="risk_of_harm\nhihg",
    good="risk_of_harm\nhigh",
)


UNKNOWN_COLUMN = Code(
    "unknown-column",
    "error",
    what="A column of a table, or a name in a case, is no fact, prompt, measure or key question of the framework.",
    why="Its answers would count for nothing, and a misspelt column would leave the real one empty.",
    bad="case,asessment.safety.victims",
    good="case,assessment.safety.victims",
)


def unknown_name(
    at: Location,
    found: str,
    name: str,
    known: Sequence[str],
    path: str = "",
    *,
    wordings: Mapping[str, str] | None = None,
) -> Diagnostic:
    """Return the finding that a column of a table, or a name in a case, is none of those that are known.

    Args:
        at: where it is.
        found: what is called so, with the name.
        name: that name.
        known: the names that there are.
        path: where in what was built in Python.
        wordings: the names by what reports print for them, as :func:`names_by_wording` gives them.
    """
    worded = (wordings or {}).get(fold_name(str(name)))
    hint = f'it is the wording of "{worded}": write that name' if worded else ""
    hint = hint or nearest_name_hint(str(name), known, list_all=False)
    hint = hint or "columns are named by fact, or as standard.key_question.prompt"
    return UNKNOWN_COLUMN.found(at, f"{found}, which is not known to the framework", path=path or name, hint=hint)


def names_by_wording(framework: Framework) -> Mapping[str, str]:
    """Return the names of columns by what is asked or printed for them, as :func:`fold_name` leaves it.

    Somebody who makes a table from a form heads its columns so. What two of them share is left out.
    """
    worded = [
        *((fact.title, fact.id) for fact in framework.facts),
        *((question.ask, path) for path, question in framework.ruled_questions.items()),
        *((prompt.ask, path) for path, prompt in framework.prompts.items()),
        *((measure.title, path) for path, measure in framework.measures_by_path.items()),
    ]
    times = Counter(fold_name(wording) for wording, _ in worded)
    return {fold_name(wording): name for wording, name in worded if times[fold_name(wording)] == 1}


ABSENT_COLUMN = Code(
    "absent-column",
    "error",
    what="The table has no column for a prompt or a fact that a decision rule reads.",
    why="Every case would lack the answer, and a misspelt column name would go unnoticed.",
    bad='assess_frame(framework, frame)   # the column is called "assessment.safety.victim"',
    good='assess_frame(framework, frame, columns={"assessment.safety.victims": "assessment.safety.victim"})',
)


def absent_column(at: Location, names: Sequence[str], path: str, hint: str) -> Diagnostic:
    """Return the finding that a table has no columns of these names, which the rules read."""
    if len(names) == 1:
        message = f'there is no column "{names[0]}", and the rules read it'
    else:
        shown = [f'"{name}"' for name in names[:MAX_CASES_IN_A_FINDING]]
        more = [f"{len(names) - len(shown)} more"] if len(names) > len(shown) else []
        message = f"there are no columns {say_list([*shown, *more])}, and the rules read them"
    return ABSENT_COLUMN.found(at, message, path=path, hint=hint)
