"""How many cases each sample has, and how many they were drawn from."""

from __future__ import annotations

from collections.abc import Mapping

from ctm_rules.model.framework import Framework
from ctm_rules.rating.counts import Counts
from ctm_rules.rating.results import Population


def plain_population(population: Population) -> int | dict[str, int] | None:
    """Return how many cases there are to draw from as plain data."""
    return dict(population) if isinstance(population, Mapping) else population


def say_population(population: Population) -> str:
    """Return how many cases there are to draw from in words: ``340``, ``court: 120, other: 220``."""
    if isinstance(population, Mapping):
        return ", ".join(f"{name}: {number}" for name, number in population.items())
    return "not given" if population is None else str(population)


def drawn_from(framework: Framework, path: str, population: Population) -> int | None:
    """Return how many cases those of a key question, prompt or measure were drawn from (``None``: that is not known).

    Of how many all samples together were drawn says nothing of one of them.
    """
    sample = framework.sample_of(path)
    if isinstance(population, Mapping):
        return None if sample is None else population.get(sample.id)
    return population if sample is None else None


def cases_counted(framework: Framework, counts: Mapping[str, Counts]) -> int:
    """Return how many cases counts come from at least, each case being of one sample."""
    most: dict[str, int] = {}
    for path, counted in counts.items():
        sample = framework.samples_asked.get(path)
        name = "" if sample is None else sample.id
        most[name] = max(most.get(name, 0), counted.cases)
    of_all = most.pop("", 0)
    return max(of_all, sum(most.values()))
