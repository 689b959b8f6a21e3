"""What each column of the annexe means (data dictionary), and of what kind its cells are."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

Kind = Literal["text", "whole number", "number", "date"]
"""Of what kind the cells of a column are; an empty cell is no value."""


@frozen
class Column:
    """One column.

    Attributes:
        about: what it means, with its unit.
        kind: of what kind its cells are.
    """

    about: str
    kind: Kind = "text"


SUPPRESSED = "suppressed"
"""The status of a row in which a number may not be shown; its cells are then empty."""

NO_CASES = "no_cases"
"""The status of a row in which there is no share, since no case was counted."""


def column(table: str, name: str) -> Column:
    """Return what a column of a table means."""
    own = _OF_ONE_TABLE.get(f"{table}.{name}")
    return _OF_EVERY_TABLE[name] if own is None else own


def _whole(about: str) -> Column:
    return Column(about, "whole number")


_OF_EVERY_TABLE = {
    "address": Column("What the row is about, as the standards name it: standard.key_question.prompt."),
    "id": Column("The id of what the row is about, as the standards name it."),
    "title": Column("Its title."),
    "provider": Column("The id of who was inspected."),
    "fieldwork_started": Column("The first day of fieldwork.", "date"),
    "asked": Column("What is asked, in the words of the standards."),
    "standard": Column("The standard that it belongs to, by its slug."),
    "sample": Column("The sample of cases that it is asked of; empty: every case."),
    "yes": _whole("Cases in which it is yes."),
    "no": _whole("Cases in which it is no."),
    "not_applicable": _whole("Cases in which it does not apply."),
    "undetermined": _whole("Cases in which an answer that decides is missing."),
    "count": _whole("Cases with the outcome whose share is given."),
    "among": _whole("Cases among which the share is taken."),
    "percent": _whole("The share in whole per cent, rounded as the standards declare."),
    "interval_low": _whole("The lower end of the 95% interval of the share, in whole per cent."),
    "interval_high": _whole("The upper end of the 95% interval of the share, in whole per cent."),
    "rating": Column("The rating, by its id; table scale has the words for it."),
    "score": _whole("The points that the rating carries, or what they come to."),
    "status": Column(
        f"What is to be known beside the numbers: {SUPPRESSED} (a number may not be shown, and its cell is empty), "
        f"{NO_CASES} (no case was counted, so that there is no share), or empty."
    ),
    "origin": Column(
        "Where it comes from: printed (in the source), computed (from the cases), synthetic (from cases that are made "
        "up), judged or recorded (by people), assumed (by limits or rules that the source does not print)."
    ),
    "origin_of_rating": Column("Where the rating comes from, in the words of origin."),
    "same_rating_again_percent": Column(
        "In how many of 100 resamples of the cases the rating comes out again; recorded judgements stay as they are.",
        "number",
    ),
    "subgroup": Column("The way in which the cases are divided, by its id."),
    "group": Column("The group of cases, by its id; not_known: those whose facts put them in none."),
    "reason": Column("Why, in words."),
    "value": Column("What the item is."),
    "unit": Column("What the values are measured in."),
    "source": Column("Where it comes from."),
}

_OF_ONE_TABLE = {
    "inspections.name": Column("What they are called."),
    "inspections.region": Column("Where they are."),
    "inspections.latest": Column("Whether it is the latest inspection of the provider: yes or no."),
    "inspections.framework": Column("The id of the standards."),
    "inspections.edition": Column("Their edition."),
    "inspections.synthetic": Column("Whether the cases are made up: yes or no."),
    "inspections.cases": _whole("How many cases were inspected."),
    "inspections.overall": Column("The overall rating, as it is printed."),
    "inspections.out_of": _whole("The highest score that there could be."),
    "inspections.framework_origin": Column("Where the standards were read."),
    "inspections.framework_checksum": Column("What tells whether standards mean the same."),
    "standards.standard": Column("The number of the standard."),
    "standards.slug": Column("The standard, by its slug."),
    "standards.rating": Column("The rating, as it is printed."),
    "key_questions.key_question": Column("The key question, by its address."),
    "weakest.framework": Column("The id of the latest standards that ask it."),
    "weakest.edition": Column("Their edition."),
    "weakest.key_question": Column("The key question, by its address."),
    "weakest.ask": Column("The key question, in the words of the standards."),
    "weakest.percent_together": _whole("The share over the cases of all the inspections, in whole per cent."),
    "weakest.percent_lowest": _whole("The lowest share of a single inspection, in whole per cent."),
    "weakest.percent_highest": _whole("The highest share of a single inspection, in whole per cent."),
    "weakest.inspections": _whole("How many inspections have a share."),
    "weakest.rated_lowest_in": _whole("In how many of them it has the lowest rating that there is."),
    "beyond_chance.key_question": Column("The key question, by its address."),
    "beyond_chance.standing": Column("Where the share lies: higher or lower than that of all together."),
    "about.item": Column("What the value says."),
    "dictionary.table": Column("The table."),
    "dictionary.column": Column("The column."),
    "dictionary.kind": Column("Of what kind its cells are: text, whole number, number or date (YYYY-MM-DD)."),
    "dictionary.meaning": Column("What it means."),
    "ratings.level": Column("What is rated: overall, domain or standard."),
    "ratings.domain": Column("The domain that a standard belongs to, by its id."),
    "ratings.rated_by": Column("What a standard is rated by: cases or judgement."),
    "ratings.out_of": _whole("The highest score that there could be."),
    "ratings.drivers": Column("The key questions that decide the rating, by address."),
    "ratings.computed": Column("The rating as it is computed, before a panel decided."),
    "ratings.computed_score": _whole("The score as it is computed, before a panel decided."),
    "ratings.decision": Column("From what a panel moved the rating, and to what."),
    "ratings.decided_by": Column("Who decided."),
    "ratings.decided_on": Column("The day of the decision.", "date"),
    "ratings.last_time": Column("The rating of the last inspection."),
    "scale.scale": Column("The scale of ratings; its steps stand best first."),
    "scale.label": Column("The word that is printed for the rating."),
    "bands.applies_to": Column("What the bands place: key_questions, a domain, overall, or what stands at an address."),
    "bands.from": Column("The lowest value of the band.", "number"),
    "bands.above": Column("What every value of the band lies above.", "number"),
    "bands.up_to": Column("The highest value of the band.", "number"),
    "bands.below": Column("What every value of the band lies below.", "number"),
    "rating_rules.rule": Column("What is declared."),
    "key_questions.question": Column("The key question, in the words of the standards."),
    "key_questions.scored": _whole("Cases that have a number, where the key question has points."),
    "key_questions.value": Column("What these points come to, rounded to five decimals.", "number"),
    "key_questions.unit": Column("What the value is: sum of points, mean of points or percent of points."),
    "key_questions.drives": Column("Whether the rating of its standard is taken from it: yes or no."),
    "key_questions.panel": Column("Why people should look at its rating again."),
    "key_questions.not_rated": Column("Why there is no rating or no share."),
    "prompts.in_words": Column("The share in words."),
    "measures.in_words": Column("The share in words."),
    "comparisons.group": Column("The group that is compared, by its id."),
    "comparisons.reference": Column("The group that it is compared with, by its id."),
    "comparisons.percent_in_group": _whole("The share of yes in the group, in whole per cent."),
    "comparisons.percent_in_reference": _whole("The share of yes in the other group, in whole per cent."),
    "comparisons.status_in_group": Column("As status, of the group."),
    "comparisons.status_in_reference": Column("As status, of the other group."),
    "comparisons.relative_rate_index": Column("The share in the group divided by that in the other group.", "number"),
    "comparisons.interval_low": Column("The lower end of the 95% interval of the index.", "number"),
    "comparisons.interval_high": Column("The upper end of the 95% interval of the index.", "number"),
    "comparisons.claim": Column(
        "What may be said: more_often, less_often, no_clear_difference, or too_few (nothing may be said)."
    ),
    "sample.cases": _whole("How many cases there are in the group."),
    "missing.times": _whole("How many answers and facts are missing for this reason."),
    "rules.kind": Column("What the rule decides."),
    "rules.rule": Column("The rule in words."),
    "panel.kind": Column("What makes the rating uncertain: near_boundary, one_case, one_standard, few_cases."),
    "panel.rating_instead": Column("The rating that there would be instead."),
    "panel.changes_standard": Column("Whether that would change the rating of the standard: yes or no."),
    "judgements.recorded_judgements": _whole("Outcomes of cases that people recorded and the rules also decide."),
    "judgements.diverging_from_the_rule": _whole("Those in which the rules say something else."),
    "judgements.kappa": Column("Cohen's kappa: 1 is full agreement, 0 no more than by chance.", "number"),
    "judgements.interval_low": Column("The lower end of the 95% interval of kappa.", "number"),
    "judgements.interval_high": Column("The upper end of the 95% interval of kappa.", "number"),
    "reliability.level": Column("What was judged: key_question, prompt or measure."),
    "reliability.judged_twice": _whole("Cases that two inspectors judged, whatever they found."),
    "reliability.undecided": _whole("Those in which one of the two, or both, came to nothing."),
    "reliability.agreed": _whole("Those in which both came to the same."),
    "reliability.differed": _whole("Those in which they did not."),
    "reliability.kappa": Column(
        "Cohen's kappa: 1 is full agreement, 0 no more than by chance; empty where it cannot be said.", "number"
    ),
    "counts.scored": _whole("Cases that have a number, where the key question has points."),
    "counts.points": Column("The sum of these numbers, exact: 4, or 8÷3."),
    "counts.reachable": Column("The sum of what these numbers could have been at most, exact."),
    "recommendations.number": _whole("The number of the recommendation."),
    "recommendations.text": Column("What the provider should do."),
    "recommendations.address": Column(
        "What it is about, as the standards and the inspection name it; the tables with this address have its figures. "
        "Empty: nothing in particular."
    ),
    "figures.text": Column("What the figure says."),
    "figures.count": _whole("How many, where the figure is a count."),
    "figures.among": _whole("Among how many, where the figure is a count."),
    "figures.value": Column("The figure itself, where it is no count.", "number"),
    "counts.level": Column(
        "What the row is about: overall, domain, standard, key_question, prompt, measure, provider_fact, "
        "provider_answer or population."
    ),
    "counts.id": Column("Of a domain its id, of a standard its slug, of what is asked its address, of a fact its id."),
    "counts.group": Column("The group of cases: subgroup.group; empty: all cases."),
    "counts.among": _whole("Cases among which the share is taken; of the overall row, how many cases there are."),
    "counts.low": _whole("The lower end of the 95% interval of the share, in whole per cent."),
    "counts.high": _whole("The upper end of the 95% interval of the share, in whole per cent."),
    "counts.value": Column("What a rule placed in bands, a score, a fact, an answer or a number."),
    "counts.unit": Column("What the value is: score, mean, percent or cases."),
    "counts.rating": Column("The rating as it is computed, or as people judged it, by its id."),
    "counts.decided": Column("The rating that a panel made of it, by its id."),
    "counts.status": Column(
        f"{SUPPRESSED}: a count may not be shown, and its cell is empty; not_rated: there is no rating; or empty."
    ),
    "counts.reason": Column("Why there is no rating; or why the panel decided, who and when."),
    "counts.source": Column("What the rating comes from: cases, judgement, rule or provider."),
}
