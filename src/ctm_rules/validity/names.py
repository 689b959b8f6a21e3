"""The names in a framework: ids that are well-formed and stand once, and nothing named that is not declared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from attrs import field, frozen

from ctm_rules.diagnostics.characters import typed
from ctm_rules.diagnostics.findings import Code, Diagnostic, Findings, Fix, Location
from ctm_rules.diagnostics.suggestions import certain_name, fold_name, nearest_name, nearest_name_hint, say_no_such
from ctm_rules.model.declared import keys_of
from ctm_rules.model.elements import Assuming, Identified
from ctm_rules.model.former_names import is_address
from ctm_rules.model.framework import Framework, KeyQuestion, Prompt
from ctm_rules.phrases import say_list

ID_PATTERN = re.compile(r"[a-z][a-z0-9_]*")

UNKNOWN_NAME = Code(
    "unknown-name",
    "error",
    what="A rule, band, domain or variant names something that is not declared.",
    why="What is not declared has no value, so the rule could never be decided.",
    bad="yes_when: {all: [risk_of_hram]}",
    good="yes_when: {all: [risk_of_harm]}",
)


def unknown_name(
    at: Location, kind: str, name: str, known: Sequence[str], *, where: str = "", path: str = ""
) -> Diagnostic:
    """Return the finding that nothing of a kind has a name; ``where`` stands before the sentence."""
    hint = nearest_name_hint(name, known) or f"there are no {_several(kind)}"
    fix = Fix.replace(at, name, certain_name(name, known))
    return UNKNOWN_NAME.found(at, where + say_no_such(kind, name), path=path, hint=hint, fix=fix)


def _several(kind: str) -> str:
    """Return a kind in the plural: ``facts of the provider``, ``key questions rated by judgement``."""
    return re.sub(r"(?= (?:of|that|rated|to|with) |$)", "s", kind, count=1)


def check_known(kind: str, name: str, known: Iterable[str], at: Location, findings: Findings) -> bool:
    """Report a name that is not among those known; return whether it is."""
    names = list(known)
    if name not in names:
        findings.extend([unknown_name(at, kind, name, names)])
    return name in names


def check_assumed(element: Assuming, findings: Findings) -> None:
    """Report marks of assumption on keys that the element cannot have."""
    keys = keys_of(type(element))
    for index, name in enumerate(element.assumed):
        check_known("key", name, keys, element.at.of("assumed", index), findings)


@frozen
class _Scope:
    """What of one kind may be named, with its places, and what is named where; prompts belong to a key question."""

    kind: str
    known: Mapping[str, Location]
    question: KeyQuestion | None
    named: dict[str, list[Location]] = field(factory=dict)


_ADDRESSES = {"key question": "standard.key_question", "prompt": "standard.key_question.prompt"}
"""What may have stood elsewhere, and how its address of then is written."""


DUPLICATE_ID = Code(
    "duplicate-id",
    "error",
    what="Two elements of the same kind have the same id.",
    why="An answer or a score could belong to either of them.",
    bad="prompts: [{id: victims, …}, {id: victims, …}]",
    good="prompts: [{id: actual_victims, …}, {id: potential_victims, …}]",
)
BAD_ID = Code(
    "bad-id",
    "error",
    what="An id has characters that an id may not have.",
    why="Ids are column names and addresses: a dot, a space or a capital letter would break them.",
    bad="id: Risk of harm",
    good="id: risk_of_harm",
)


FORMER_NAME = Code(
    "former-name",
    "error",
    what="A former name of an element is the name of another one now, or two elements claim it.",
    why="Ratings and answers of earlier years would be joined to something else.",
    bad="prompts: [{id: victims, …}, {id: potential_victims, formerly: [victims], …}]",
    good="prompts: [{id: potential_victims, formerly: [victims], …}]",
)


class Names:
    """The names that a framework declares, and where it names what; what is named is judged once all of it is known.

    Attributes:
        framework: whose names they are.
        incomplete: its attributes of which something could not be read.
    """

    def __init__(self, framework: Framework, incomplete: frozenset[str], findings: Findings) -> None:
        self.framework = framework
        self.incomplete = incomplete
        self._findings = findings
        self._badly_named: set[str] = set()
        self._former: dict[tuple[str, str], str] = {}
        self._scopes: dict[tuple[str, int, frozenset[str]], _Scope] = {}

    # --- what is declared ----------------------------------------------------------------------------

    def check_ids(self, kind: str, elements: Sequence[Identified]) -> None:
        """Report ids of one kind that stand twice or cannot be ids."""
        seen: dict[str, Location] = {}
        for element in elements:
            if element.id in seen:
                message = f'two {kind}s have the id "{element.id}" (the first {seen[element.id].said})'
                self._findings.add(DUPLICATE_ID, element.at.of("id"), message, hint="give one of them another id")
            seen.setdefault(element.id, element.at.of("id"))
            self.check_id(f"id of a {kind}", element.id, element.at.of("id"))
        self.check_former(kind, [(element.id, getattr(element, "formerly", ()), element.at) for element in elements])

    def check_id(self, what: str, identifier: str, at: Location) -> None:
        """Report an id with characters that an id may not have."""
        if not ID_PATTERN.fullmatch(identifier):
            self._badly_named.add(fold_name(identifier))
            suggestion = re.sub(r"[^a-z0-9]+", "_", typed(identifier).lower()).strip("_")
            hint = "use small letters, digits and _, with a letter first"
            if ID_PATTERN.fullmatch(suggestion):
                hint += f': "{suggestion}"'
            self._findings.add(BAD_ID, at, f'"{identifier}" cannot be the {what}', hint=hint)

    def check_former(self, kind: str, elements: Sequence[tuple[str, Sequence[str], Location]]) -> None:
        """Report former names that are names of now, that two elements claim, or that cannot be names."""
        present = {name: at for name, _, at in elements}
        claimed: dict[str, str] = {}
        for name, formerly, at in elements:
            for number, former in enumerate(formerly):
                place = at.of("formerly", number)
                if is_address(former) and kind in _ADDRESSES:
                    continue  # which is looked at once every element is known
                self.check_id(f"former name of a {kind}", former, place)
                if former in present:
                    message = f'the {kind} "{name}" was not called "{former}" before: there is one of that name now'
                    self._findings.add(FORMER_NAME, place, message, hint="delete the former name")
                elif former in claimed:
                    message = f'"{former}" is claimed as a former name twice, by "{claimed[former]}" and "{name}"'
                    self._findings.add(FORMER_NAME, place, message, hint="keep it where the meaning was kept")
                claimed.setdefault(former, name)
                self._former.setdefault((kind, former), name)

    def check_former_addresses(self) -> None:
        """Report addresses of other places that are those of something now, that two claim, or that cannot be one."""
        kinds: Mapping[str, Mapping[str, KeyQuestion | Prompt]] = {
            "key question": self.framework.every_question,
            "prompt": self.framework.every_prompt,
        }
        for kind, elements in kinds.items():
            claimed = {
                f"{path.rpartition('.')[0]}.{former}": path
                for path, each in elements.items()
                for former in each.formerly
                if not is_address(former)
            }
            for path, element in elements.items():
                for number, former in enumerate(element.formerly):
                    if not is_address(former):
                        continue
                    place = element.at.of("formerly", number)
                    parts = former.split(".")
                    if len(parts) != len(path.split(".")) or not all(map(ID_PATTERN.fullmatch, parts)):
                        message = f'"{former}" cannot be the address that a {kind} had'
                        hint = f"write {_ADDRESSES[kind]}, or its id alone where it stood here"
                        self._findings.add(BAD_ID, place, message, hint=hint)
                    elif former in elements:
                        message = f'the {kind} "{path}" was not "{former}" before: there is one at that address now'
                        self._findings.add(FORMER_NAME, place, message, hint="delete the former address")
                    elif claimed.setdefault(former, path) != path:
                        message = (
                            f'"{former}" is claimed as a former address twice, by "{claimed[former]}" and "{path}"'
                        )
                        self._findings.add(FORMER_NAME, place, message, hint="keep it where the meaning was kept")

    # --- what is named -------------------------------------------------------------------------------

    def note(
        self, kind: str, name: str, known: Mapping[str, Location], at: Location, question: KeyQuestion | None = None
    ) -> bool:
        """Note that something is named at a place; return whether it is declared, and so is in ``known``."""
        # By identity: two questions may have the same id by mistake. By what is known: there are several scales.
        scope = self._scopes.setdefault((kind, id(question), frozenset(known)), _Scope(kind, known, question))
        places = scope.named.setdefault(name, [])
        if at.path or not at.line or at not in places:  # the name of a column in a table is named by every row
            places.append(at)
        return name in known

    def note_rating(self, rating: str, scales: Iterable[str], at: Location) -> None:
        """Note that a rating is named, which must be a step of one of these scales."""
        here = [*dict.fromkeys(scales)]
        known = {step.id: step.at.of("id") for scale in here for step in self.framework.scale(scale)}
        if not known:  # that a scale is not there, or has no steps, is said once
            return
        others = [name for name, steps in self.framework.every_scale.items() if rating in [step.id for step in steps]]
        if rating in known or not others:
            self.note("rating", rating, known, at)
        elif not {"ratings", "scales"} & self.incomplete:
            message = f'"{rating}" is a step of the scale "{others[0]}", and here stands one of "{here[0]}"'
            self._findings.add(UNKNOWN_NAME, at, message, hint=f"Allowed: {', '.join(sorted(known))}.")

    def report_unknown(self) -> None:
        """Report what is named and not declared, once everything that is named is known."""
        for scope in self._scopes.values():
            kind, known, named = scope.kind, scope.known, scope.named
            for name, places in named.items():
                # It may be declared in what could not be read, or is declared with an id that cannot be.
                unread = {f"{kind}s", *(["scales"] if kind == "rating" else [])}
                if name in known or unread & self.incomplete or fold_name(name) in self._badly_named:
                    continue
                meant = nearest_name(name, known)
                if meant is not None and meant not in named and len(places) > 1:
                    # Misspelt where it is declared, for otherwise it would be misspelt wherever it is named.
                    message = f'nothing names the {kind} "{meant}", and {len(places)} places name "{name}"'
                    self._findings.add(UNKNOWN_NAME, known[meant], message, hint=f'did you mean "{name}"?')
                    continue
                message = say_no_such(kind, name)
                if scope.question is not None:
                    message = f'the key question "{scope.question.id}" has no prompt "{name}"'
                own_hint = self._hint_for(kind, name, known, scope.question)
                now = self._former.get((kind, name))
                certain = now if now in known else certain_name(name, known)
                for at in places:
                    hint = own_hint if now not in known else f'it is called "{now}" now'
                    if meant is not None and now not in known:
                        file = "" if known[meant].file == at.file else f" of {Path(known[meant].file).name}"
                        hint += f' "{meant}" is declared {known[meant].said}{file}.'
                    fix = Fix.replace(at, name, certain)
                    self._findings.add(UNKNOWN_NAME, at, message, hint=hint, fix=fix)

    def _questions_beside(self, question: KeyQuestion, prompt: str) -> list[str]:
        """Return the key questions of the same standard that have a prompt."""
        beside = [
            own.key_questions for own in self.framework.standards if any(q is question for q in own.key_questions)
        ]
        return [f'"{q.id}"' for questions in beside for q in questions if any(p.id == prompt for p in q.prompts)]

    def _hint_for(self, kind: str, name: str, known: Mapping[str, Location], question: KeyQuestion | None) -> str:
        if kind == "prompt" and name in self.framework.facts_by_id:
            return say_fact_test(name)
        if question is not None:
            beside = self._questions_beside(question, name)
            if beside:
                return f"it is a prompt of {say_list(beside)}, and a rule reads those of its own key question."
        if name.startswith("-"):
            return "put a space after the dash."
        if " " in name and set(name.split()) <= set(known):
            return "start each of them on a line of its own with a dash, or write [a, b]."
        return nearest_name_hint(name, list(known)) or f"declare it first: there are no {_several(kind)}"


def say_fact_test(fact: str) -> str:
    """Return the hint for a fact that stands where a prompt is expected."""
    return f"it is a fact: write {{fact: {fact}, is: …}}."
