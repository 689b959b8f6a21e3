"""Texts as reports print them: odd characters, questions that are none, texts that were copied and not changed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ctm_rules.checking.copies import check_differ
from ctm_rules.checking.elements import elements_of, parts_of, texts_of
from ctm_rules.diagnostics.characters import say_character
from ctm_rules.diagnostics.findings import Code, Diagnostic, Findings, Fix
from ctm_rules.model.elements import Placed
from ctm_rules.model.framework import Framework, KeyQuestion, Prompt
from ctm_rules.model.remembered import once_for_the_same


def check_texts(framework: Framework, findings: Findings) -> None:
    """Report texts that were most likely not meant as they stand."""
    _check_odd_texts(framework, findings)
    _check_questions(framework, findings)
    _check_same_texts(framework, findings)


def _check_odd_texts(framework: Framework, findings: Findings) -> None:
    findings.extend(_odd_texts(framework))
    for part in parts_of(framework):
        findings.extend(_odd_below(part))


@once_for_the_same
def _odd_below(part: object) -> tuple[Diagnostic, ...]:
    return tuple(found for element in elements_of(part) for found in _odd_texts(element))


ODD_TEXT = Code(
    "odd-text",
    "warning",
    what="A text has characters that were most likely not meant: a comma at its end, curly quotation marks around it, "
    "a tab or an invisible character, broken accents, or nothing but a placeholder.",
    why="It would be printed in reports as it stands.",
    bad="title: “Assessment”,",
    good="title: Assessment",
)


def _odd_texts(element: Placed) -> Iterator[Diagnostic]:
    for key, text, at in texts_of(element):
        problem, hint = _odd(key, text)
        if problem:
            meant = _meant(text)
            fix = None if meant == text else Fix.replace(at, text, meant)
            yield ODD_TEXT.found(at, f"{key} {problem}", hint=hint, fix=fix)


_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffd]|\t")
_BROKEN_ACCENTS = re.compile("â€|Ã[\x80-\xbf]|Â[\xa0-\xbf]")
_WRAPPED = re.compile("[“”„«‘‚][^“”„«»‘]*[”“»’]")
_PLACEHOLDER = re.compile(r"\W*(todo|tbc|tbd|fixme|xxx+|lorem ipsum.*|\.\.\.|…|\?+)\W*", re.IGNORECASE)


def _odd(key: str, text: str) -> tuple[str, str]:
    """Return what is odd about a text and what to do, or nothing."""
    invisible = _INVISIBLE.search(text)
    if invisible:
        place = f"character {invisible.start() + 1} of it"
        kind = "" if invisible[0] == "\t" else "an invisible character, "
        return f"contains {kind}{say_character(invisible[0])}", f"type the words around {place} again"
    if broken := _BROKEN_ACCENTS.search(text):
        return f'contains "{broken[0]}", which looks like a broken accent or quotation mark', "type it again, as UTF-8"
    if _WRAPPED.fullmatch(text):
        return "stands in curly quotation marks, which will be printed", 'use straight ones (") or none'
    if text.endswith(","):
        return "ends with a comma", "delete the comma: no comma stands at the end of a line"
    if _PLACEHOLDER.fullmatch(text) or (key in ("ask", "statement") and not re.search(r"\w", text)):
        return "is only a placeholder", "write the text"
    return "", ""


_WITHOUT_SHAPE = re.compile("[\u200b\ufeff]")
"""Characters that take no room and change nothing of a word: what stands around them is what was meant."""


def _meant(text: str) -> str:
    """Return an odd text put right where there is one way to do it; else as it is."""
    if _INVISIBLE.search(text):
        meant = _WITHOUT_SHAPE.sub("", text)
        return text if _INVISIBLE.search(meant) or not meant.strip() else meant
    return text[:-1].rstrip() if text.endswith(",") and text[:-1].rstrip(" ,") == text[:-1].rstrip() else text


NOT_A_QUESTION = Code(
    "not-a-question",
    "warning",
    what="What is asked does not end with a question mark.",
    why="Part of the question may be lost: what follows a # after a space is a comment and is not read.",
    bad="ask: Does the plan name the #1 risk?",
    good='ask: "Does the plan name the #1 risk?"',
)


def _check_questions(framework: Framework, findings: Findings) -> None:
    prompts = [*framework.prompts.values(), *framework.provider_prompts.values()]
    questions = list(framework.every_question.values())
    # Where most prompts are written as questions, one that is not has most likely lost its end.
    is_usual = 2 * sum(prompt.ask.endswith("?") for prompt in prompts) > len(prompts)
    asked: list[KeyQuestion | Prompt] = [*questions, *(prompts if is_usual else [])]
    for element in asked:
        if not element.ask.endswith("?"):
            message = f'"{element.id}" asks something and does not end with a question mark'
            hint = "end it with ?; put the text in quotes if it contains a #"
            findings.add(NOT_A_QUESTION, element.at.of("ask"), message, hint=hint)


SAME_TEXT = Code(
    "same-text",
    "warning",
    what="Two prompts of a key question, key questions of a standard, or statements of one domain say the same.",
    why="A block was most likely copied and not changed, and the same finding would count twice.",
    bad="- {id: plan, ask: Is there a plan?}\n- {id: review, ask: Is there a plan?}",
    good="- {id: plan, ask: Is there a plan?}\n- {id: review, ask: Is the plan reviewed?}",
)


def _check_same_texts(framework: Framework, findings: Findings) -> None:
    for question in framework.every_question.values():
        check_differ(findings, SAME_TEXT, "prompts ask", [(p.ask, p.id, p.at.of("ask")) for p in question.prompts])
    for standard in framework.standards:
        own = standard.key_questions
        check_differ(findings, SAME_TEXT, "key questions ask", [(q.ask, q.id, q.at.of("ask")) for q in own])
    for domain in framework.domains:
        # Standards of two domains ask the same of two kinds of work on purpose, in the same words.
        of_domain = [standard for standard in framework.standards if standard.slug in domain.standards]
        statements = [(s.statement, s.slug, s.at.of("statement")) for s in of_domain]
        check_differ(findings, SAME_TEXT, "standards state", statements)
