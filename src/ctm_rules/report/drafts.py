"""Findings drafted from the figures: one sentence for each key question and prompt, for an inspector to edit."""

from __future__ import annotations

import io
from typing import Literal

from attrs import frozen
from ruamel.yaml import YAML

from ctm_rules.languages.languages import Language, Text
from ctm_rules.model.framework import Standard
from ctm_rules.report.figures.disclosure import Share
from ctm_rules.report.material import Material


@frozen
class Draft:
    """One drafted sentence; its words begin by saying that it is a draft."""

    kind: Literal["strength", "area_for_improvement"]
    text: Text


def draft_findings(material: Material, language: Language) -> dict[str, tuple[Draft, ...]]:
    """Return drafted findings by the slug of each standard rated by cases."""
    standards = material.framework.standards
    return {each.slug: drafts_on(each, material, language) for each in standards if each.rated_by == "cases"}


def drafts_on(standard: Standard, material: Material, language: Language) -> tuple[Draft, ...]:
    """Return drafted findings on a standard rated by cases.

    A question whose figures may not be published has no sentence.
    """
    return tuple(
        _draft(path, share, material, language)
        for question in standard.key_questions
        for path in _paths(f"{standard.slug}.{question.id}", [prompt.id for prompt in question.prompts])
        if path in material.figures.whole and isinstance(share := material.figures.whole[path].share(), Share)
    )


def _paths(question: str, prompts: list[str]) -> list[str]:
    return [question, *(f"{question}.{prompt}" for prompt in prompts)]


def _draft(path: str, share: Share, material: Material, language: Language) -> Draft:
    vocabulary = material.vocabulary
    text = language.label(
        "draft",
        question=language.wording(material.framework, path, material.wording(path)),
        words=language.phrase(vocabulary.say(share.exact)),
        count=share.count,
        among=share.among,
    )
    return Draft("strength" if vocabulary.is_strength(share.exact) else "area_for_improvement", text)


def drafts_yaml(material: Material, language: Language) -> bytes:
    """Return the drafts as a block of an inspection file: copy it there, then edit every sentence."""
    findings = [
        {"standard": slug, "evidence": [{draft.kind: draft.text.value} for draft in drafts]}
        for slug, drafts in draft_findings(material, language).items()
        if drafts
    ]
    notes = [language.label("drafts_note").value]
    if material.declared.synthetic:
        notes.append(language.label("synthetic").value)
    out = io.StringIO()
    out.write("".join(f"# {note}\n" for note in notes))
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.width = 116
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # the library types it as None alone
    yaml.dump({"findings": findings}, out)
    return out.getvalue().encode()
