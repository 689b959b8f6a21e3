"""Several inspections side by side: a league table, ratings over time, and the weakest key questions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from attrs import frozen

from ctm_rules.engines import make_engine
from ctm_rules.inspections.inspection import InspectionResult
from ctm_rules.languages.languages import ENGLISH, Language, Text, load_language
from ctm_rules.model.checksum import framework_checksum
from ctm_rules.model.framework import Framework, Rating
from ctm_rules.phrases import say_percent
from ctm_rules.rating.order import RatingOrder
from ctm_rules.rating.results import KeyQuestionResult, label_of
from ctm_rules.rating.shares import decisive_percent, rounded_percent
from ctm_rules.report import charts
from ctm_rules.report.annexe import Cell, Sheet
from ctm_rules.report.blocks import Block, Column, Heading, Paragraph, Picture, Report, Table
from ctm_rules.report.html_and_markdown import render
from ctm_rules.report.spreadsheets import write_xlsx


@frozen
class Place:
    """One inspection's place in the league; inspections with the same score share a place, unrated ones have none."""

    place: int | None
    result: InspectionResult


@frozen
class QuestionAcross:
    """One key question over all the inspections by one framework.

    Attributes:
        share: the share over the cases of all of them together; ``None`` where none could be given.
        lowest, highest: the lowest and the highest share of a single inspection.
        inspections: in how many it has a share.
        lowest_rated: in how many it has the lowest rating that a key question can have.
    """

    path: str
    ask: str
    share: Fraction | None
    lowest: Fraction | None
    highest: Fraction | None
    inspections: int
    lowest_rated: int


def league(results: Sequence[InspectionResult]) -> tuple[Place, ...]:
    """Return the inspections by their share of the score that could be had, the best first.

    Where fewer points are better, the lowest share is the best; where scores neither fall nor rise along the list of
    ratings, no score is better than another, and none has a place.
    """

    def behind(result: InspectionResult) -> Fraction | None:
        score, out_of = result.rating.score, max(1, result.rating.out_of)
        worse = RatingOrder(result.rating.framework).worse_scores
        if score is None or worse is None:
            return None
        return Fraction(out_of - score if worse == "low" else score, out_of)

    placed = [(behind(result), result) for result in results]
    ordered = sorted(
        placed, key=lambda each: (each[0] is None, each[0] or 0, each[1].inspection.declared.provider.name)
    )
    places = [own for own, _ in ordered]
    return tuple(Place(None if own is None else places.index(own) + 1, result) for own, result in ordered)


def over_time(results: Sequence[InspectionResult]) -> dict[str, tuple[InspectionResult, ...]]:
    """Return the inspections of each provider that was inspected more than once, the earliest first, by its id."""
    by_provider: dict[str, list[InspectionResult]] = {}
    for result in results:
        by_provider.setdefault(result.inspection.declared.provider.id, []).append(result)
    return {
        provider: tuple(sorted(inspected, key=lambda result: result.inspection.declared.fieldwork.started))
        for provider, inspected in by_provider.items()
        if len(inspected) > 1
    }


def by_framework(results: Sequence[InspectionResult]) -> tuple[tuple[Framework, tuple[InspectionResult, ...]], ...]:
    """Return the inspections by what they were rated by; only those of one framework have the same questions."""
    grouped: dict[str, tuple[Framework, list[InspectionResult]]] = {}
    for result in results:
        framework = result.inspection.framework
        grouped.setdefault(framework_checksum(framework), (framework, []))[1].append(result)
    return tuple((framework, tuple(of)) for framework, of in grouped.values())


def weakest(framework: Framework, results: Sequence[InspectionResult]) -> tuple[QuestionAcross, ...]:
    """Return the key questions of a framework over all inspections by it, the weakest over all cases first."""
    rows = []
    declared = framework.key_question_bands
    order = RatingOrder(framework)
    for path, question in framework.key_questions.items():
        found = [one for result in results if (one := _question(result, path)) is not None and one.share is not None]
        counted = (
            [(_count(one, (declared.share_of,)), _count(one, declared.among)) for one in found] if declared else []
        )
        together = sum(among for _, among in counted)
        shares = [one.share for one in found if one.share is not None]
        rows.append(
            QuestionAcross(
                path,
                question.ask,
                Fraction(sum(count for count, _ in counted), together) if together else None,
                min(shares, default=None),
                max(shares, default=None),
                len(found),
                sum(one.rating == order.lowest_of_shares for one in found),
            )
        )
    engine = make_engine(framework, "reference")

    def weakness(row: QuestionAcross) -> tuple[int, Fraction]:
        rating = None
        if declared is not None and row.share is not None:
            rating = framework.ratings_by_id[engine.rating(declared.bands, decisive_percent(declared, row.share))]
        return order.weakness(rating, row.share)

    return tuple(sorted(rows, key=weakness))


def _question(result: InspectionResult, path: str) -> KeyQuestionResult | None:
    questions = (question for standard in result.rating.standards for question in standard.key_questions)
    return next((question for question in questions if question.path == path), None)


def _count(question: KeyQuestionResult, outcomes: Sequence[str]) -> int:
    return sum(getattr(question.counts, outcome) for outcome in outcomes)


# --- As a page and a workbook --------------------------------------------------------------------


def render_comparison(
    results: Sequence[InspectionResult], language: str = ENGLISH, templates: Path | None = None
) -> dict[str, bytes]:
    """Return the comparison of inspections as files by their names: ``compare.html`` and ``compare.xlsx``.

    Raises:
        DiagnosticError: there is no such language, or a template has a mistake.
    """
    page = _Page(results, load_language(language)).report()
    return {
        "compare.html": render("report.html.jinja", templates, report=page),
        "compare.xlsx": write_xlsx(tuple(_sheets(results)), page.title.value, page.date),
    }


class _Page:
    def __init__(self, results: Sequence[InspectionResult], language: Language) -> None:
        self.results = results
        self.language = language
        self.say = language.label
        self.blocks: list[Block] = []

    def report(self) -> Report:
        providers = {result.inspection.declared.provider.id for result in self.results}
        self.blocks.append(
            Paragraph(self.say("compare_intro", inspections=len(self.results), providers=len(providers)))
        )
        self._league()
        groups = by_framework(self.results)
        for framework, results in groups:
            self._standards(framework, results)
        self._over_time()
        for framework, results in groups:
            self._weakest(framework, results)
        latest = max(result.inspection.declared.fieldwork.started for result in self.results)
        publishers = sorted({framework.publisher for framework, _ in groups})
        names = ", ".join(f"{framework.id} {framework.edition}" for framework, _ in groups)
        title = self.say("compare_title")
        return Report(
            self.language.code,
            title,
            title,
            Text(", ".join(publishers), ENGLISH),
            self._notices(),
            self.say("contents"),
            self.say("skip_to_content"),
            tuple(self.blocks),
            self.say("footer", provider=title, framework=names),
            (latest.year, latest.month, latest.day),
        )

    def _notices(self) -> tuple[Text, ...]:
        synthetic = [result for result in self.results if result.inspection.declared.cases.synthetic]
        notices = []
        if synthetic and len(synthetic) == len(self.results):
            notices.append(self.say("synthetic"))
        elif synthetic:
            names = sorted({result.inspection.declared.provider.name for result in synthetic})
            notices.append(self.say("some_synthetic", providers=", ".join(names)))
        if self.language.file.unofficial:
            notices.append(self.say("unofficial"))
        if self.language.code != ENGLISH:
            notices.append(self.say("some_english"))
        return tuple(notices)

    def _heading(self, level: int, text: Text, anchor: str) -> None:
        self.blocks.append(Heading(level, text, anchor))

    def _table(
        self,
        anchor: str,
        caption: Text,
        columns: Sequence[Text],
        rows: Sequence[Sequence[Text]],
        numbers: Sequence[int],
    ) -> None:
        titles = tuple(Column(title, number in numbers) for number, title in enumerate(columns))
        self.blocks.append(Table(caption, titles, tuple(map(tuple, rows)), anchor))

    def _plain(self, words: object) -> Text:
        return Text(str(words), self.language.code)

    def _typed(self, result: InspectionResult, words: str) -> Text:
        return Text(words, result.inspection.declared.language)

    def _rating(self, rating: Rating | None) -> Text:
        return self.say("not_rated") if rating is None else self.language.rating(rating)

    def _score(self, result: InspectionResult) -> Text:
        score, out_of = result.rating.score, result.rating.out_of
        return self._plain("–" if score is None else f"{score}/{out_of}")

    def _started(self, result: InspectionResult) -> Text:
        return self.language.date(result.inspection.declared.fieldwork.started)

    def _league(self) -> None:
        self._heading(2, self.say("league"), "league")
        columns = ["provider", "place", "overall_rating", "score_heading", "inspected", "region"]
        rows = []
        for place in league(self.results):
            result, provider = place.result, place.result.inspection.declared.provider
            rows.append(
                (
                    self._typed(result, provider.name),
                    self._plain("–" if place.place is None else place.place),
                    self._rating(result.rating.overall),
                    self._score(result),
                    self._started(result),
                    self._typed(result, provider.region or "–"),
                )
            )
        self._table("league-table", self.say("league_caption"), [self.say(name) for name in columns], rows, [1, 3])

    def _standards(self, framework: Framework, results: Sequence[InspectionResult]) -> None:
        name = Text(f"{framework.title} {framework.edition}", ENGLISH)
        self._heading(3, name, _anchor("standards", framework))
        titles = [
            Text(f"{standard.id} {title}", title.language)
            for standard in framework.standards
            for title in [self.language.wording(framework, f"{standard.slug}.title", standard.title)]
        ]
        rows = [
            (
                self._typed(place.result, place.result.inspection.declared.provider.name),
                self._started(place.result),
                *(self._rating(standard.rating) for standard in place.result.rating.standards),
            )
            for place in league(results)
        ]
        columns = [self.say("provider"), self.say("inspected"), *titles]
        caption = self.say("standards_caption", framework=name)
        self._table(_anchor("standards-table", framework), caption, columns, rows, [])

    def _over_time(self) -> None:
        repeated = over_time(self.results)
        if not repeated:
            return
        self._heading(2, self.say("over_time"), "over-time")
        self.blocks.append(Paragraph(self.say("over_time_intro")))
        for number, inspected in enumerate(repeated.values(), start=1):
            name = inspected[-1].inspection.declared.provider.name
            titles = {
                standard.standard.id: f"{standard.standard.id} {standard.standard.title}"
                for result in inspected
                for standard in result.rating.standards
            }
            ratings = [
                {standard.standard.id: standard.rating for standard in result.rating.standards} for result in inspected
            ]
            nothing = self._plain("–")
            rows = [
                (
                    Text(title, ENGLISH),
                    *(self._rating(of[standard]) if standard in of else nothing for of in ratings),
                )
                for standard, title in titles.items()
            ]
            overall = (self.say("overall_rating"), *(self._rating(result.rating.overall) for result in inspected))
            scores = (self.say("score_heading"), *map(self._score, inspected))
            columns = [self.say("rated"), *map(self._started, inspected)]
            caption = self.say("over_time_caption", provider=name)
            self._table(f"over-time-{number}", caption, columns, [overall, scores, *rows], [])

    def _weakest(self, framework: Framework, results: Sequence[InspectionResult]) -> None:
        questions = weakest(framework, results)
        if not questions:
            return
        name = Text(f"{framework.title} {framework.edition}", ENGLISH)
        heading = self.say("weakest")
        self._heading(2, Text(f"{heading}: {name}", heading.language), _anchor("weakest", framework))
        self.blocks.append(Paragraph(self.say("weakest_intro")))
        bars, words, rows = [], [], []
        for question in questions:
            asked = self.language.wording(framework, question.path, question.ask)
            share = _percent(question.share, framework)
            if question.share is not None:
                bars.append(charts.Share(asked.value, float(question.share * 100), None, share))
                words.append(f"{asked} {share}")
            reach = self._plain("–")
            if question.lowest is not None and question.highest is not None:
                low, high = _percent(question.lowest, framework), _percent(question.highest, framework)
                reach = self.say("from_to", low=low, high=high)
            lowest = self.say("count_of", count=question.lowest_rated, among=question.inspections)
            rows.append((asked, self._plain(share), reach, lowest))
        caption = self.say("weakest_caption", framework=name)
        alternative = f"{caption}: {'; '.join(words)}."
        svg = charts.shares_chart(bars, (), alternative)
        self.blocks.append(
            Picture(
                _anchor("weakest", framework), svg, Text(alternative, caption.language), self.say("weakest_picture")
            )
        )
        columns = [self.say(label) for label in ("key_question", "together", "range", "lowest_rated")]
        self._table(_anchor("weakest-table", framework), caption, columns, rows, [1, 2, 3])


def _anchor(name: str, framework: Framework) -> str:
    words = f"{name}-{framework.id}-{framework.edition}-{framework_checksum(framework)[-6:]}"
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


def _percent(share: Fraction | None, framework: Framework) -> str:
    bands = framework.key_question_bands
    return "–" if share is None or bands is None else say_percent(rounded_percent(share, bands.round))


def _sheets(results: Sequence[InspectionResult]) -> Iterator[Sheet]:
    places = league(results)
    yield Sheet(
        "league",
        "Inspections by score, the best first." + _synthetic(results),
        (
            *("place", "provider", "name", "region", "framework", "edition", "fieldwork_started", "synthetic", "cases"),
            *("overall", "score", "out_of"),
        ),
        tuple(_league_row(place) for place in places),
    )
    standards: list[tuple[Cell, ...]] = []
    questions: list[tuple[Cell, ...]] = []
    for place in places:
        declared, rating = place.result.inspection.declared, place.result.rating
        key = (declared.provider.id, declared.fieldwork.started.isoformat())
        for standard in rating.standards:
            rated = standard.rating
            standards.append(
                (
                    *key,
                    standard.standard.id,
                    standard.standard.title,
                    *((rated.label, rated.score) if rated else (None, None)),
                )
            )
            questions += [
                (
                    *key,
                    question.path,
                    question.counts.yes,
                    question.counts.no,
                    question.percent,
                    label_of(question.rating),
                )
                for question in standard.key_questions
            ]
    yield Sheet(
        "standards",
        "The rating of every standard in every inspection.",
        ("provider", "fieldwork_started", "standard", "title", "rating", "score"),
        tuple(standards),
    )
    yield Sheet(
        "key_questions",
        "Every key question in every inspection.",
        ("provider", "fieldwork_started", "key_question", "yes", "no", "percent", "rating"),
        tuple(questions),
    )
    rows = tuple(
        (
            framework.id,
            framework.edition,
            question.path,
            question.ask,
            *(_cell(share, framework) for share in (question.share, question.lowest, question.highest)),
            question.inspections,
            question.lowest_rated,
        )
        for framework, of in by_framework(results)
        for question in weakest(framework, of)
    )
    yield Sheet(
        "weakest",
        "Key questions over all inspections together, the weakest first.",
        (
            *("framework", "edition", "key_question", "ask", "percent_together", "percent_lowest", "percent_highest"),
            *("inspections", "rated_lowest_in"),
        ),
        rows,
    )


def _league_row(place: Place) -> tuple[Cell, ...]:
    declared, rating = place.result.inspection.declared, place.result.rating
    return (
        place.place,
        declared.provider.id,
        declared.provider.name,
        declared.provider.region,
        rating.framework.id,
        rating.framework.edition,
        declared.fieldwork.started.isoformat(),
        "yes" if declared.cases.synthetic else "no",
        rating.cases,
        label_of(rating.overall),
        rating.score,
        rating.out_of,
    )


def _synthetic(results: Sequence[InspectionResult]) -> str:
    is_any = any(result.inspection.declared.cases.synthetic for result in results)
    return " Where synthetic is yes, no row of data describes a real person." if is_any else ""


def _cell(share: Fraction | None, framework: Framework) -> int | None:
    bands = framework.key_question_bands
    return None if share is None or bands is None else rounded_percent(share, bands.round)
