"""The data annexe: tables from which every rating can be worked out again by hand, with nothing about one case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import assert_never

from attrs import evolve, frozen

from ctm_rules.model.bands import Banded, BoundKey, choosing_fact, rules_by_value
from ctm_rules.model.conditions import Condition
from ctm_rules.model.framework import (
    RATINGS,
    VARIANTS,
    DomainRating,
    Framework,
    KeyQuestion,
    Measure,
    PointsInBands,
    Prompt,
    Rating,
    Source,
)
from ctm_rules.model.rating_rules import FirstThatHolds, RatingRule, SumInBands, TakeRating
from ctm_rules.model.rules_in_words import say, say_answers, say_points, say_rating_rule, say_step
from ctm_rules.phrases import say_number
from ctm_rules.rating.counts_table import CountRow, Level, columns_of, count_row, question_row, rating_rows, sample_id
from ctm_rules.rating.decisions import OVERALL, PanelDecision, Place
from ctm_rules.rating.results import DomainResult, KeyQuestionResult, StandardResult
from ctm_rules.report.annexe_columns import NO_CASES, SUPPRESSED, column
from ctm_rules.report.figures.analysis import SEED
from ctm_rules.report.figures.disclosure import OUTCOMES, NoShare, Share, ShownCounts, hides_points, shown_count
from ctm_rules.report.figures.origins import Origin, Origins
from ctm_rules.report.figures.sample import NO_GROUP
from ctm_rules.report.material import Material

Cell = str | int | float | None

NOT_KNOWN = "not_known"
"""The group of cases whose facts put them in no declared group."""


@frozen
class Sheet:
    """One table of the annexe. ``columns`` say what each is; the names are stable, for programs to rely on."""

    name: str
    about: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def records(self) -> list[dict[str, Cell]]:
        """Return the rows, each with its cells by column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def make_annexe(material: Material) -> tuple[Sheet, ...]:
    """Return the tables of the annexe on an inspection."""
    annexe = _Annexe(material)
    tables = (
        annexe.about(),
        annexe.ratings(),
        annexe.scale(),
        annexe.bands(),
        annexe.rating_rules(),
        annexe.key_questions(),
        annexe.asked("prompts", "Every prompt: what was looked for in each case.", material.framework.prompts),
        annexe.asked("measures", "Counted and reported, never rated.", material.framework.measures_by_path),
        annexe.subgroups(),
        annexe.comparisons(),
        annexe.sample(),
        annexe.missing(),
        annexe.rules(),
        annexe.panel(),
        annexe.judgements(),
        *annexe.reliability(),
        annexe.figures(),
        *annexe.recommendations(),
        annexe.counts(),
    )
    return with_dictionary(tables)


_DICTIONARY = ("table", "column", "kind", "meaning")


def with_dictionary(tables: Sequence[Sheet]) -> tuple[Sheet, ...]:
    """Return tables with one more, which says what each column means, its own among them."""
    every = [(table.name, name) for table in tables for name in table.columns]
    every += [("dictionary", name) for name in _DICTIONARY]
    rows = tuple((table, name, column(table, name).kind, column(table, name).about) for table, name in every)
    return (*tables, Sheet("dictionary", "What each column means; an empty cell is no value.", _DICTIONARY, rows))


def _with_origins(sheet: Sheet, name: str, origins: Sequence[Origin | None]) -> Sheet:
    """Return a table with one column more, which says where the figures of each row come from."""
    rows = ((*row, origin and origin.value) for row, origin in zip(sheet.rows, origins, strict=True))
    return evolve(sheet, columns=(*sheet.columns, name), rows=tuple(rows))


class _Annexe:
    def __init__(self, material: Material) -> None:
        self.material = material
        self.framework = material.framework
        self.rating = material.result.rating
        self.origins = Origins(material.declared, material.framework)

    def about(self) -> Sheet:
        declared, framework = self.material.declared, self.framework
        disclosure, fieldwork = framework.disclosure, declared.fieldwork
        items: list[tuple[str, Cell]] = [("title", declared.title)]
        if declared.synthetic:
            items.append(("synthetic", "The cases behind these figures are synthetic."))
            items.append(("note", declared.note))
        items += [
            ("provider", declared.provider.name),
            ("region", declared.provider.region),
            *self._publication(),
            ("status", declared.status),
            *(("correction", f"{each.date.isoformat()}: {each.text}") for each in declared.corrections),
            ("publisher_of_the_standards", framework.publisher),
            ("framework", framework.id),
            ("edition", framework.edition),
            ("framework_title", framework.title),
            ("framework_origin", self.material.result.inspection.framework_identity["origin"]),
            ("framework_checksum", framework.checksum),
            ("engine", self.rating.engine),
            ("cases", self.material.figures.cases),
            *self._populations(),
            ("fieldwork_started", fieldwork.started.isoformat()),
            *self._last_time(),
            *(("rated_elsewhere", str(each)) for each in self.material.result.inspection.rated_elsewhere),
            ("fieldwork_weeks", fieldwork.weeks),
            ("practitioner_interviews", fieldwork.practitioner_interviews),
            *(
                ("commenced_between", f"{period.first.isoformat()} and {period.last.isoformat()}")
                for period in fieldwork.commenced
            ),
            ("smallest_count_shown", disclosure.smallest_count),
            ("smallest_group_compared", disclosure.smallest_group),
            (
                "suppressed",
                f"a cell is empty, and the status of its row {SUPPRESSED}, where a count is small, or where a small "
                "one could be worked out from it",
            ),
            ("interval", "95% Wilson score interval" + ("" if declared.population is None else ", finite population")),
            ("resamples", self.material.firmness.resamples),
            ("resampled_samples", self.material.firmness.samples),
            ("resampling_seed", SEED),
            *(("assumption", assumption) for assumption in self.rating.assumptions),
            *(("not_rated", reason) for reason in self.rating.not_rated),
            *(("decision_not_applied", str(stale)) for stale in self.rating.stale_decisions),
        ]
        return Sheet("about", "What these tables are.", ("item", "value"), tuple(items))

    def _publication(self) -> Iterator[tuple[str, Cell]]:
        """Yield who publishes the annexe, under which licence, and what it is about."""
        declared = self.material.declared
        by = declared.published_by
        yield "published_by", "Demonstration" if by is None else by.name
        if by is not None:
            yield "published_on", None if by.date is None else by.date.isoformat()
            yield "contact", by.contact
        yield "licence", self.material.licence
        yield "source", say_source(declared.source)
        yield "source_of_the_standards", say_source(self.framework.source)

    def _populations(self) -> Iterator[tuple[str, Cell]]:
        """Yield how many cases each sample has, and how many there were to draw it from."""
        population = self.material.declared.population
        for sample, cases in self.rating.samples:
            yield f"cases_{sample.id}", cases
        if isinstance(population, Mapping):
            yield from ((f"population_{name}", number) for name, number in population.items())
        else:
            yield "population", population

    def _last_time(self) -> Iterator[tuple[str, Cell]]:
        last_time = self.material.result.last_time
        if last_time is not None:
            then = last_time.result.framework
            yield "last_time_fieldwork_started", last_time.started.isoformat()
            yield "last_time_framework", f"{then.id} {then.edition}"
            yield "last_time_checksum", then.checksum
            if last_time.synthetic:
                yield "last_time_synthetic", "The cases behind the ratings of last time are synthetic."

    def ratings(self) -> Sheet:
        rating, again = self.rating, self.material.firmness
        rows: list[tuple[Cell, ...]] = [
            ("overall", "", "", "", "", _id(rating.overall), rating.score, rating.out_of, "", _percent(again.overall))
        ]
        for domain in rating.domains:
            title, rated = domain.domain.title, _id(domain.rating)
            rows.append(("domain", domain.domain.id, title, "", "", rated, domain.score, domain.out_of, "", None))
        domain_of = {slug: domain.id for domain in self.framework.domains for slug in domain.standards}
        for result in rating.standards:
            standard = result.standard
            rows.append(
                (
                    "standard",
                    standard.slug,
                    f"{standard.id} {standard.title}",
                    domain_of.get(standard.slug, ""),
                    standard.rated_by,
                    _id(result.rating),
                    result.rating.score if result.rating else None,
                    self.framework.highest_score(standard.scale),
                    ", ".join(result.drivers),
                    _percent(again.standards.get(standard.slug)),
                )
            )
        columns: tuple[str, ...] = (
            "level",
            "id",
            "title",
            "domain",
            "rated_by",
            "rating",
            "score",
            "out_of",
            "drivers",
        )
        columns += ("same_rating_again_percent",)
        if self.material.declared.decisions:
            columns += ("computed", "computed_score", "decision", "reason", "decided_by", "decided_on")
            rows = [(*row, *beside) for row, beside in zip(rows, self._decisions(), strict=True)]
        last_time = self.material.result.last_time
        if last_time is not None:
            columns += ("last_time",)
            places: list[Place] = [OVERALL, *(("domains", each.domain.id) for each in rating.domains)]
            places += [("standards", each.standard.slug) for each in rating.standards]
            before = [_id(last_time.ratings.get(place)) for place in places]
            rows = [(*row, last) for row, last in zip(rows, before, strict=True)]
        every: list[tuple[Place, DomainResult | StandardResult]] = [
            *((("domains", each.domain.id), each) for each in rating.domains),
            *((("standards", each.standard.slug), each) for each in rating.standards),
        ]
        origins = [
            self._origin(OVERALL, rating.overall, rating.overall_decision),
            *(self._origin(place, each.rating, each.decision) for place, each in every),
        ]
        return _with_origins(Sheet("ratings", "Every rating and score.", columns, tuple(rows)), "origin", origins)

    def _origin(self, place: Place, rating: Rating | None, decision: PanelDecision | None) -> Origin | None:
        return None if rating is None else self.origins.of_rating(place, is_decided=decision is not None)

    def _decisions(self) -> Iterator[tuple[Cell, ...]]:
        """Yield what stands beside the ratings of one row after the other: what was computed, and what was decided."""
        rating = self.rating
        stale = {each.decision.place for each in rating.stale_decisions}
        yield self._decided(OVERALL, rating.overall_computed, rating.computed_score, stale)
        for domain in rating.domains:
            yield self._decided(("domains", domain.domain.id), domain.computed, domain.computed_score, stale)
        for result in rating.standards:
            score = result.computed.score if result.computed else None
            yield self._decided(("standards", result.standard.slug), result.computed, score, stale)

    def _decided(self, place: Place, computed: Rating | None, score: int | None, stale: Set[Place]) -> tuple[Cell, ...]:
        decision = next((each for each in self.material.declared.decisions if each.place == place), None)
        if decision is None:
            return _id(computed), score, "", "", "", ""
        moved = f"{decision.was} to {decision.rating}" + (", not applied" if place in stale else "")
        return _id(computed), score, moved, decision.reason, decision.who, decision.date.isoformat()

    def scale(self) -> Sheet:
        scales = self.framework.every_scale
        rows = tuple((name, step.id, step.label, step.score) for name, steps in scales.items() for step in steps)
        return Sheet("scale", "The rating scales, the best first.", ("scale", "rating", "label", "score"), rows)

    def bands(self) -> Sheet:
        keys: tuple[BoundKey, ...] = ("from", "above", "up_to", "below")

        def rows(of: str, unit: str, rule: Banded) -> Iterator[tuple[Cell, ...]]:
            for value, each in rules_by_value(rule).items():
                # What holds for one value of a fact stands at its address.
                applies_to = f"{of}.bands_by.{choosing_fact(rule)}.{value}" if value else of
                for band in each.bands:
                    bounds = band.bounds
                    limits = (float(bounds[key]) if key in bounds else None for key in keys)
                    yield applies_to, unit, *limits, band.rating

        framework = self.framework
        made: list[tuple[Cell, ...]] = []
        for each in framework.placed_bands:
            made += rows(_OF_ALL.get(each.address, each.address), "per cent", each.bands)
        for path in framework.every_question:
            points = framework.points_of(path)
            if points is not None:
                made += rows(f"{path}.rating", _unit(points), points)
        for placed in framework.placed_rules():
            if isinstance(placed.rule, SumInBands):
                of = f"{placed.level} {placed.element}".strip()
                made += rows(of, _UNITS[placed.rule.value], placed.rule)
        about = "A value is in the first band whose bound it meets; a band without a bound takes whatever is left."
        return Sheet("bands", about, ("applies_to", "unit", *keys, "rating"), tuple(made))

    def _rating_rule(self, of: str, rule: RatingRule, scale: str = RATINGS) -> Iterator[tuple[Cell, ...]]:
        """Yield the rows that say how a rating is made."""
        match rule:
            case TakeRating(take, members):
                yield of, f"{take} of {members if isinstance(members, str) else ', '.join(members)}"
            case SumInBands():
                yield of, f"{rule.value} of {rule.sum_of}"
                for name, weight in rule.weights.items():
                    yield f"{of}.weights.{name}", weight
                if rule.decided_on == "rounded":
                    yield f"{of}.round", f"{rule.round} to {say_number(rule.to)}"
            case FirstThatHolds():
                for number, said in enumerate(say_rating_rule(evolve(rule, then=()), self.framework, scale), 1):
                    yield f"{of}.line_{number}", said
            case never:
                assert_never(never)
        for number, step in enumerate(rule.then, 1):
            yield f"{of}.then_{number}", say_step(step, self.framework, scale=scale)
        if rule.not_rated != ("refuse" if isinstance(rule, SumInBands) else ""):
            yield f"{of}.not_rated", rule.not_rated

    def rating_rules(self) -> Sheet:
        framework = self.framework
        rows: list[tuple[Cell, ...]] = []
        for address, declared in {each.address: each.bands for each in framework.placed_bands}.items():
            of = _OF_ALL.get(address, address)
            rows += [
                (f"{of}.share_of", declared.share_of),
                (f"{of}.among", ", ".join(declared.among)),
                (f"{of}.round", declared.round),
                (f"{of}.decided_on", declared.decided_on),
                (f"{of}.undetermined", declared.undetermined),
            ]
        rows += self._rating_rule("standard", framework.standard_rating)
        for standard in framework.standards:
            if standard.rating is not None:
                rows += self._rating_rule(f"standard {standard.slug}", standard.rating, standard.scale)
        if isinstance(framework.domain_rating, DomainRating):
            rows.append(("domain", f"sum of {framework.domain_rating.sum_of}"))
        elif framework.domain_rating is not None:
            rows += self._rating_rule("domain", framework.domain_rating)
        for domain in framework.domains:
            if domain.rating is not None:
                rows += self._rating_rule(f"domain {domain.id}", domain.rating, domain.scale)
        if framework.overall is not None:
            rows += self._rating_rule("overall", framework.overall)
        may_move = framework.panel.may_move
        steps = {"standards": may_move.standards, "domains": may_move.domains, "overall": may_move.overall}
        rows += [(f"panel.may_move.{level}", number) for level, number in steps.items() if number]
        return Sheet("rating_rules", "How shares become ratings.", ("rule", "value"), tuple(rows))

    def key_questions(self) -> Sheet:
        columns: tuple[str, ...] = (
            *("address", "standard", "question", *OUTCOMES, *_SHARE, "status"),
            *("rating", "drives", "panel", "not_rated", "same_rating_again_percent"),
        )
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            self._key_question(question, question.path in result.drivers, result.standard.slug)
            for result in self.rating.standards
            for question in result.key_questions
        )
        if self._has_points:
            columns += ("scored", "value", "unit")
            of = {question.path: question for result in self.rating.standards for question in result.key_questions}
            rows = tuple((*row, *points_cells(of[str(row[0])], self.framework)) for row in rows)
        about = "Every key question over the whole sample."
        if self.framework.samples:
            about = "Every key question over the sample that it is asked of."
        sheet = self._with_samples(Sheet("key_questions", about, columns, rows))
        questions = [question for result in self.rating.standards for question in result.key_questions]
        of_shares = [
            self.origins.of_share(question.path) if question.question.is_asked_of_cases else None
            for question in questions
        ]
        sheet = _with_origins(sheet, "origin", of_shares)
        return _with_origins(sheet, "origin_of_rating", [self.origins.of_band(question) for question in questions])

    def _with_samples(self, sheet: Sheet) -> Sheet:
        """Return a sheet of what is asked, with the sample that it is asked of where the standards declare samples."""
        if not self.framework.samples:
            return sheet
        samples = [self.framework.sample_of(str(address)) for address, *_ in sheet.rows]
        rows = ((*row, sample.id if sample else "") for row, sample in zip(sheet.rows, samples, strict=True))
        return evolve(sheet, columns=(*sheet.columns, "sample"), rows=tuple(rows))

    @property
    def _has_points(self) -> bool:
        return any(question.points is not None for question in self.framework.every_question.values())

    def _key_question(self, result: KeyQuestionResult, drives: bool, standard: str) -> tuple[Cell, ...]:
        counts = self.material.figures.whole.get(result.path)
        again = self.material.firmness.key_questions.get(result.path) if result.has_share else None
        # Of what was asked once there is nothing to count.
        without = (None,) * len((*OUTCOMES, *_SHARE, "status"))
        counted = without if counts is None else self._counted(result.path, counts)
        return (
            result.path,
            standard,
            result.question.ask,
            *counted,
            _id(result.rating),
            "yes" if drives else "no",
            "; ".join(flag.reason for flag in result.panel),
            result.not_rated,
            _percent(again),
        )

    def _counted(self, path: str, counts: ShownCounts) -> tuple[Cell, ...]:
        """Return the counts, what the share is made of, it and its interval in whole per cent, and the status."""
        share = self.material.share(path, counts)
        numbers: tuple[Cell, ...] = (None,) * len(_SHARE)
        if isinstance(share, Share):
            percent, interval = self.material.percent(path, share), self.material.interval(path, share)
            numbers = (share.count, share.among, percent, *interval)
        shown = tuple(getattr(counts, outcome) for outcome in OUTCOMES)
        return (*shown, *numbers, SUPPRESSED if None in shown else _status(share))

    def asked(self, name: str, about: str, asked: Mapping[str, object]) -> Sheet:
        columns = ("address", "asked", *OUTCOMES, *_SHARE, "status", "in_words")
        rows = []
        for path in asked:
            if path not in self.material.figures.whole:
                continue  # its answers are scored, and shown as points alone
            counts = self.material.figures.whole[path]
            share = counts.share()
            words = self.material.vocabulary.say(share.exact) if isinstance(share, Share) else None
            rows.append((path, self.material.wording(path), *self._counted(path, counts), words))
        sheet = self._with_samples(Sheet(name, about, columns, tuple(rows)))
        return _with_origins(sheet, "origin", [self.origins.of_share(str(path)) for path, *_ in rows])

    def subgroups(self) -> Sheet:
        columns = ("address", "asked", "subgroup", "group", *OUTCOMES, *_SHARE, "status")
        rows = tuple(
            (path, self.material.wording(path), subgroup, group or NOT_KNOWN, *self._counted(path, counts))
            for path, by_subgroup in self.material.figures.groups.items()
            for subgroup, by_group in by_subgroup.items()
            for group, counts in by_group.items()
        )
        sheet = Sheet("subgroups", "Every key question, prompt and measure within groups of cases.", columns, rows)
        origins = [self.origins.of_group(str(path), str(subgroup)) for path, _, subgroup, *_ in rows]
        return _with_origins(sheet, "origin", origins)

    def comparisons(self) -> Sheet:
        columns = (
            *("address", "subgroup", "group", "reference", "percent_in_group", "status_in_group"),
            *(
                "percent_in_reference",
                "status_in_reference",
                "relative_rate_index",
                "interval_low",
                "interval_high",
                "claim",
            ),
        )
        rows = []
        for one in self.material.comparisons():
            compared = one.comparison
            shares: list[Cell] = []
            for share in (compared.group, compared.reference):
                percent = self.material.percent(one.path, share) if isinstance(share, Share) else None
                shares += [percent, _status(share)]
            rates = [value and round(value, 3) for value in (compared.rate, compared.low, compared.high)]
            rows.append((one.path, one.subgroup.id, one.group.id, one.reference.id, *shares, *rates, compared.claim))
        about = "Relative rate index: the share in the group divided by the share in the reference."
        return Sheet("comparisons", about, columns, tuple(rows))

    def sample(self) -> Sheet:
        rows: list[tuple[Cell, ...]] = [
            ("samples", sample.id, sample.title, cases, "") for sample, cases in self.rating.samples
        ]
        for subgroup in self.framework.subgroups:
            titles = {group.id: group.title for group in subgroup.groups} | {NO_GROUP: "Not known"}
            for group, size in self.material.figures.sizes[subgroup.id].items():
                rows.append((subgroup.id, group or NOT_KNOWN, titles[group], size, _if_shown(size)))
        for variant in self.framework.variants:
            size = self.material.figures.sizes[VARIANTS][variant.id]
            rows.append((VARIANTS, variant.id, variant.title, size, _if_shown(size)))
        return Sheet("sample", "Who was in the sample.", ("subgroup", "group", "title", "cases", "status"), tuple(rows))

    def missing(self) -> Sheet:
        smallest = self.framework.disclosure.smallest_count
        counted = [
            (reason, shown_count(times, smallest)) for reason, times in self.material.result.missing_by_reason.items()
        ]
        rows = tuple((reason, times, _if_shown(times)) for reason, times in counted)
        return Sheet("missing", "Why answers and facts are missing.", ("reason", "times", "status"), rows)

    def rules(self) -> Sheet:
        framework = self.framework
        rows: list[tuple[Cell, ...]] = []
        for path, question in framework.every_question.items():
            if question.points is not None:
                said = "; ".join(say_points(question, framework))
                rows.append((path, "points", said, say_source(question.source)))
                rows += [
                    (f"{path}.{prompt.id}", "answers", say_answers(prompt, framework), say_source(prompt.source))
                    for prompt in question.prompts
                ]
            if question.yes_when is not None:
                rows.append((path, "yes when", self._say(question.yes_when, question), say_source(question.source)))
            if question.applies_when is not None:
                rows.append((path, "asked when", self._say(question.applies_when), say_source(question.source)))
            for name, rule in question.variants.items():
                rows.append(
                    (path, f"yes when, for {name}", self._say(rule.yes_when, question), say_source(rule.source))
                )
        answered: dict[str, Prompt | Measure]
        answered = {**framework.every_prompt, **framework.measures_by_path}
        rows += [
            (path, "applies when", self._say(asked.applies_when), say_source(asked.source))
            for path, asked in answered.items()
            if asked.applies_when is not None
        ]
        for sample in framework.samples:
            rows.append((f"samples.{sample.id}", "drawn when", self._say(sample.when), say_source(sample.source)))
        for variant in framework.variants:
            rows.append((f"{VARIANTS}.{variant.id}", "used when", self._say(variant.when), say_source(variant.source)))
        about = "The rules of the declaration in words."
        return Sheet("rules", about, ("address", "kind", "rule", "source"), tuple(rows))

    def _say(self, condition: Condition, question: KeyQuestion | None = None) -> str:
        return say(condition, self.framework, question)

    def panel(self) -> Sheet:
        flagged = [
            ("overall", self.rating.overall_panel),
            *((f"domains.{result.domain.id}", result.panel) for result in self.rating.domains),
            *((question.path, question.panel) for result in self.rating.standards for question in result.key_questions),
        ]
        rows = tuple(
            (address, flag.kind, flag.reason, _id(flag.instead), "yes" if flag.changes_standard else "no")
            for address, flags in flagged
            for flag in flags
        )
        columns = ("address", "kind", "reason", "rating_instead", "changes_standard")
        return Sheet("panel", "Why people should look at a rating again.", columns, rows)

    def judgements(self) -> Sheet:
        agreed = self.material.agreement
        kappa = [None if value is None else round(value, 3) for value in (agreed.kappa, agreed.low, agreed.high)]
        columns = ("recorded_judgements", "diverging_from_the_rule", "kappa", "interval_low", "interval_high", "status")
        row = (agreed.judgements, agreed.differing, *kappa, SUPPRESSED if agreed.is_hidden else "")
        about = "Outcomes that inspectors recorded in place of a rule's; never named case by case."
        return Sheet("judgements", about, columns, (row,))

    def reliability(self) -> Iterator[Sheet]:
        """Yield how far inspectors agree who judged the same cases, where some did."""
        disclosure = self.framework.disclosure
        rows = []
        for each in self.material.result.reliability:
            twice = shown_count(each.cases + each.undecided, disclosure.smallest_count)
            parts = [
                shown_count(count, disclosure.smallest_count) for count in (each.undecided, each.agreed, each.differed)
            ]
            # The others give one of them away, and so does kappa.
            is_hidden = None in (twice, *parts)
            parts = [None] * len(parts) if is_hidden else parts
            is_given = not is_hidden and each.cases >= disclosure.smallest_group
            kappa = round(float(each.kappa), 3) if each.kappa is not None and is_given else None
            status = SUPPRESSED if is_hidden else ""
            rows.append((each.level, each.name, self.material.wording(each.name), twice, *parts, kappa, status))
        if rows:
            columns = (
                "level",
                "address",
                "asked",
                "judged_twice",
                "undecided",
                "agreed",
                "differed",
                "kappa",
                "status",
            )
            about = "How far inspectors agree who judged the same cases; kappa is 1 for always, 0 for chance."
            yield Sheet("reliability", about, columns, tuple(rows))

    def figures(self) -> Sheet:
        rows = tuple(
            (
                figure.id,
                figure.text,
                figure.count,
                figure.among,
                None if figure.value is None else float(figure.value),
                figure.unit,
            )
            for figure in self.material.declared.figures
        )
        columns = ("id", "text", "count", "among", "value", "unit")
        sheet = Sheet("figures", "Figures that do not come from the cases.", columns, rows)
        origins = [self.origins.of_figure(figure.id) for figure in self.material.declared.figures]
        return _with_origins(sheet, "origin", origins)

    def recommendations(self) -> Iterator[Sheet]:
        """Yield what is recommended, a row for each address that a recommendation is about, where there are any."""
        recommended = self.material.declared.recommendations
        rows = tuple(
            (number, each.text, address)
            for number, each in enumerate(recommended, start=1)
            for address in each.about or ("",)
        )
        if rows:
            about = "What the provider should do, and what each recommendation is about."
            yield Sheet("recommendations", about, ("number", "text", "address"), rows)

    def counts(self) -> Sheet:
        """Return the tidy table of counts: every figure once more, in one shape for all of them, for programs."""
        inspection, figures = self.material.result.inspection, self.material.figures
        population, facts = self.material.declared.population, inspection.provider_facts
        answers = inspection.provider_answers
        rows = [*rating_rows(self.rating, population=population, provider=facts, answers=answers)]
        questions = (question for result in self.rating.standards for question in result.key_questions)
        shown = {path: _by_outcome(counts) for path, counts in figures.whole.items()}
        rows += [
            question_row(
                self.rating, each, {"scored": None} if self.material.hides_points(each) else shown.get(each.path, {})
            )
            for each in questions
        ]
        levels: dict[str, Level] = {
            **dict.fromkeys(self.framework.key_questions, "key_question"),
            **dict.fromkeys(self.framework.prompts, "prompt"),
            **dict.fromkeys(self.framework.measures_by_path, "measure"),
        }
        for path, counts in figures.whole.items():
            if levels[path] != "key_question":
                rows.append(self._count(levels[path], path, "", counts))
        for path, by_subgroup in figures.groups.items():
            for subgroup, by_group in by_subgroup.items():
                for group, counts in by_group.items():
                    rows.append(self._count(levels[path], path, f"{subgroup}.{group or NOT_KNOWN}", counts))
        about = "Every count and rating in one shape; ctm-rules rate --counts rates it again."
        columns = columns_of(self.framework)
        return Sheet("counts", about, columns, tuple(tuple(map(row.to_dict().get, columns)) for row in rows))

    def _count(self, level: Level, path: str, group: str, counts: ShownCounts) -> CountRow:
        share = self.material.share(path, counts)
        return count_row(
            level,
            path,
            _by_outcome(counts),
            sample=sample_id(self.framework, path),
            group=group,
            among=share.among if isinstance(share, Share) else None,
            percent=self.material.percent(path, share) if isinstance(share, Share) else None,
            interval=self.material.interval(path, share) if isinstance(share, Share) else None,
        )


def _by_outcome(counts: ShownCounts) -> dict[str, int | None]:
    return {outcome: getattr(counts, outcome) for outcome in OUTCOMES}


def _status(share: Share | NoShare) -> str:
    """Return why there is no share (empty: there is one)."""
    return "" if isinstance(share, Share) else SUPPRESSED if share is NoShare.HIDDEN else NO_CASES


def _if_shown(count: int | None) -> str:
    return SUPPRESSED if count is None else ""


_SHARE = ("count", "among", "percent", "interval_low", "interval_high")
"""The columns of a share."""


def _id(rating: Rating | None) -> str | None:
    return None if rating is None else rating.id


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 1)


def say_source(source: Source | None) -> str:
    """Return where something comes from, in words (empty: it is not said)."""
    return "" if source is None else "; ".join(part for part in (source.title, source.section, source.url) if part)


_OF_ALL = {"key_question_bands": "key_questions"}
"""What holds for all key questions, as the annexe calls it."""

_UNITS = {"sum": "score", "mean": "mean score", "percent": "per cent of the highest score"}
"""What a rating rule places in its bands, as the annexe calls it."""


def points_cells(result: KeyQuestionResult, framework: Framework) -> tuple[Cell, Cell, Cell]:
    """Return how many cases have a number, what these come to, and what that is; not where they are too few to show."""
    declared = framework.points_of(result.path)
    if declared is None:
        return None, None, None
    unit = _unit(declared)
    if hides_points(result, framework.disclosure.smallest_count):
        return None, None, unit
    cases = result.counts.scored if result.question.is_asked_of_cases else None
    return cases, None if result.value is None else round(float(result.value), 5), unit


def _unit(points: PointsInBands) -> str:
    """Return what the value of a key question that has points is, as the annexe calls it."""
    return f"{points.value} of points"
