"""Standards whose parts fit together: slugs that stand once, questions with prompts, each in one domain."""

from __future__ import annotations

from collections.abc import Sequence

from ctm_rules.diagnostics.findings import Append, Code, Findings, Fix
from ctm_rules.diagnostics.suggestions import nearest_name
from ctm_rules.limits import MAX_SCORE, MAX_WEIGHT
from ctm_rules.model.answers import Answer
from ctm_rules.model.framework import (
    MEASURES,
    RATINGS,
    Domain,
    KeyQuestion,
    PointsInBands,
    Prompt,
    QuestionPoints,
    Rating,
    Standard,
)
from ctm_rules.model.rating_rules import FirstThatHolds
from ctm_rules.validity.names import BAD_ID, DUPLICATE_ID, Names, check_assumed
from ctm_rules.validity.rating_rules import check_lines_of_question
from ctm_rules.validity.rules import check_condition, check_rule


def check_standards(names: Names, findings: Findings) -> None:
    """Report standards that cannot be told apart, and what is wrong with each."""
    printed: dict[str, Standard] = {}
    slugs: dict[str, Standard] = {}
    for standard in names.framework.standards:
        at = standard.at.of("slug")
        for seen, key, kind in ((printed, standard.id, "id"), (slugs, standard.slug, "slug")):
            if key in seen:
                message = f'two standards have the {kind} "{key}" (the other in {seen[key].at.of(kind)})'
                hint = f"give one of them another {kind}"
                findings.add(DUPLICATE_ID, standard.at.of(kind), message, hint=hint)
            seen.setdefault(key, standard)
        names.check_id("slug of a standard", standard.slug, at)
        if standard.slug == MEASURES:
            message = f'the slug "{MEASURES}" is kept for counted measures'
            findings.add(BAD_ID, at, message, hint="choose another slug")
        _check_standard(standard, names, findings)
    former = [(standard.slug, standard.formerly, standard.at) for standard in names.framework.standards]
    names.check_former("standard", former)
    names.check_former_addresses()


BAD_STANDARD = Code(
    "bad-standard",
    "error",
    what="A standard's parts do not fit the way in which it is rated.",
    why="A standard rated by cases needs key questions and bands; a judged one must not have key questions.",
    bad="rated_by: judgement\nkey_questions: […]",
    good="rated_by: cases\nkey_questions: […]",
)


def _check_standard(standard: Standard, names: Names, findings: Findings) -> None:
    """Report parts of a standard that do not fit the way in which it is rated."""
    check_assumed(standard, findings)
    check_condition(standard.applies_when, f"standard {standard.slug}", names, findings, of_provider=True)
    _note_sample(standard, names)
    names.check_ids("key question", standard.key_questions)
    names.check_ids("theme", standard.themes)
    if standard.rated_by == "cases" and not standard.key_questions:
        message = f'the standard "{standard.slug}" is rated by cases and has no key questions'
        at = standard.at.of("rated_by")
        findings.add(BAD_STANDARD, at, message, hint="add key_questions, or make it rated_by: judgement")
    if standard.rated_by == "judgement" and standard.key_questions:
        message = f'the standard "{standard.slug}" is rated by judgement and has key questions'
        at = standard.at.of("rated_by")
        findings.add(BAD_STANDARD, at, message, hint="make it rated_by: cases, or delete them")
    for question in standard.key_questions:
        _check_question(question, names, findings)


def _note_sample(element: Domain | Standard | KeyQuestion, names: Names) -> None:
    if element.sample is not None:
        known = {sample.id: sample.at.of("id") for sample in names.framework.samples}
        names.note("sample", element.sample, known, element.at.of("sample"))


def _check_question(question: KeyQuestion, names: Names, findings: Findings) -> None:
    """Report a key question whose parts do not fit together, and what is wrong with its conditions and rules."""
    check_assumed(question, findings)
    names.check_ids("prompt", question.prompts)
    if question.rated_by == "judgement":
        _check_judged(question, findings)
        return
    _check_parts(question, findings)
    of_provider = question.asked_of == "provider"
    for prompt in question.prompts:
        check_assumed(prompt, findings)
        check_condition(prompt.applies_when, f"prompt {prompt.id}", names, findings, of_provider=of_provider)
    check_condition(question.applies_when, f"key question {question.id}", names, findings, of_provider=of_provider)
    _check_answers(question, names, findings)
    if question.yes_when is not None:
        check_rule(question.yes_when, question, names, findings)
    if isinstance(question.rating, FirstThatHolds) and of_provider:
        for condition in check_lines_of_question(question.rating, question, names, findings):
            check_rule(condition, question, names, findings)
    _note_sample(question, names)
    known = {variant.id: variant.at.of("id") for variant in names.framework.variants}
    for variant_id, variant in question.variants.items():
        check_assumed(variant, findings)
        names.note("variant", variant_id, known, question.at.of_key("variants", variant_id))
        check_rule(variant.yes_when, question, names, findings)


def _check_parts(question: KeyQuestion, findings: Findings) -> None:
    """Report a key question without prompts or without a rule, or with more than one way to answer it."""
    name, at = f'the key question "{question.id}"', question.at
    if not question.prompts:
        findings.add(BAD_STANDARD, at, f"{name} has no prompts", hint="add prompts: [{id: …, ask: …}]")
    if question.points is not None:
        _check_points(question, question.points, findings)
        return
    if isinstance(question.rating, PointsInBands):
        message = f"{name} is rated by points, and has none"
        hint = "add points: {percent_of: prompts}, or rate it by share_of"
        findings.add(BAD_POINTS, question.rating.at, message, hint=hint)
    has_lines = isinstance(question.rating, FirstThatHolds)
    if has_lines and question.asked_of == "cases":
        message = f"{name} is asked of cases, of which a share is rated, and has lines that give a rating"
        hint = "write share_of with bands, or asked_of: provider"
        findings.add(BAD_STANDARD, question.rating.at if question.rating else at, message, hint=hint)
    elif question.yes_when is not None and has_lines:
        message = f"{name} is rated by its prompts, and has a rule that decides whether it is yes"
        findings.add(BAD_STANDARD, at.of("yes_when"), message, hint="keep yes_when, or the lines of its rating")
    elif question.yes_when is None and not has_lines:
        message = f"{name} has no rule that says when it is yes"
        hint = "add yes_when: {all: […]}, or points: {sum_of: prompts}"
        if question.asked_of == "provider":
            hint += ", or rating: {first_that_holds: [{rating: …, when: …}, …]}"
        findings.add(BAD_STANDARD, at, message, hint=hint)
    _check_asked_once(question, findings)


def _check_asked_once(question: KeyQuestion, findings: Findings) -> None:
    """Report what is of cases in a key question that the provider is asked."""
    name, at = f'the key question "{question.id}"', question.at
    if question.variants and question.asked_of == "provider":
        message = f"{name} is asked of the provider, and variants are of cases"
        findings.add(BAD_STANDARD, at.of("variants"), message, hint="delete variants")
    if question.sample is not None and question.asked_of == "provider":
        message = f"{name} is asked of the provider, and samples are of cases"
        findings.add(BAD_STANDARD, at.of("sample"), message, hint="delete sample")


BAD_POINTS = Code(
    "bad-points",
    "error",
    what="Points of a key question cannot be worked out, or what stands beside them cannot be meant with them.",
    why="A number that leaves out an answer, or that nobody can tell from the answers, would be placed in a band.",
    bad="points: {percent_of: prompts}\nyes_when: {all: [people, processes]}",
    good="points: {percent_of: prompts}\nrating: {mean_of: points, bands: […]}",
)


def _check_points(question: KeyQuestion, points: QuestionPoints, findings: Findings) -> None:
    """Report points that are not said in one way, and what a key question with points cannot have beside them."""
    name, at = f'the key question "{question.id}"', question.at
    said = [key for key in ("sum_of", "mean_of", "percent_of") if getattr(points, key)]
    if len(said) != 1:
        message = f"the points of {name} are said in {len(said) or 'no'} ways"
        hint = "keep one of them" if said else "write points: {sum_of: prompts}, mean_of or percent_of"
        findings.add(BAD_POINTS, points.at.of(said[1]) if said else points.at, message, hint=hint)
    if question.yes_when is not None:
        message = f"{name} has points, and a rule that decides whether it is yes"
        findings.add(BAD_POINTS, at.of("yes_when"), message, hint="keep one of the two")
    if question.variants:
        message = f"{name} has points, and variants are other rules than yes_when"
        hint = "delete variants; a prompt that is for some cases only has applies_when"
        findings.add(BAD_POINTS, at.of("variants"), message, hint=hint)
    rated = question.rating
    if not isinstance(rated, PointsInBands):
        message = f"{name} has points, and does not say what becomes of them over cases"
        hint = "add rating: {mean_of: points, bands: […]}, or sum_of or percent_of; without bands they are only shown"
        findings.add(BAD_POINTS, at if rated is None else rated.at, message, hint=hint)
    else:
        said = [key for key in ("sum_of", "mean_of", "percent_of") if getattr(rated, key)]
        if len(said) != 1:
            message = f"what becomes of the points of {name} is said in {len(said) or 'no'} ways"
            hint = "keep one of them" if said else "write mean_of: points, sum_of or percent_of"
            findings.add(BAD_POINTS, rated.at.of(said[1]) if said else rated.at, message, hint=hint)
        if rated.decided_on == "exact" and (rated.to != 1 or rated.round != "half_up"):
            message = f"it is said how the value of {name} is rounded, and it is placed in its bands as it is"
            place = rated.at.of("to" if rated.to != 1 else "round")
            findings.add(BAD_POINTS, place, message, hint="add decided_on: rounded, or delete it")
    _check_asked_once(question, findings)


def _check_answers(question: KeyQuestion, names: Names, findings: Findings) -> None:
    """Report scales that prompts cannot be answered on, and weights that are none."""
    framework = names.framework
    known = {name: framework.at.of_key("scales", name) for name in framework.scales} | {RATINGS: framework.at}
    for prompt in question.prompts:
        if not 1 <= prompt.weight <= MAX_WEIGHT:
            message = f'the weight of "{prompt.id}" is {prompt.weight}, and it is from 1 to {MAX_WEIGHT:,}'
            findings.add(BAD_POINTS, prompt.at.of("weight"), message, hint="write how many times its score counts")
        counts_for_nothing = [*(["answers"] if prompt.answers else []), *(["weight"] if prompt.weight != 1 else [])]
        if question.points is None and question.rated_by == "answers":
            named = question.prompts_read
            for key in counts_for_nothing:
                if key == "answers" and prompt.id in named:
                    continue  # it is said where a rule takes it for yes or no
                message = f'"{prompt.id}" has {key}, and its key question "{question.id}" has no points'
                hint = f"add points: {{sum_of: prompts}} in place of yes_when, or delete {key}"
                findings.add(BAD_POINTS, prompt.at.of(key), message, hint=hint)
        elif prompt.answers and names.note("scale", prompt.answers, known, prompt.at.of("answers")):
            _check_scale_of_answers(prompt.answers, framework.scale(prompt.answers), prompt, findings)


def _check_scale_of_answers(name: str, steps: Sequence[Rating], prompt: Prompt, findings: Findings) -> None:
    at = prompt.at.of("answers")
    without = [step for step in steps if step.score is None]
    if without:
        message = f'"{prompt.id}" is answered on the scale "{name}", and its step "{without[0].id}" has no score'
        findings.add(BAD_POINTS, at, message, hint="give each step of the scale its score")
    elif steps and not any(step.score for step in steps):
        message = f'"{prompt.id}" is answered on the scale "{name}", on which no step scores more than 0'
        findings.add(BAD_POINTS, at, message, hint="give the best step the highest score")
    elif any((step.score or 0) > MAX_SCORE for step in steps):
        message = f'"{prompt.id}" is answered on the scale "{name}", on which a step scores more than {MAX_SCORE:,}'
        findings.add(BAD_POINTS, at, message, hint="write smaller scores")
    for step in steps:
        if step.id == Answer.NA.value:
            message = f'"{prompt.id}" is answered on the scale "{name}", and "na" is what says that it does not arise'
            findings.add(BAD_POINTS, at, message, hint=f'give the step "{step.label}" another id')


def _check_judged(question: KeyQuestion, findings: Findings) -> None:
    """Report what a key question that people rate has to say about answers."""
    said = {
        "prompts": question.prompts,
        "yes_when": question.yes_when,
        "applies_when": question.applies_when,
        "variants": question.variants,
        "rating": question.rating,
        "sample": question.sample,
        "points": question.points,
    }
    for key, value in said.items():
        if value:
            message = f'the key question "{question.id}" is rated by judgement, and has {key}'
            hint = "delete it, or delete rated_by: judgement"
            findings.add(BAD_STANDARD, question.at.of(key), message, hint=hint)
    if question.asked_of == "provider":
        message = f'the key question "{question.id}" is rated by judgement, and nobody is asked'
        findings.add(BAD_STANDARD, question.at.of("asked_of"), message, hint="delete asked_of")


BAD_DOMAINS = Code(
    "bad-domains",
    "error",
    what="A standard stands in no domain or in two, or a domain that is rated lacks its bands.",
    why="Every score must count once in the overall rating.",
    bad="domains: [{id: delivery, title: Delivery, standards: []}]",
    good="domains: [{id: delivery, title: Delivery, standards: [assessment]}]",
)


def check_domains(names: Names, findings: Findings) -> None:
    """Report standards that stand in no domain or in two."""
    framework = names.framework
    known = {standard.slug: standard.at.of("slug") for standard in framework.standards}
    domain_of: dict[str, str] = {}
    unknown: list[str] = []
    for domain in framework.domains:
        _note_sample(domain, names)
        if not domain.standards:
            message = f'the domain "{domain.id}" has no standards'
            at = domain.at.of("standards")
            findings.add(BAD_DOMAINS, at, message, hint="list its standards by their slugs")
        for index, slug in enumerate(domain.standards):
            at = domain.at.of("standards", index)
            if not names.note("standard", slug, known, at):
                unknown.append(slug)
            elif slug in domain_of:
                message = f'the standard "{slug}" is in two places: "{domain_of[slug]}" and "{domain.id}"'
                findings.add(BAD_DOMAINS, at, message, hint="keep it in one of them")
            domain_of.setdefault(slug, domain.id)
    for standard in framework.standards:
        # Where a domain misspells the slug, that has been said, and once is enough.
        is_misspelt = nearest_name(standard.slug, unknown) is not None
        if not framework.domains or not standard.in_total:  # there are none, or it is reported beside them
            continue
        if standard.slug not in domain_of and not is_misspelt and "domains" not in names.incomplete:
            message = f'the standard "{standard.slug}" is in no domain'
            hint = f"add {standard.slug} to the standards of a domain in the framework file"
            only = framework.domains[0].at.of("standards") if len(framework.domains) == 1 else None
            said = f"add {standard.slug} to the only domain"
            fix = None if only is None else Fix(said, only, Append(standard.slug))
            findings.add(BAD_DOMAINS, standard.at.of("slug"), message, hint=hint, fix=fix)
