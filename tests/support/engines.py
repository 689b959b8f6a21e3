"""The engines that assess one case at a time, as far as they are on this machine, and what all of them say."""

from __future__ import annotations

from collections.abc import Sequence

from ctm_rules import Case, Framework, make_engine
from ctm_rules.engines import EngineName
from ctm_rules.engines.durable_ruleset import durable_is_available

ENGINES: list[EngineName] = ["reference", "durable"] if durable_is_available() else ["reference"]


def outcomes_by_every_engine(framework: Framework, cases: Sequence[Case]) -> dict[str, list[str]]:
    """Return the outcomes of the cases by the path of each key question: what the reference engine says.

    Raises:
        AssertionError: the durable engine says otherwise.
    """
    reference = make_engine(framework, "reference")
    outcomes = [[found.outcome for found in reference.assess(case).questions.values()] for case in cases]
    if durable_is_available():
        durable = make_engine(framework, "durable")
        assert outcomes == [[found.outcome for found in durable.assess(case).questions.values()] for case in cases]
    return {path: [row[number].value for row in outcomes] for number, path in enumerate(framework.key_questions)}
