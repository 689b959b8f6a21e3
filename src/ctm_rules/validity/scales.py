"""Scales without a gap: ratings, bands that hold every share and every score, and settings that agree."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ctm_rules.diagnostics.findings import Code, Findings, Location
from ctm_rules.diagnostics.suggestions import nearest_name
from ctm_rules.model.framework import DomainRating, Framework
from ctm_rules.model.rating_rules import Band, SumInBands
from ctm_rules.phrases import say_number
from ctm_rules.validity.names import Names
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
    if not framework.ratings and "ratings" not in names.incomplete:
        hint = "add ratings: [{id: good, label: Good, score: 1}]"
        at = framework.at.of("ratings")
        findings.add(BAD_SETTING, at, "the framework has no ratings", hint=hint)
    for rating in framework.ratings:
        if rating.score is not None and rating.score < 0:
            message = f'the rating "{rating.id}" has a score below 0, and every scale of scores starts at 0'
            findings.add(BAD_SETTING, rating.at.of("score"), message, hint="let the worst rating score 0")
    questions = framework.key_question_bands
    if questions is not None:
        _check_bands(questions.bands, questions.at.of("bands"), "key_question_bands", names, findings)
        if questions.share_of not in questions.among:
            message = f'share_of is "{questions.share_of}", which is not in among'
            at = questions.at.of("share_of")
            findings.add(BAD_SETTING, at, message, hint=f"add {questions.share_of} to among")
        if len({*questions.among}) < len(questions.among):
            message = "the same outcome stands twice in among, and would be counted twice"
            hint = f"write among: [{', '.join(dict.fromkeys(questions.among))}]"
            findings.add(BAD_SETTING, questions.at.of("among"), message, hint=hint)
    elif "key_question_bands" not in names.incomplete and any(
        standard.rated_by == "cases" for standard in framework.standards
    ):
        message = "standards are rated by cases and there are no key_question_bands"
        findings.add(BAD_STANDARD, framework.at, message, hint="add key_question_bands to the framework file")
    _check_scores_are_whole(names, findings)
    for where, rule in _sums(framework):
        _check_bands(rule.bands, rule.at.of("bands"), where, names, findings)
    if isinstance(framework.domain_rating, DomainRating):
        _check_domain_bands(framework.domain_rating, names, findings)


def _sums(framework: Framework) -> Iterator[tuple[str, SumInBands]]:
    """Yield every rule that places a sum in bands of its own, with what it rates in words."""
    rules: list[tuple[str, object]] = [("overall", framework.overall), ("domain_rating", framework.domain_rating)]
    rules += [(f"domain {domain.id}", domain.rating) for domain in framework.domains]
    rules += [("standard_rating", framework.standard_rating)]
    rules += [(f"standard {standard.slug}", standard.rating) for standard in framework.standards]
    for where, rule in rules:
        if isinstance(rule, SumInBands):
            yield where, rule


def _check_scores_are_whole(names: Names, findings: Findings) -> None:
    """Report ratings without a score beside ratings with one."""
    ratings = names.framework.ratings
    without = [rating for rating in ratings if rating.score is None]
    if without and len(without) < len(ratings):
        message = f'the rating "{without[0].id}" has no score, and others have one'
        findings.add(BAD_SETTING, without[0].at, message, hint="add score: …, or give none of them a score")


def _check_domain_bands(declared: DomainRating, names: Names, findings: Findings) -> None:
    """Report domains without bands, and bands of what is no domain."""
    domains = {domain.id: domain.at.of("id") for domain in names.framework.domains}
    for domain, bands in declared.bands_of.items():
        names.note("domain", domain, domains, declared.at.of_key("bands_of", domain))
        _check_bands(bands, declared.at.of("bands_of", domain), f"domain {domain}", names, findings)
    for domain in declared.out_of:
        names.note("domain", domain, domains, declared.at.of_key("out_of", domain))
    unknown = [domain for domain in declared.bands_of if domain not in domains]
    for domain in domains:
        if domain not in declared.bands_of and nearest_name(domain, unknown) is None:
            message = f'domain_rating has no bands for the domain "{domain}"'
            at = declared.at.of("bands_of")
            findings.add(BAD_DOMAINS, at, message, hint=f"add {domain}: [{{from: 0, rating: …}}]")


BAD_BANDS = Code(
    "bad-bands",
    "error",
    what="Bands are not in strictly descending order, or do not end at 0.",
    why="Some share or score would have no rating, or two.",
    bad="bands: [{from: 65, rating: good}, {from: 80, rating: outstanding}]",
    good="bands: [{from: 80, rating: outstanding}, {from: 65, rating: good}, {from: 0, rating: inadequate}]",
)


def _check_bands(bands: tuple[Band, ...], at: Location, where: str, names: Names, findings: Findings) -> None:
    """Report bands that are not in descending order, or do not end at 0."""
    if not bands:
        message = f"{where} has no bands"
        findings.add(BAD_BANDS, at, message, hint="add bands: [{from: 0, rating: …}]")
        return
    for above, below in pairwise(bands):
        if below.lowest >= above.lowest:
            message = f"the band from {say_number(below.lowest)} stands below the band from {say_number(above.lowest)}"
            hint = "write each lower bound once, the highest band first"
            findings.add(BAD_BANDS, below.at, message, hint=hint)
    if bands[-1].lowest != 0:
        lowest = say_number(bands[-1].lowest)
        message = f"the lowest band of {where} starts at {lowest}, so what lies below has no rating"
        findings.add(BAD_BANDS, bands[-1].at, message, hint="let the last band start at 0")
    for band in bands:
        known = {rating.id: rating.at.of("id") for rating in names.framework.ratings}
        names.note("rating", band.rating, known, band.at.of("rating"))
