"""Engines that evaluate a framework: one protocol, several ways to run it, the same answers.

Hands on: `Engine`, `make_engine` and the names of engines; `ReferenceEngine`, which explains; what is decided of rules
before any case is there (`plan_question`, `facts_meet`, `walk_facts`; `Diagrams`); what conditions about ratings are
decided from (`Standings`); and for whole tables the package
frame, with dask.py and spark.py to run it where the parts of a table are.
Private: durable, durable_ruleset, rating_clauses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias, get_args

from ctm_rules.diagnostics.findings import NOWHERE, CtmRulesError, RequestError
from ctm_rules.engines.base import Engine
from ctm_rules.model.framework import Framework
from ctm_rules.validity.names import unknown_name

EngineName = Literal["auto", "durable", "reference"]
"""``auto`` is ``durable`` wherever durable_rules can be imported, else ``reference``."""

AnyEngine: TypeAlias = EngineName | Engine | Callable[[Framework], Engine]
"""What every argument called ``engine`` takes: the name of an engine, one that was made for the framework (of one's
own, too), or a function that makes one, for what compares two frameworks."""


class EngineUnavailableError(CtmRulesError):
    """The engine that was asked for is not installed here."""


def require_engine_name(name: str, names: Sequence[str] = get_args(EngineName)) -> None:
    """Refuse the name of an engine that there is not.

    Raises:
        DiagnosticError: it is none of ``names``.
    """
    if name not in names:
        raise RequestError([unknown_name(NOWHERE, "engine", str(name), names, path="/engine")])


def make_engine(framework: Framework, name: EngineName = "auto") -> Engine:
    """Return an engine compiled for a framework.

    A framework is checked once, so that engines for the same one are cheap to make.

    Raises:
        DiagnosticError: nothing can be decided by this framework; carries every mistake in it.
            Or there is no engine of that name.
        EngineUnavailableError: ``durable`` was asked for and durable_rules is not installed.

    >>> from ctm_rules import Answer, Case, load_framework
    >>> engine = make_engine(load_framework("hmip-pdu"), "reference")
    >>> case = Case("c1", answers={"assessment.safety.risk_of_harm": Answer.NO})
    >>> engine.assess(case).questions["assessment.safety"].outcome
    <Outcome.NO: 'no'>
    """
    require_engine_name(name)
    if name != "reference":
        from ctm_rules.engines.durable_ruleset import DURABLE_IS_MISSING, durable_is_available

        if durable_is_available():
            from ctm_rules.engines.durable import DurableEngine

            return DurableEngine(framework)
        if name == "durable":
            raise EngineUnavailableError(DURABLE_IS_MISSING)
    from ctm_rules.engines.reference import ReferenceEngine

    return ReferenceEngine(framework)


__all__ = ["AnyEngine", "Engine", "EngineName", "EngineUnavailableError", "make_engine", "require_engine_name"]
