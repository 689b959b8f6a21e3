"""Scales without a gap: ratings, bands that hold every share and every score, and settings that agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from ctm_rules.diagnostics.findings import Code, Findings, Fix, Location, Reorder
from ctm_rules.diagnostics.suggestions import nearest_name, nearest_name_hint
from ctm_rules.limits import MAX_NAMES_LISTED
from ctm_rules.model.bands import Band, rules_by_value, say_bound
from ctm_rules.model.framework import (
    NOT_RATED,
    RATINGS,
    AnyBands,
    Domain,
    DomainRating,
    Framework,
    KeyQuestion,
    KeyQuestionBands,
    PointsInBands,
    Rating,
    Standard,
)
from ctm_rules.model.rating_rules import SumInBands
from ctm_rules.phrases import say_list, say_number
from ctm_rules.validity.names import Names
from ctm_rules.validity.rules import OTHER_FACT
from ctm_rules.validity.standards import BAD_DOMAINS, BAD_STANDARD

BAD_SETTING = Code(
    "bad-setting",
    "error",
    what="Two settings contradict each other.",
    why="No share or date can satisfy both.",
    bad="share_of: yes\namong: [no]",
    good="share_of: yes\namong: [yes, no]",
)


def check_scales(names: Names, findings: Findings) -> None:
    """Report settings of the scales that contradict one another, and bands that leave something without a rating."""
    framework = names.framework
    for name, steps in framework.every_scale.items():
        _check_steps(name, steps, names, findings)
    if not framework.ratings and "ratings" not in names.incomplete and _needs_ratings(framework):
        hint = "add ratings: [{id: good, label: Good, score: 1}]"
        at = framework.at.of("ratings")
        findings.add(BAD_SETTING, at, "the framework has no ratings", hint=hint)
    known = {name: framework.at.of_key("scales", name) for name in framework.scales} | {RATINGS: framework.at}
    elements: tuple[Standard | Domain | KeyQuestion, ...]
    elements = (*framework.standards, *framework.domains, *framework.every_question.values())
    for element in elements:
        names.note("scale", element.scale, known, element.at.of("scale"))
    _check_questions(names, findings)
    for where, scale, rule in _sums(framework):
        _check_every_band(rule, where, scale, names, findings)
    if isinstance(framework.domain_rating, DomainRating):
        _check_domain_bands(framework.domain_rating, names, findings)
    may_move = framework.panel.may_move
    for level in ("standards", "domains", "overall"):
        if getattr(may_move, level) < 0:
            message = f"a panel may move a rating by {getattr(may_move, level)} steps, which is no number of steps"
            hint = "write how many steps it may move one, up or down, or delete it"
            findings.add(BAD_SETTING, may_move.at.of(level), message, hint=hint)


def _check_questions(names: Names, findings: Findings) -> None:
    """Report what contradicts itself in how key questions are rated."""
    framework, of_all = names.framework, names.framework.key_question_bands
    is_missing = of_all is None and "key_question_bands" not in names.incomplete
    answered = [each for each in framework.every_question.values() if each.rated_by == "answers" and not each.points]
    if is_missing and any(question.rating is None for question in answered):
        message = "standards are rated by cases and there are no key_question_bands"
        findings.add(BAD_STANDARD, framework.at, message, hint="add key_question_bands to the framework file")
    for standard in framework.standards:
        is_rated = of_all is None or framework.rated_questions(standard)
        if standard.rating is not None and not is_rated:
            message = f'the standard "{standard.slug}" is rated by its key questions, and they have no ratings'
            hint = "add bands to key_question_bands, or delete the rating of the standard"
            findings.add(BAD_STANDARD, standard.at.of("rating"), message, hint=hint)
    for placed in framework.placed_bands:
        if placed.bands.is_rating:
            _check_every_band(placed.bands, placed.address, placed.scale, names, findings)
    for each in {id(placed.bands): placed.bands for placed in framework.placed_bands}.values():
        _check_counting(each, findings)
    for path, question in framework.every_question.items():
        points = question.rating
        if isinstance(points, PointsInBands):
            if points.is_rating:
                _check_every_band(points, f"{path}.rating", question.scale, names, findings)
            _check_minimum(points, findings)
            if points.to <= 0:
                message = f"to is {say_number(points.to)}, and a value is rounded to a multiple of something"
                findings.add(BAD_SETTING, points.at.of("to"), message, hint="write to: 0.1, or delete it")


def _check_counting(questions: KeyQuestionBands, findings: Findings) -> None:
    """Report what contradicts itself in how outcomes are counted."""
    if questions.share_of not in questions.among:
        message = f'share_of is "{questions.share_of}", which is not in among'
        at = questions.at.of("share_of")
        findings.add(BAD_SETTING, at, message, hint=f"add {questions.share_of} to among")
    if len({*questions.among}) < len(questions.among):
        message = "the same outcome stands twice in among, and would be counted twice"
        hint = f"write among: [{', '.join(dict.fromkeys(questions.among))}]"
        findings.add(BAD_SETTING, questions.at.of("among"), message, hint=hint)
    _check_minimum(questions, findings)


def _check_minimum(declared: KeyQuestionBands | PointsInBands, findings: Findings) -> None:
    if declared.minimum_cases < 1:
        what = "a value" if isinstance(declared, PointsInBands) else "a share"
        message = f"minimum_cases is {declared.minimum_cases}, and {what} needs a case"
        findings.add(BAD_SETTING, declared.at.of("minimum_cases"), message, hint="write the fewest cases, or delete it")


def _needs_ratings(framework: Framework) -> bool:
    """Return whether anything is rated on the list of ratings."""
    return (
        any(each.scale == RATINGS for each in framework.standards if each.rated_by == "judgement")
        or any(placed.scale == RATINGS and placed.bands.is_rating for placed in framework.placed_bands)
        or (not framework.placed_bands and any(each.rated_by == "cases" for each in framework.standards))
        or any(placed.scale == RATINGS for placed in framework.placed_rules())
        or any(
            isinstance(each.rating, PointsInBands) and each.rating.is_rating and each.scale == RATINGS
            for each in framework.every_question.values()
        )
    )


def _sums(framework: Framework) -> Iterator[tuple[str, str, SumInBands]]:
    """Yield every rule that places scores in bands of its own, with what it rates in words, and on which scale."""
    rules: list[tuple[str, str, object]] = [
        ("overall", RATINGS, framework.overall),
        ("domain_rating", RATINGS, framework.domain_rating),
        ("standard_rating", RATINGS, framework.standard_rating),
        *((f"domain {domain.id}", domain.scale, framework.rule_of_domain(domain)) for domain in _summed(framework)),
        *((f"standard {each.slug}", each.scale, framework.rule_of_standard(each)) for each in framework.standards),
    ]
    seen: set[tuple[int, str]] = set()
    for where, scale, rule in rules:
        if isinstance(rule, SumInBands) and (id(rule), scale) not in seen:
            seen.add((id(rule), scale))
            yield where, scale, rule


def _summed(framework: Framework) -> list[Domain]:
    """Return the domains whose bands do not stand in a table of all domains."""
    is_table = isinstance(framework.domain_rating, DomainRating)
    return [domain for domain in framework.domains if domain.rating is not None or not is_table]


def _check_steps(name: str, steps: tuple[Rating, ...], names: Names, findings: Findings) -> None:
    """Report a scale without steps, names that are kept for something else, and scores that do not add up."""
    at = names.framework.at
    if name != RATINGS:
        names.check_id("name of a scale", name, at.of_key("scales", name))
        names.check_ids("rating", steps)
        if not steps:
            message = f'the scale "{name}" has no steps'
            findings.add(BAD_SETTING, at.of("scales", name), message, hint="list its steps, the best first")
    if name == RATINGS and RATINGS in names.framework.scales:
        message = f'"{RATINGS}" is the scale of everything that names no other, and stands by itself'
        findings.add(BAD_SETTING, at.of_key("scales", name), message, hint="give this scale another name")
    without = [step for step in steps if step.score is None]
    if without and len(without) < len(steps):
        message = f'the rating "{without[0].id}" has no score, and others have one'
        findings.add(BAD_SETTING, without[0].at, message, hint="add score: …, or give none of them a score")
    for step in steps:
        if step.id == NOT_RATED:
            message = f'"{NOT_RATED}" is what people record where they give no rating, and no step of a scale'
            findings.add(BAD_SETTING, step.at.of("id"), message, hint="choose another id")
        if step.score is not None and step.score < 0:
            message = f'the rating "{step.id}" has a score below 0, and every scale of scores starts at 0'
            findings.add(BAD_SETTING, step.at.of("score"), message, hint="let the worst rating score 0")


def _check_domain_bands(declared: DomainRating, names: Names, findings: Findings) -> None:
    """Report domains without bands, and bands of what is no domain."""
    domains = {domain.id: domain.at.of("id") for domain in names.framework.domains}
    for domain, bands in declared.bands_of.items():
        names.note("domain", domain, domains, declared.at.of_key("bands_of", domain))
        scale = next((each.scale for each in names.framework.domains if each.id == domain), RATINGS)
        _check_bands(bands, declared.at.of("bands_of", domain), f"domain {domain}", scale, names, findings)
    for domain in declared.out_of:
        names.note("domain", domain, domains, declared.at.of_key("out_of", domain))
    unknown = [domain for domain in declared.bands_of if domain not in domains]
    for domain in domains:
        if domain not in declared.bands_of and nearest_name(domain, unknown) is None:
            message = f'domain_rating has no bands for the domain "{domain}"'
            at = declared.at.of("bands_of")
            findings.add(BAD_DOMAINS, at, message, hint=f"add {domain}: [{{from: 0, rating: …}}]")


BAD_CHOICE_OF_BANDS = Code(
    "bad-choice-of-bands",
    "error",
    what="The bands that a fact of the provider chooses are not there for each of its values, or for what is none.",
    why="A provider would have no bands, or those of nobody would be thought to be somebody's.",
    bad="bands_by: {state: {north: [{from: 0, rating: good}]}}     # and the state may be south as well",
    good="bands_by: {state: {north: [{from: 0, rating: good}], south: [{from: 0, rating: good}]}}",
)


def _check_every_band(rule: AnyBands, where: str, scale: str, names: Names, findings: Findings) -> None:
    """Report what is wrong with the bands of a rule, or with those that a fact of the provider chooses."""
    if not rule.bands_by:
        _check_bands(rule.bands, rule.at.of("bands"), where, scale, names, findings)
        return
    at = rule.at.of_key("bands_by")
    if rule.bands:
        message = f"{where} has bands of its own, and bands that a fact chooses"
        findings.add(BAD_CHOICE_OF_BANDS, at, message, hint="keep one of them")
    if len(rule.bands_by) > 1:
        message = f"the bands of {where} are chosen by {say_list(list(rule.bands_by))}, and one fact can choose them"
        hint = "write one fact; where two matter, declare one whose values say both"
        findings.add(BAD_CHOICE_OF_BANDS, at, message, hint=hint)
        return
    for fact, bands_of in rule.bands_by.items():
        _check_rows(rule, fact, [*bands_of], where, names, findings)
    for value, each in rules_by_value(rule).items():
        row = rule.at.of("bands_by", *rule.bands_by, value)
        # Of a table that could not be read whole, nobody can say what is missing.
        _check_bands(each.bands, row, f"{where} for {value}", scale, names, findings, is_whole=not names.incomplete)


def _check_rows(rule: AnyBands, fact: str, rows: list[str], where: str, names: Names, findings: Findings) -> None:
    """Report a fact that cannot choose bands, its values without bands, and bands for what is no value of it."""
    at = rule.at.of_key("bands_by", fact)
    facts = names.framework.provider_facts_by_id
    if fact in names.framework.facts_by_id and fact not in facts:
        message = f'"{fact}" is a fact of a case, and the bands of {where} are chosen by what is known of the provider'
        hint = "declare it among provider_facts, if that is what it is about"
        findings.add(OTHER_FACT, at, message, hint=hint)
        return
    if not names.note("fact of the provider", fact, {each: facts[each].at.of("id") for each in facts}, at):
        return
    values = {"choice": [*facts[fact].values], "yes_no": ["yes", "no"]}.get(facts[fact].type)
    if values is None:
        message = f'the bands of {where} are chosen by "{fact}", which is a {facts[fact].type.replace("_", " ")}'
        hint = "a fact that chooses bands is a choice, or yes or no: only then can each of its values have a row"
        findings.add(BAD_CHOICE_OF_BANDS, at, message, hint=hint)
        return
    for row in rows:
        if row not in values:
            message = f'"{row}" is no value of the fact "{fact}"'
            hint = nearest_name_hint(row, values)
            findings.add(BAD_CHOICE_OF_BANDS, rule.at.of_key("bands_by", fact, row), message, hint=hint)
    # Of a table that could not be read whole, nobody can say what is missing.
    missing = [value for value in values if value not in rows and nearest_name(value, set(rows) - {*values}) is None]
    if missing and not names.incomplete:
        few = [*missing[:MAX_NAMES_LISTED], *(["…"] if len(missing) > MAX_NAMES_LISTED else [])]
        message = f'there are no bands of {where} where "{fact}" is {say_list(few, "or")}'
        findings.add(BAD_CHOICE_OF_BANDS, rule.at.of("bands_by", fact), message, hint="add a row for each of them")


BAD_BANDS = Code(
    "bad-bands",
    "error",
    what="Bands are not in strict order, have bounds of both kinds, or leave some value without a rating.",
    why="Some share or score would have no rating, or two.",
    bad="bands: [{from: 65, rating: good}, {from: 80, rating: outstanding}]",
    good="bands: [{from: 80, rating: outstanding}, {from: 65, rating: good}, {from: 0, rating: inadequate}]",
)


def _check_bands(
    bands: tuple[Band, ...],
    at: Location,
    where: str,
    scale: str,
    names: Names,
    findings: Findings,
    *,
    is_whole: bool = True,
) -> None:
    """Report bands that are not in order, or, where all of them were read, leave some value without a rating."""
    if not bands:
        if is_whole:
            message = f"{where} has no bands"
            findings.add(BAD_BANDS, at, message, hint="add bands: [{from: 0, rating: …}]")
        return
    if _has_bounds_that_compare(bands, where, findings):
        _check_order(bands, _in_order(bands, at, names.framework.scale(scale)), findings)
        if is_whole:
            _check_rest(bands[-1], where, findings)
    for band in bands:
        names.note_rating(band.rating, [scale], band.at.of("rating"))


def _has_bounds_that_compare(bands: tuple[Band, ...], where: str, findings: Findings) -> bool:
    """Report bands without a bound, with two, or of another kind than the first; return whether there are none."""
    before = len(findings)
    for number, band in enumerate(bands):
        if len(band.bounds) > 1:
            message = f"a band has one bound, and this says {say_list(list(band.bounds))}"
            hint = "keep one of them: where the next band begins is said by the next band"
            findings.add(BAD_BANDS, band.at, message, hint=hint)
        elif not band.bounds and number < len(bands) - 1:
            message = (
                f"the band of {where} that gives {band.rating} has no bound, so that no band below it is ever asked"
            )
            findings.add(BAD_BANDS, band.at, message, hint="write from, above, up_to or below, or move it to the end")
        elif band.bounds and band.is_upper is not bands[0].is_upper:
            kind, other = ("a lower", "an upper") if bands[0].is_upper else ("an upper", "a lower")
            message = f"this band has {kind} bound, and the first band of {where} {other} one"
            hint = (
                "write up_to or below in each of them" if bands[0].is_upper else "write from or above in each of them"
            )
            findings.add(BAD_BANDS, band.at, message, hint=hint)
    return len(findings) == before


def _in_order(bands: tuple[Band, ...], at: Location, scale: Sequence[Rating]) -> Fix | None:
    """Return the fix that puts bands in order, where they are then in the order of their scale (``None``: not so)."""
    if not all(band.bounds for band in bands):
        return None
    is_upper = bands[0].is_upper
    bounds = [next(iter(band.bounds.values())) for band in bands]
    order = sorted(range(len(bands)), key=lambda number: bounds[number], reverse=not is_upper)
    ranks = {step.id: rank for rank, step in enumerate(scale)}
    ranked = [ranks.get(bands[number].rating, -1) for number in order]
    is_graded = sorted(set(ranked)) in (ranked, ranked[::-1]) and -1 not in ranked
    if len(set(bounds)) < len(bounds) or not is_graded or order == sorted(order):
        return None
    return Fix("put the bands in order", at, Reorder(tuple(order)))


def _check_order(bands: tuple[Band, ...], fix: Fix | None, findings: Findings) -> None:
    """Report bands that hold nothing, since a band before them holds it all."""
    for before, after in pairwise(band for band in bands if band.bounds):
        (key, bound), (other, other_bound) = (next(iter(band.bounds.items())) for band in (before, after))
        # A value is above what it is from; it is below what it is up to.
        first, then = (bound, key in ("above", "up_to")), (other_bound, other in ("above", "up_to"))
        if before.is_upper and then <= first:
            message = f"the band {say_bound(after, say_number)} stands below the band {say_bound(before, say_number)}"
            hint = "write each upper bound once, the lowest band first"
            findings.add(BAD_BANDS, after.at, message, hint=hint, fix=fix)
        elif not before.is_upper and then >= first:
            message = f"the band {say_bound(after, say_number)} stands below the band {say_bound(before, say_number)}"
            hint = "write each lower bound once, the highest band first"
            findings.add(BAD_BANDS, after.at, message, hint=hint, fix=fix)


def _check_rest(last: Band, where: str, findings: Findings) -> None:
    """Report that what no band before it holds is not held by the last band either."""
    bound = say_bound(last, say_number)
    if last.is_upper:
        ends = bound.replace("up to", "at")
        message = f"the highest band of {where} ends {ends}, so what lies above has no rating"
        findings.add(BAD_BANDS, last.at, message, hint="add a last band without a bound: {rating: …}")
    elif last.bounds and last.lowest != 0:
        starts = bound.replace("from", "at")
        message = f"the lowest band of {where} starts {starts}, so what lies below has no rating"
        findings.add(BAD_BANDS, last.at, message, hint="let the last band start at 0")
