"""One broken file for each mistake, and where and how it is found.

Each folder in ``bad`` holds what differs from the framework in ``bad/right``, which has no finding. A mistake has
exactly the findings of its row: where somebody has to look first, and what else is wrong because of it.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from ctm_rules import DiagnosticError, load_framework, make_engine, rate_counts
from ctm_rules.checking.files import check_paths
from ctm_rules.diagnostics.catalogue import codes_by_module
from ctm_rules.diagnostics.findings import Diagnostic
from tests.support.findings import assert_well_said
from tests.support.paths import BAD


class Mistake(NamedTuple):
    """A row: the folder, where the mistake is found, its code, and words that its message or hint must have.

    ``without`` is the file that the one in the folder replaces, where it has another name; ``also`` are further
    findings that follow from the mistake.
    """

    folder: str
    place: str
    code: str
    says: str
    without: str = ""
    also: tuple[str, ...] = ()


MISTAKES = [
    Mistake("points-and-a-rule", "hygiene.yaml:21", "bad-points", "yes"),
    Mistake("points-in-two-ways", "hygiene.yaml:17", "bad-points", "2 ways"),
    Mistake("points-without-a-rating", "hygiene.yaml:8", "bad-points", "mean_of: points"),
    Mistake("points-rated-by-a-share", "hygiene.yaml:19", "bad-points", "mean_of: points"),
    Mistake("weight-without-points", "hygiene.yaml:13", "bad-points", "points"),
    Mistake("weight-of-a-prompt-that-is-none", "hygiene.yaml:13", "bad-points", "from 1"),
    Mistake("answers-on-a-misspelt-scale", "hygiene.yaml:13", "unknown-name", "ratings"),
    Mistake("step-taken-for-yes", "hygiene.yaml:20", "step-in-a-rule", "ratings"),
    Mistake("points-that-nobody-reaches", "hygiene.yaml:20", "unreachable-band", "100 at most"),
    Mistake("points-rounded-though-exact", "hygiene.yaml:20", "bad-points", "decided_on"),
    Mistake("values-without-labels", "facts.yaml:8", "wrong-type", "key: value: {north: …, south: …}"),
    Mistake("unit-of-a-yes-or-no", "facts.yaml:9", "bad-fact", "unit"),
    Mistake("decimals-of-a-whole-number", "facts.yaml:11", "bad-fact", "whole number"),
    Mistake("misspelt-key", "hygiene.yaml:4", "unknown-key", "statment"),
    Mistake("misspelt-key-in-a-prompt", "hygiene.yaml:14", "unknown-key", "aks"),
    Mistake("misspelt-key-of-the-framework", "framework.yaml:4", "unknown-key", "publiser"),
    Mistake("misspelt-key-of-the-panel", "framework.yaml:49", "unknown-key", "within_point"),
    Mistake("misspelt-key-of-a-source", "hygiene.yaml:5", "unknown-key", "secton"),
    Mistake("misspelt-prompt", "hygiene.yaml:19", "unknown-name", "surfacs"),
    Mistake("misspelt-fact", "hygiene.yaml:31", "unknown-name", "cooked_on_sight"),
    Mistake("misspelt-fact-in-a-variant", "framework.yaml:57", "unknown-name", "meals_per_day"),
    Mistake("misspelt-value", "measures.yaml:11", "bad-comparison", "smal"),
    Mistake("misspelt-answer-to-a-fact", "hygiene.yaml:31", "bad-comparison", "yep"),
    Mistake("misspelt-rating-in-a-band", "framework.yaml:29", "unknown-name", "sond"),
    Mistake("misspelt-standard-in-a-domain", "framework.yaml:19", "unknown-name", "hygeine"),
    Mistake("misspelt-domain-of-bands", "framework.yaml:38", "unknown-name", "kichen"),
    Mistake("misspelt-variant", "menus.yaml:29", "unknown-name", "caterers"),
    Mistake("misspelt-mark-of-an-assumption", "menus.yaml:31", "unknown-name", "yes_wen"),
    Mistake("misspelt-form-of-rule", "hygiene.yaml:20", "bad-rule", "anny"),
    Mistake("misspelt-comparison", "measures.yaml:4", "bad-rule", "at_least"),
    Mistake("misspelt-word-of-a-setting", "framework.yaml:25", "wrong-word", "rounded"),
    Mistake("misspelt-type-of-fact", "facts.yaml:12", "wrong-word", "date"),
    Mistake("capital-in-a-word", "framework.yaml:22", "wrong-word", '"Yes"'),
    Mistake("capital-in-an-id", "hygiene.yaml:11", "bad-id", "surfaces"),
    Mistake("space-in-an-id", "hygiene.yaml:15", "bad-id", "record_s"),
    Mistake("dash-in-an-id", "facts.yaml:9", "bad-id", "cooked_on_site"),
    Mistake("indented-too-far", "hygiene.yaml:14", "yaml-syntax", "colon"),
    Mistake("indented-too-little", "hygiene.yaml:14", "yaml-syntax", "block"),
    Mistake("rule-indented-into-the-prompts", "hygiene.yaml:32", "yaml-syntax", "block"),
    Mistake("tab-as-indentation", "hygiene.yaml:14", "yaml-syntax", "tab"),
    Mistake("tab-in-a-list", "framework.yaml:30", "yaml-syntax", "tab"),
    Mistake("missing-colon", "hygiene.yaml:3", "yaml-syntax", "key"),
    Mistake("missing-space-after-a-colon", "hygiene.yaml:6", "yaml-syntax", "colon"),
    Mistake("missing-space-after-a-colon-in-a-list", "hygiene.yaml:13", "yaml-syntax", "colon"),
    Mistake("missing-dash", "hygiene.yaml:13", "duplicate-key", "dash"),
    Mistake("missing-dash-in-a-rule", "hygiene.yaml:19", "yaml-syntax", "dash"),
    Mistake(
        "missing-space-after-a-dash", "hygiene.yaml:19", "yaml-syntax", "dash", also=("hygiene.yaml:20 yaml-syntax",)
    ),
    Mistake("missing-bracket", "framework.yaml:19", "yaml-syntax", "bracket"),
    Mistake("missing-brace", "facts.yaml:8", "yaml-syntax", "bracket"),
    Mistake("missing-comma", "framework.yaml:29", "yaml-syntax", "comma"),
    Mistake("missing-quotation-mark", "framework.yaml:2", "yaml-syntax", "quotation"),
    Mistake("comma-at-the-end-of-a-line", "hygiene.yaml:3", "odd-text", "comma"),
    Mistake("comma-after-a-number", "framework.yaml:13", "wrong-type", "whole number"),
    Mistake("list-where-a-block-is-expected", "framework.yaml:49", "wrong-type", "block"),
    Mistake("block-where-a-list-is-expected", "framework.yaml:16", "wrong-type", "list"),
    Mistake("word-where-a-list-is-expected", "framework.yaml:16", "wrong-type", "list"),
    Mistake("prompts-without-dashes", "hygiene.yaml:11", "wrong-type", "list"),
    Mistake("edition-without-quotes", "framework.yaml:2", "wrong-type", "quotes"),
    Mistake("colon-in-a-text", "hygiene.yaml:3", "yaml-syntax", "quotes"),
    Mistake("text-cut-short-by-a-comment", "hygiene.yaml:3", "swallowed-text", "comment"),
    Mistake("question-cut-short-by-a-comment", "hygiene.yaml:9", "not-a-question", "question mark"),
    Mistake("percent-sign", "framework.yaml:28", "wrong-type", "80"),
    Mistake("decimal-comma", "framework.yaml:29", "wrong-type", "number"),
    Mistake("count-as-a-word", "hygiene.yaml:35", "bad-rule", "whole number"),
    Mistake("count-in-quotes", "menus.yaml:26", "bad-rule", "2"),
    Mistake("negative-count", "menus.yaml:26", "bad-rule", "from 1"),
    Mistake("count-of-zero", "menus.yaml:26", "bad-rule", "from 1"),
    Mistake("on-for-true", "framework.yaml:49", "wrong-type", "true or false"),
    Mistake("true-for-a-title", "facts.yaml:9", "wrong-type", "text"),
    Mistake("date-the-other-way-round", "framework.yaml:5", "wrong-type", "date"),
    Mistake("day-that-does-not-exist", "framework.yaml:5", "wrong-type", "date"),
    Mistake("curly-quotation-marks", "hygiene.yaml:3", "odd-text", "curly"),
    Mistake("curly-quotation-marks-around-an-edition", "framework.yaml:2", "odd-text", "curly"),
    Mistake("anchor-and-alias", "hygiene.yaml:32", "yaml-feature", "rule"),
    Mistake("two-documents", "hygiene.yaml:7", "yaml-feature", "document"),
    Mistake("a-text-that-starts-with-a-percent-sign", "hygiene.yaml:28", "yaml-syntax", "start"),
    Mistake("a-text-that-starts-with-a-quoted-word", "hygiene.yaml:28", "yaml-syntax", "quot"),
    Mistake("empty-text", "hygiene.yaml:28", "wrong-type", "empty"),
    Mistake("placeholder", "hygiene.yaml:28", "odd-text", "placeholder"),
    Mistake("invisible-character", "hygiene.yaml:28", "odd-text", "invisible"),
    Mistake("broken-accents", "hygiene.yaml:28", "odd-text", "accent or quotation mark type it again, as UTF-8"),
    Mistake("tab-in-a-text", "hygiene.yaml:28", "yaml-syntax", "tab"),
    Mistake("tab-in-a-text-in-quotes", "hygiene.yaml:28", "odd-text", "tab"),
    Mistake("merge-that-was-not-finished", "framework.yaml:28", "merge-conflict", "merge"),
    Mistake("key-twice", "hygiene.yaml:4", "duplicate-key", "title"),
    Mistake("prompt-twice", "hygiene.yaml:15", "duplicate-id", "floors"),
    Mistake("key-question-copied", "hygiene.yaml:22", "duplicate-id", "cleaning"),
    Mistake("fact-twice", "facts.yaml:12", "duplicate-id", "allergies"),
    Mistake(
        "rating-twice",
        "framework.yaml:11",
        "duplicate-id",
        "sound",
        also=(
            "framework.yaml:30 unknown-name",
            "framework.yaml:37 unknown-name",
            "framework.yaml:41 unknown-name",
            "framework.yaml:47 unknown-name",
        ),
    ),
    Mistake("standard-in-two-domains", "framework.yaml:19", "bad-domains", "two places"),
    Mistake("question-copied-and-not-changed", "hygiene.yaml:14", "same-text", "surfaces"),
    Mistake("statement-copied-and-not-changed", "menus.yaml:4", "same-text", "hygiene.yaml:4:"),
    Mistake("label-of-two-ratings", "framework.yaml:10", "same-label", "sound"),
    Mistake("labels-swapped", "framework.yaml:9", "label-of-another", "swapped"),
    Mistake("label-of-two-values", "facts.yaml:7", "same-label", 'two values of "size" are called'),
    Mistake("title-of-two-measures-groups", "measures.yaml:16", "same-label", 'two groups of "region" are'),
    Mistake("bands-swapped", "framework.yaml:29", "bad-bands", "below"),
    Mistake("ratings-of-bands-swapped", "framework.yaml:29", "band-order", "better"),
    Mistake("band-missing", "framework.yaml:29", "rating-never-given", "sound"),
    Mistake("lowest-band-missing", "framework.yaml:29", "bad-bands", "50"),
    Mistake("band-twice", "framework.yaml:30", "bad-bands", "50"),
    Mistake("two-bands-of-one-rating", "framework.yaml:29", "repeated-rating", "sound"),
    Mistake("band-above-100-per-cent", "framework.yaml:28", "unreachable-band", "100"),
    Mistake("band-between-two-per-cents", "framework.yaml:29", "fractional-bound", "50"),
    Mistake("shares-not-in-per-cent", "framework.yaml:29", "fractional-bound", "per cent"),
    Mistake("score-nobody-reaches", "framework.yaml:45", "unreachable-band", "6"),
    Mistake("bands-made-for-another-sum", "framework.yaml:44", "bands-of-another-sum", "6"),
    Mistake("bands-of-domains-swapped", "framework.yaml:35", "unreachable-band", "2"),
    Mistake("bands-of-a-domain-missing", "framework.yaml:33", "bad-domains", "people"),
    Mistake("scores-swapped", "framework.yaml:10", "rating-order", "higher"),
    Mistake("score-twice", "framework.yaml:10", "same-score", "same score"),
    Mistake("score-below-zero", "framework.yaml:11", "bad-setting", "below 0"),
    Mistake("score-missing", "framework.yaml:11", "bad-setting", "has no score"),
    Mistake("share-of-what-is-not-counted", "framework.yaml:22", "bad-setting", "among"),
    Mistake("share-that-leaves-out-no", "framework.yaml:23", "odd-share", "no"),
    Mistake("share-among-itself", "framework.yaml:23", "odd-share", "100"),
    Mistake("panel-that-flags-everything", "framework.yaml:49", "panel-always", "every"),
    Mistake("panel-that-flags-nothing", "framework.yaml:49", "panel-never", "never"),
    Mistake("end-before-the-beginning", "framework.yaml:6", "bad-setting", "before"),
    Mistake("removed-prompt-still-used", "hygiene.yaml:18", "unknown-name", "records"),
    Mistake("prompt-that-no-rule-uses", "hygiene.yaml:15", "unused-prompt", "records"),
    Mistake("prompt-of-another-question", "hygiene.yaml:35", "unknown-name", "floors"),
    Mistake("fact-as-a-prompt", "hygiene.yaml:35", "unknown-name", "it is a fact"),
    Mistake("prompt-in-a-condition", "menus.yaml:16", "prompt-in-condition", "facts"),
    Mistake("yes-as-a-condition", "menus.yaml:16", "prompt-in-condition", "facts"),
    Mistake("list-as-a-rule", "hygiene.yaml:32", "bad-rule", "all"),
    Mistake("two-forms-in-one-clause", "menus.yaml:30", "bad-rule", "one of"),
    Mistake("at-least-without-a-list", "hygiene.yaml:35", "bad-rule", "count"),
    Mistake("at-least-without-of", "hygiene.yaml:35", "bad-rule", "count"),
    Mistake("all-of-a-single-word", "menus.yaml:30", "bad-rule", "list"),
    Mistake("empty-list-in-a-rule", "menus.yaml:30", "bad-rule", "one clause"),
    Mistake("two-comparisons-in-one-test", "measures.yaml:4", "bad-rule", "exactly one"),
    Mistake("test-without-a-fact", "measures.yaml:4", "bad-rule", "fact"),
    Mistake("number-for-a-yes-or-no", "hygiene.yaml:31", "bad-comparison", "yes or no"),
    Mistake("word-for-a-number", "measures.yaml:4", "bad-comparison", "whole number"),
    Mistake("order-where-there-is-none", "measures.yaml:15", "bad-comparison", "order"),
    Mistake("one-of-without-a-list", "measures.yaml:15", "bad-rule", "list"),
    Mistake("count-higher-than-its-list", "menus.yaml:26", "count-too-high", "4"),
    Mistake("clause-twice", "menus.yaml:27", "repeated-clause", "twice"),
    Mistake("value-twice", "measures.yaml:10", "repeated-clause", "medium"),
    Mistake("clause-that-changes-nothing", "hygiene.yaml:20", "redundant-clause", "nothing"),
    Mistake("rule-that-contradicts-itself", "hygiene.yaml:20", "never-yes", "never be yes"),
    Mistake("facts-that-contradict-each-other", "menus.yaml:26", "never-yes", "never be yes"),
    Mistake("rule-that-is-always-met", "hygiene.yaml:21", "never-no", "never be no"),
    Mistake("clause-that-is-never-met", "hygiene.yaml:20", "constant-clause", "never met"),
    Mistake("condition-that-never-holds", "measures.yaml:4", "never-applies", "never apply"),
    Mistake("condition-that-always-holds", "measures.yaml:4", "always-applies", "always"),
    Mistake(
        "prompt-for-no-case-of-its-question",
        "menus.yaml:16",
        "never-applies",
        "allergens",
        also=("facts.yaml:10 unused-fact",),
    ),
    Mistake(
        "prompt-that-does-not-apply-to-its-variant",
        "menus.yaml:30",
        "constant-clause",
        "never counts: “delivery” (where it applies) is yes",
    ),
    Mistake("rule-without-a-prompt", "menus.yaml:30", "rule-without-prompts", "prompt"),
    Mistake("question-that-is-never-asked", "menus.yaml:10", "never-applies", "choice"),
    Mistake("variant-outside-its-question", "menus.yaml:29", "rule-never-used", "never uses"),
    Mistake("fact-that-nothing-uses", "facts.yaml:12", "unused-fact", "freezer"),
    Mistake("choice-without-values", "facts.yaml:8", "bad-fact", "values"),
    Mistake("range-the-wrong-way-round", "facts.yaml:11", "bad-fact", "before it begins"),
    Mistake("values-of-a-number", "facts.yaml:11", "bad-fact", "choice"),
    Mistake("value-with-a-space", "facts.yaml:7", "bad-id", "very small", also=("measures.yaml:11 bad-comparison",)),
    Mistake("values-that-look-alike", "facts.yaml:8", "ids-alike", 'the values of "region" "south"'),
    Mistake("fact-called-case", "facts.yaml:12", "bad-id", "case"),
    Mistake("fact-called-like-a-standard", "facts.yaml:10", "ids-alike", "menus", also=("facts.yaml:10 unused-fact",)),
    Mistake("groups-that-overlap", "measures.yaml:11", "overlapping-groups", "both"),
    Mistake("group-alone", "measures.yaml:12", "lone-group", "compares"),
    Mistake("group-that-holds-everybody", "measures.yaml:10", "always-applies", "larger"),
    Mistake(
        "variants-that-overlap",
        "framework.yaml:56",
        "overlapping-variants",
        "both",
        also=("framework.yaml:52 unused-variant",),
    ),
    Mistake(
        "variant-that-is-never-reached",
        "framework.yaml:56",
        "never-applies",
        "earlier",
        also=("framework.yaml:52 unused-variant",),
    ),
    Mistake("variant-that-no-question-uses", "framework.yaml:52", "unused-variant", "tiny"),
    Mistake("standard-without-a-source", "hygiene.yaml:1", "missing-source", "hygiene"),
    Mistake("framework-without-a-source", "framework.yaml:1", "missing-source", "framework"),
    Mistake("address-that-is-none", "framework.yaml:6", "odd-text", "address"),
    Mistake("confirmation-on-no-day", "hygiene.yaml:5", "wrong-type", "2026-13-01"),
    Mistake("confirmation-without-a-day", "hygiene.yaml:5", "bad-confirmation", "not when"),
    Mistake("confirmation-by-nobody", "hygiene.yaml:5", "bad-confirmation", "not by whom"),
    Mistake("confirmation-on-a-day-to-come", "hygiene.yaml:5", "bad-confirmation", "to come"),
    Mistake("statement-missing", "hygiene.yaml:1", "missing-key", "statement"),
    Mistake("rule-missing", "hygiene.yaml:8", "bad-standard", "yes_when"),
    Mistake("judged-standard-with-questions", "hygiene.yaml:6", "bad-standard", "judgement"),
    Mistake("judged-by-cases-without-questions", "leadership.yaml:6", "bad-standard", "key questions"),
    Mistake("assumption-without-its-key", "menus.yaml:10", "assumes-nothing", "applies_when"),
    Mistake("key-question-that-is-none", "hygiene.yaml:23", "not-a-question", "question mark"),
    Mistake("prompt-that-is-no-question", "hygiene.yaml:28", "not-a-question", "question mark"),
    Mistake("standard-in-no-domain", "menus.yaml:2", "bad-domains", "menus"),
    Mistake("file-that-ends-in-yml", "menus.yml:0", "misnamed-file", "menus.yaml", without="menus.yaml"),
    Mistake("file-that-ends-in-txt", "menus.yaml.txt:0", "misnamed-file", "menus.yaml", without="menus.yaml"),
    Mistake(
        "main-file-that-ends-in-yml", "framework.yml:0", "misnamed-file", "framework.yaml", without="framework.yaml"
    ),
    Mistake("facts-under-another-name", "fact.yaml:2", "misnamed-file", "facts.yaml", without="facts.yaml"),
    Mistake("facts-without-their-key", "facts.yaml:1", "wrong-type", "facts:"),
    Mistake("empty-file", "menus.yaml:1", "wrong-type", "empty"),
    Mistake("file-of-comments", "menus.yaml:1", "wrong-type", "empty"),
    Mistake("windows-encoding", "hygiene.yaml:4", "not-text", "UTF-8"),
    Mistake("utf-16", "hygiene.yaml:1", "not-text", "UTF-8"),
    Mistake("part-declared-twice", "facts.yaml:2", "declared-twice", "facts"),
    Mistake("rule-nested-too-deep", "hygiene.yaml:20", "rule-too-deep", "levels"),
    Mistake("another-kind-of-file", "notes.yaml:1", "misnamed-file", "standard"),
    Mistake("variant-without-a-rule", "framework.yaml:52", "unused-variant", "caterer"),
    Mistake("variant-that-leaves-no-prompt", "menus.yaml:24", "never-asked", "no prompt"),
    Mistake("rating-rule-of-two-forms", "framework.yaml:44", "bad-rating-rule", "two forms"),
    Mistake("rating-rule-of-a-level-above", "framework.yaml:43", "bad-rating-rule", "of: standards or of: domains"),
    Mistake("misspelt-level", "framework.yaml:43", "wrong-word", "standards"),
    Mistake("misspelt-member-of-a-rating-rule", "framework.yaml:43", "bad-rating-rule", "hygiene"),
    Mistake("misspelt-standard-in-a-rating-rule", "framework.yaml:47", "unknown-name", "hygiene"),
    Mistake("misspelt-rating-in-a-line", "framework.yaml:46", "unknown-name", "excellent"),
    Mistake("misspelt-comparison-of-ratings", "framework.yaml:47", "bad-rule", "rated_or_worse"),
    Mistake("line-in-front-of-others-without-a-condition", "framework.yaml:45", "bad-rating-rule", "no condition"),
    Mistake("last-line-with-a-condition", "framework.yaml:46", "bad-rating-rule", "without when"),
    Mistake("step-of-two-kinds", "framework.yaml:47", "bad-rating-rule", "a step of its own"),
    Mistake("step-of-no-length", "framework.yaml:47", "bad-rating-rule", "1 step or more"),
    Mistake("count-of-more-ratings-than-there-are", "framework.yaml:45", "bad-rating-rule", "at most 3"),
    Mistake("count-of-ratings-without-a-number", "framework.yaml:45", "bad-rule", "count"),
    Mistake("fact-in-a-rating-rule", "framework.yaml:47", "other-fact", "a fact of a case"),
    Mistake("line-that-never-holds", "framework.yaml:46", "line-never-holds", "never does"),
    Mistake("step-that-changes-nothing", "framework.yaml:47", "idle-step", "changes no rating"),
    Mistake("rating-that-no-line-gives", "framework.yaml:44", "rule-never-gives", "never sound"),
    Mistake("sum-of-ratings-without-scores", "framework.yaml:9", "bad-rating-rule", "no score"),
    Mistake("rating-in-a-decision-rule", "hygiene.yaml:20", "rating-in-a-case", "come from cases"),
    Mistake("rating-rule-that-names-too-many", "framework.yaml:44", "rule-not-decided", "20,000"),
    Mistake("former-name-of-what-is-still-there", "hygiene.yaml:16", "former-name", "delete the former name"),
    Mistake("band-with-two-bounds", "framework.yaml:29", "bad-bands", "from and up_to"),
    Mistake("bound-of-another-kind", "framework.yaml:46", "bad-bands", "lower one"),
    Mistake("band-without-a-bound-among-others", "framework.yaml:29", "bad-bands", "move it to the end"),
    Mistake("upper-bounds-from-the-highest-down", "framework.yaml:29", "bad-bands", "the lowest band first"),
    Mistake("highest-band-that-ends", "framework.yaml:47", "bad-bands", "without a bound"),
    Mistake("bands-that-rise-and-fall", "framework.yaml:29", "band-order", "monotone: no"),
    Mistake("band-after-one-that-takes-all", "framework.yaml:30", "unreachable-band", "for everything else"),
    Mistake("misspelt-scale", "leadership.yaml:7", "unknown-name", "met_or_not"),
    Mistake("scale-without-steps", "framework.yaml:14", "bad-setting", "no steps"),
    Mistake("scale-called-ratings", "framework.yaml:14", "bad-setting", "another name"),
    Mistake("step-of-a-scale-without-a-score", "framework.yaml:15", "bad-setting", "no score"),
    Mistake("lowest-of-questions-on-another-scale", "hygiene.yaml:7", "bad-rating-rule", "a rating of its own"),
    Mistake("scale-that-nothing-uses", "framework.yaml:14", "unused-scale", "met_or_not"),
    Mistake("step-twice", "framework.yaml:16", "duplicate-id", "met"),
    Mistake("misspelt-in-total", "leadership.yaml:10", "unknown-key", "in_total"),
    Mistake("in-total-with-another-word", "leadership.yaml:10", "wrong-type", "true or false"),
    Mistake("domain-in-which-nothing-counts", "framework.yaml:34", "bad-rating-rule", "count in the total"),
    Mistake("count-of-more-than-count", "framework.yaml:34", "bad-rating-rule", "at most 2"),
    Mistake("domains-that-are-not-rated", "framework.yaml:32", "bad-rating-rule", "of: standards"),
    Mistake("domains-that-are-not-there", "framework.yaml:24", "bad-rating-rule", "no rated domains"),
    Mistake("mean-and-per-cent", "framework.yaml:45", "bad-rating-rule", "one of them"),
    Mistake("weight-of-a-misspelt-standard", "framework.yaml:44", "bad-rating-rule", "hygiene"),
    Mistake("weight-of-nothing", "framework.yaml:44", "bad-rating-rule", "once or more"),
    Mistake("highest-sum-of-a-mean", "framework.yaml:45", "bad-rating-rule", "no sum"),
    Mistake("rounded-to-nothing", "framework.yaml:46", "bad-rating-rule", "0.1"),
    Mistake("rounding-of-what-is-exact", "framework.yaml:45", "bad-rating-rule", "decided_on: rounded"),
    Mistake(
        "bands-of-a-mean-as-of-a-sum",
        "framework.yaml:46",
        "unreachable-band",
        "between 0 and 2",
        also=("framework.yaml:47 unreachable-band",),
    ),
    Mistake("no-case-is-enough", "framework.yaml:27", "bad-setting", "needs a case"),
    Mistake("cases-as-a-word", "framework.yaml:27", "wrong-type", "whole number"),
    Mistake("step-called-not-rated", "framework.yaml:12", "bad-setting", "no step"),
    Mistake("misspelt-leave-out", "framework.yaml:46", "wrong-word", "leave_out"),
    Mistake("not-rated-under-the-bands-of-questions", "framework.yaml:27", "unknown-key", "minimum_cases"),
    Mistake("step-of-another-scale-in-a-line", "framework.yaml:39", "unknown-name", "met_or_not"),
    Mistake("step-that-only-some-have", "framework.yaml:39", "bad-rating-rule", "no step of its scale"),
    Mistake("compared-with-another-scale", "framework.yaml:39", "unknown-name", 'a step of the scale "ratings"'),
    Mistake("lowest-of-several-scales", "framework.yaml:37", "bad-rating-rule", "met_or_not"),
    Mistake("cap-of-another-scale", "framework.yaml:41", "unknown-name", "met_or_not"),
    Mistake("name-of-a-standard-and-of-a-domain", "framework.yaml:43", "bad-rating-rule", "whose rating is meant"),
    Mistake("misspelt-sample", "framework.yaml:20", "unknown-name", "north"),
    Mistake("sample-that-never-holds", "framework.yaml:53", "never-applies", "can never apply"),
    Mistake("samples-that-overlap", "framework.yaml:54", "overlapping-samples", "region: North and size: Small"),
    Mistake("sample-that-nothing-uses", "framework.yaml:54", "unused-sample", "south"),
    Mistake("sample-without-a-condition", "framework.yaml:53", "missing-key", "when"),
    Mistake("prompt-in-a-sample", "framework.yaml:53", "prompt-in-condition", "surfaces"),
    Mistake("sample-by-a-fact-of-the-provider", "framework.yaml:55", "other-fact", "a fact of the provider"),
    Mistake("sample-of-a-judged-standard", "leadership.yaml:7", "unused-sample", "asked of no case"),
    Mistake("question-that-its-sample-rules-out", "menus.yaml:11", "never-applies", "line 54 of framework.yaml"),
    Mistake("sample-twice", "framework.yaml:54", "duplicate-id", "north"),
    Mistake("cut-point-in-per-cent", "cut_points.csv:3", "bad-band-table", '"80%", which is no number'),
    Mistake("cut-point-missing", "cut_points.csv:3", "bad-band-table", "is empty"),
    Mistake("cut-points-swapped", "cut_points.csv:3", "bad-bands", "the highest band first"),
    Mistake("unreachable-cut-point", "cut_points.csv:3", "unreachable-band", "the overall rating for west from 7"),
    Mistake("row-of-cut-points-missing", "framework.yaml:44", "bad-choice-of-bands", 'where "borough" is west'),
    Mistake("row-of-cut-points-twice", "cut_points.csv:4", "bad-band-table", "the first is row 2"),
    Mistake("row-of-cut-points-for-no-value", "cut_points.csv:3", "bad-choice-of-bands", 'did you mean "west"'),
    Mistake("semicolon-in-a-row-of-cut-points", "cut_points.csv:3", "bad-row", "the header has 4"),
    Mistake("column-of-cut-points-without-its-bound", "cut_points.csv:2", "bad-band-table", "sound.from"),
    Mistake("misspelt-rating-of-a-column", "cut_points.csv:1", "unknown-name", 'did you mean "sound"'),
    Mistake("misspelt-bound-of-a-column", "cut_points.csv:1", "bad-band-table", 'did you mean "from"'),
    Mistake("first-column-of-cut-points-by-another-name", "cut_points.csv:1", "bad-band-table", "call it borough"),
    Mistake("misspelt-table-of-cut-points", "framework.yaml:44", "file-not-readable", "cut_point.csv"),
    Mistake("cut-points-by-a-fact-of-a-case", "framework.yaml:44", "other-fact", "provider_facts"),
    Mistake("cut-points-by-a-number", "framework.yaml:44", "bad-choice-of-bands", "a choice, or yes or no"),
    Mistake("cut-points-by-two-facts", "framework.yaml:44", "bad-choice-of-bands", "one fact can choose them"),
    Mistake("misspelt-fact-that-chooses-bands", "framework.yaml:44", "unknown-name", 'did you mean "borough"'),
    Mistake("bands-of-its-own-and-by-a-fact", "framework.yaml:44", "bad-choice-of-bands", "keep one of them"),
    Mistake(
        "misspelt-framework-of-a-borrowed-question", "hygiene.yaml:37", "unknown-framework", 'did you mean "hmip-pdu"'
    ),
    Mistake("misspelt-edition-of-a-borrowed-question", "hygiene.yaml:37", "unknown-framework", 'did you mean "2024"'),
    Mistake("borrowed-question-without-an-edition", "hygiene.yaml:37", "bad-borrowed-question", "which edition"),
    Mistake("misspelt-borrowed-question", "hygiene.yaml:37", "unknown-name", 'did you mean "assessment.safety"'),
    Mistake("prompt-borrowed-as-a-question", "hygiene.yaml:37", "unknown-name", 'did you mean "assessment.safety"'),
    Mistake("borrowed-question-without-its-address", "hygiene.yaml:37", "missing-key", "key_question"),
    Mistake("borrowed-question-with-other-words", "hygiene.yaml:37", "unknown-key", "ask"),
    Mistake("question-borrowed-twice", "hygiene.yaml:38", "bad-borrowed-question", "write id"),
    Mistake("borrowed-question-by-another-fact", "facts.yaml:13", "bad-borrowed-question", "hygiene.yaml:37"),
    Mistake("more-clauses-than-there-are", "framework.yaml:48", "count-never-reached", "at most 2"),
]


def findings_of(mistake: Mistake, folder: Path) -> tuple[Diagnostic, ...]:
    """Return what is found in the right framework with the mistake made."""
    shutil.copytree(BAD / "right", folder)
    if mistake.without:
        (folder / mistake.without).unlink()
    shutil.copytree(BAD / mistake.folder, folder, dirs_exist_ok=True)
    return check_paths([folder]).diagnostics


def place(found: Diagnostic) -> str:
    return f"{Path(found.file).name}:{found.line} {found.code}"


def test_the_right_framework_has_no_finding() -> None:
    checked = check_paths([BAD / "right"])
    assert checked.diagnostics == ()
    assert [file.name for file in checked.files] == sorted(
        [file.name for file in (BAD / "right").iterdir()], key=lambda name: (name != "framework.yaml", name)
    )


@pytest.mark.parametrize("mistake", MISTAKES, ids=[mistake.folder for mistake in MISTAKES])
def test_a_mistake_is_found_where_it_was_made(mistake: Mistake, tmp_path: Path) -> None:
    found = findings_of(mistake, tmp_path / "kitchens")
    expected = f"{mistake.place} {mistake.code}"
    assert sorted(place(each) for each in found) == sorted([expected, *mistake.also])
    assert any(mistake.says in f"{each.message} {each.hint}" for each in found if place(each) == expected)
    assert_well_said(found)
    assert_rated_unless_it_is_an_error(tmp_path / "kitchens", found)


def assert_rated_unless_it_is_an_error(folder: Path, found: tuple[Diagnostic, ...]) -> None:
    """Nothing is rated by what `check` calls an error, and everything by what it does not."""
    errors = {each.code for each in found if each.severity == "error"}
    if errors:
        with pytest.raises(DiagnosticError) as refused:
            load_framework(folder)
        assert {each.code for each in refused.value.diagnostics if each.severity == "error"} == errors
    else:
        framework = load_framework(folder)
        rate_counts(framework, {}, {}, make_engine(framework, "reference"))


def test_every_folder_has_its_row() -> None:
    folders = sorted(folder.name for folder in BAD.iterdir())
    assert folders == sorted(["right", *(mistake.folder for mistake in MISTAKES)])


# Codes that a folder of one framework cannot show; test_files.py and test_editions.py test them.
OF_PATHS_AND_SEVERAL_FILES = {
    "borrowed-in-a-circle", "edition-dates", "edition-not-in-force", "folder-name", "rule-too-tangled", "same-edition",
    "table-without-inspection", "too-deep", "unknown-file", "unknown-framework",
}  # fmt: skip

# Codes of what is no part of a framework: amendments, revisions in git, files that `fmt` cannot write anew, frameworks
# that no file can hold, and how a table is said to be read.
OF_OTHER_FILES = {
    "ambiguous-address", "amends-another", "bad-codes", "bad-column-names", "bad-option", "bad-revision",
    "cannot-format", "endless-number", "nothing-to-set", "option-without-effect", "unknown-address",
}  # fmt: skip


# Codes of any file and of any table, which a table of bands can have too.
OF_TABLES = {"bad-row", "file-not-readable"}


def test_every_code_of_standards_has_a_mistake_that_shows_it() -> None:
    packages = ("yaml_files", "frameworks", "validity", "meaning", "checking")
    parts = tuple(f"ctm_rules.{package}." for package in packages)
    declared = {code for module, codes in codes_by_module().items() if module.startswith(parts) for code in codes}
    shown = {mistake.code for mistake in MISTAKES} | OF_PATHS_AND_SEVERAL_FILES | OF_OTHER_FILES
    assert declared == shown - OF_TABLES
