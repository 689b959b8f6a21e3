"""What an editor shows of a name: its sentence, its rule in words, and where it is used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from ctm_rules.diagnostics.findings import Findings
from ctm_rules.editing.names import Name
from ctm_rules.editing.uses import Around, Use
from ctm_rules.model.conditions import Condition
from ctm_rules.model.framework import Framework, KeyQuestion
from ctm_rules.model.rules_in_words import say, say_points, say_rating_rule
from ctm_rules.phrases import say_count, say_list
from ctm_rules.yaml_files.marked_yaml import MarkedDict, MarkedList, MarkedValue, read_yaml

_SENTENCES = ("statement", "ask", "title", "label")
"""The keys that say in words what an element is, the one that says most first."""


def sentence_of(name: Name, around: Around) -> str:
    """Return what an element says of itself (nothing: it has only its name)."""
    spot = around.names.declaration(name).spot
    value: MarkedValue = read_yaml(Path(spot.file), Findings())
    for step in spot.at if spot.key is not None else spot.at[:-1]:
        if isinstance(value, MarkedDict):
            value = value.get(str(step))
        elif isinstance(value, MarkedList) and isinstance(step, int) and step < len(value):
            value = value[step]
    if isinstance(value, MarkedDict):
        value = next((value[key] for key in _SENTENCES if isinstance(value.get(key), str)), None)
    return value if isinstance(value, str) else ""


def rule_of(name: Name, framework: Framework) -> Iterator[str]:
    """Yield how an element is decided, one sentence for each of its rules."""
    question = framework.key_questions.get(name.address) if name.kind == "key question" else None
    if question is not None:
        yield from _rules_of(question, framework)
    elif name.kind == "prompt" and name.address in framework.prompts:
        prompt = framework.prompts[name.address]
        if prompt.applies_when is not None:
            yield f"Applies when {say(prompt.applies_when, framework)}."
    elif name.address in (conditions := _conditions(framework)):
        when = conditions[name.address]
        yield f"When {say(when, framework)}." if when is not None else "Of every case."
    elif name.kind == "standard":
        standard = framework.standards_by_slug.get(name.address)
        if standard is not None and standard.rating is not None:
            yield f"Rated by {'; '.join(say_rating_rule(standard.rating, framework, standard.scale))}."


def _conditions(framework: Framework) -> dict[str, Condition | None]:
    """Return what picks cases out and has a name of its own, by its address."""
    return {
        **{f"samples.{each.id}": each.when for each in framework.samples},
        **{f"variants.{each.id}": each.when for each in framework.variants},
        **{f"measures.{each.id}": each.applies_when for each in framework.measures},
        **{f"subgroups.{each.id}.{group.id}": group.when for each in framework.subgroups for group in each.groups},
    }


def _rules_of(question: KeyQuestion, framework: Framework) -> Iterator[str]:
    if question.applies_when is not None:
        yield f"Applies when {say(question.applies_when, framework)}."
    if question.yes_when is not None:
        yield f"Yes when {say(question.yes_when, framework, question)}."
    points = say_points(question, framework)
    if points:
        yield f"Points: {'; '.join(points)}."


def where_used(uses: Iterable[Use]) -> str:
    """Return in how many places of which kinds a name is used, in one sentence."""
    places = [use for use in uses if not use.mention.declares]
    if not places:
        return "Used nowhere."
    kinds = Counter(use.used_in for use in places)
    said = [f"{count} in {_KINDS[kind]}" for kind, count in kinds.items()]
    return f"Used in {say_count(len(places), 'place')}: {say_list(said)}."


_KINDS = {
    "standards": "the standards",
    "other standards": "other standards",
    "scenarios": "scenarios",
    "amendment": "amendments",
    "translation": "translations",
    "inspection": "inspections",
    "reading": "readings of tables",
    "table of bands": "tables of bands",
    "table of cases": "tables of cases",
}
