"""The text of a report, from an inspection's material, in one language: what is said, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction

from ctm_rules.inspections.file import Evidence, Figure, Section
from ctm_rules.languages.languages import Language, Text
from ctm_rules.model.bands import Band, ranges_of
from ctm_rules.model.framework import RATINGS, VARIANTS, KeyQuestion, PlacedBands, Rating, Sample, Standard
from ctm_rules.model.rating_rules import RatingRule, SumInBands, TakeRating
from ctm_rules.model.rules_in_words import say_points, say_rating_rule
from ctm_rules.phrases import say_list, say_number
from ctm_rules.rating.decisions import OVERALL, PanelDecision, Place, scale_of
from ctm_rules.rating.reasons import RatingReason
from ctm_rules.rating.results import DomainResult, KeyQuestionResult, StandardResult
from ctm_rules.rating.rounding import rounded
from ctm_rules.rating.shares import say_percent
from ctm_rules.report import charts
from ctm_rules.report.blocks import (
    Bullets,
    Picture,
    RatingLine,
    RatingsBox,
    Report,
)
from ctm_rules.report.drafts import draft_findings
from ctm_rules.report.figures.disclosure import NoShare, Share, ShownCounts
from ctm_rules.report.figures.sample import NO_GROUP
from ctm_rules.report.material import GroupComparison, Material
from ctm_rules.report.page import Page, as_anchor


def write_content(material: Material, language: Language) -> Report:
    """Return the report on an inspection in a language."""
    return _Writer(material, language).report()


_OF_SHARES = {
    "footer": "footer_of_shares",
    "ratings": "ratings_of_shares",
    "rated_by_cases": "rated_by_cases_of_shares",
    "picture_key_questions": "picture_key_questions_of_shares",
    "figures": "figures_of_shares",
    "method": "method_of_shares",
    "undetermined_refuse": "undetermined_refuse_of_shares",
    "method_disclosure": "method_disclosure_of_shares",
    "assumptions_intro": "assumptions_intro_of_shares",
    "further_annexe": "further_annexe_of_shares",
}
"""Labels, and those in other words that take their place in a report in which nothing is rated."""


class _Writer(Page):
    def __init__(self, material: Material, language: Language) -> None:
        super().__init__(language)
        self.material = material
        self.framework = material.framework
        self.declared = material.declared
        self.rating = material.result.rating
        self.say = self._label

    # --- The whole ---------------------------------------------------------------------------------

    def report(self) -> Report:
        self._opening()
        for number, domain in enumerate(self.rating.domains, start=1):
            self._domain(number, domain)
        self._outside_domains()
        has_cases = bool(self.framework.key_questions)
        if has_cases or self.framework.measures or self.declared.figures:
            self._figures()
        self._groups()
        if has_cases:
            self._certainty()
        self._method()
        self._assumptions()
        self._further()
        started = self.declared.fieldwork.started
        framework = f"{self.framework.id} {self.framework.edition}"
        footer = self.say("footer", provider=self.declared.provider.name, framework=framework)
        return Report(
            self.language.code,
            self.typed(self.declared.title),
            self.typed(self.declared.provider.name),
            self.english(self.framework.publisher),
            self._notices(),
            self.say("contents"),
            self.say("skip_to_content"),
            tuple(self.blocks),
            footer,
            (started.year, started.month, started.day),
        )

    def _notices(self) -> tuple[Text, ...]:
        notices = []
        if self.declared.synthetic:
            if self.framework.asks_of_cases:
                notices.append(self.say("synthetic"))
            if self.declared.note:
                notices.append(self.typed(self.declared.note))
        result = self.material.result
        others = [(each.provider, each.started) for each in result.inspection.rated_elsewhere if each.synthetic]
        if result.last_time is not None and result.last_time.synthetic:
            others.append((self.declared.provider.name, result.last_time.started))
        if others and not self.declared.synthetic:
            named = [f"{provider}, {self.language.date(started)}" for provider, started in dict.fromkeys(others)]
            notices.append(self.say("some_synthetic", providers="; ".join(named)))
        return (*notices, *self.notices_of_language())

    # --- Words -------------------------------------------------------------------------------------

    def _label(self, name: str, **values: object) -> Text:
        """Return a label of the report; where nothing is rated, in words that say nothing of ratings."""
        return self.language.label(name if self.rating.has_ratings else _OF_SHARES.get(name, name), **values)

    def typed(self, words: str) -> Text:
        """Return words that the inspection file holds."""
        return Text(words, self.declared.language)

    def wording(self, address: str, english: str) -> Text:
        return self.language.wording(self.framework, address, english)

    def asked(self, path: str) -> Text:
        return self.wording(path, self.material.wording(path))

    def rating_line(
        self, name: Text, rating: Rating | None, anchor: str = "", scale: str = RATINGS, beside: Text | None = None
    ) -> RatingLine:
        steps = [known.id for known in self.framework.scale(scale)]
        step = 0 if rating is None else 1 + steps.index(rating.id)
        return RatingLine(name, self.label_of(rating), step, len(steps), as_anchor(anchor) if anchor else "", beside)

    def _beside_standard(self, result: StandardResult) -> Text | None:
        return self._beside(("standards", result.standard.slug), result.rating, result.computed, result.decision)

    def _beside(
        self, place: Place, rating: Rating | None, computed: Rating | None, decision: PanelDecision | None
    ) -> Text | None:
        """Return what stands beside a rating: what a panel decided, and the rating of last time (``None``: nothing)."""
        decided, last_time = self.beside(rating, computed, decision), self.material.result.last_time
        if last_time is None or place not in last_time.ratings:
            return decided
        before = self.say("last_time", rating=self.label_of(last_time.ratings[place]))
        return before if decided is None else Text(f"{decided}; {before}", before.language)

    def _decision(self, decision: PanelDecision | None) -> None:
        """Write from what a panel moved a rating, when, and its reason in its own words."""
        if decision is None:
            return
        scale = scale_of(self.framework, decision.place)
        was, now = (self.label_of(self.framework.rating_on(scale, each)) for each in (decision.was, decision.rating))
        date = self.language.date(decision.date)
        self.paragraph(self.say("panel_moved", was=was, rating=now, who=decision.who, date=date))
        self.paragraph(self.typed(decision.reason), "statement")

    # --- Opening -----------------------------------------------------------------------------------

    def _opening(self) -> None:
        declared = self.declared
        if declared.foreword:
            self.heading(2, self.say("foreword"), "foreword")
            for words in declared.foreword:
                self.paragraph(self.typed(words))
        self.heading(2, self.say("ratings"), "ratings")
        self._ratings()
        if declared.recommendations:
            self.heading(2, self.say("recommendations"), "recommendations")
            self.paragraph(self.say("recommendations_intro", provider=declared.provider.name))
            self.blocks.append(Bullets(tuple(map(self.typed, declared.recommendations))))
        self.heading(2, self.say("background"), "background")
        self._sample()
        for words in declared.background:
            self.paragraph(self.typed(words))

    def _ratings(self) -> None:
        rating, started = self.rating, self.declared.fieldwork.started
        score = None
        if rating.out_of is not None and (rating.score is not None or rating.overall is None):
            score = self.say("score", score="–" if rating.score is None else rating.score, out_of=rating.out_of)
        by_slug = {result.standard.slug: result for result in rating.standards}
        domains = tuple(
            (
                self.rating_line(
                    self._domain_title(number, domain),
                    domain.rating,
                    f"domain-{domain.domain.id}",
                    domain.domain.scale,
                    self._beside(("domains", domain.domain.id), domain.rating, domain.computed, domain.decision),
                ),
                tuple(
                    self._standard_line(by_slug[slug])
                    for slug in domain.domain.standards
                    if self.framework.is_rated(by_slug[slug].standard)
                ),
            )
            for number, domain in enumerate(rating.domains, start=1)
        )
        facts = [self.say("fieldwork_started", date=self.language.date(started))]
        last_time = self.material.result.last_time
        if last_time is not None:
            facts.append(self.say("last_inspected", date=self.language.date(last_time.started)))
        overall = None
        if self.framework.overall is not None:
            beside = self._beside(OVERALL, rating.overall, rating.overall_computed, rating.overall_decision)
            overall = self.rating_line(self.say("overall_rating"), rating.overall, beside=beside)
        self.blocks.append(RatingsBox(tuple(facts), score, overall, domains, self.say("ratings")))
        self._because(rating.overall_because)
        self._decision(rating.overall_decision)
        for scale in dict.fromkeys(result.standard.scale for result in rating.standards):
            self._picture_of(scale, [result for result in rating.standards if result.standard.scale == scale])
        for reason in rating.not_rated:
            self.paragraph(self.english(reason), "note")
        for stale in rating.stale_decisions:
            was, computed = self.label_of(stale.was), self.label_of(stale.computed)
            self.paragraph(self.say("decision_not_applied", rated=stale.name, was=was, computed=computed), "note")

    def _picture_of(self, scale: str, results: Sequence[StandardResult]) -> None:
        """Draw where the standards that are rated on one scale stand on it."""
        results = [result for result in results if self.framework.is_rated(result.standard)]
        if not results:
            return
        labels = [self.language.rating(known).value for known in self.framework.scale(scale)]
        rows, words = [], []
        for result in results:
            line = self._standard_line(result)
            rows.append((line.name.value, line.step - 1))
            words.append(f"{line.name}: {line.rating}")
        caption = self.say("picture_ratings")
        name = "ratings" if scale == RATINGS else f"ratings-{scale}"
        self._picture(name, charts.ratings_chart(rows, labels, _sentence(caption, words)), words, caption)

    def _because(self, because: Sequence[RatingReason]) -> None:
        """Write which parts of its rule made a rating what it is."""
        if because:
            self.blocks.append(Bullets(tuple(self.english(reason.says) for reason in because)))

    def _picture(self, name: str, svg: str, words: Sequence[str], caption: Text) -> None:
        alternative = Text(_sentence(caption, words), caption.language)
        self.blocks.append(Picture(as_anchor(name), svg, alternative, caption))

    def _standard_line(self, result: StandardResult) -> RatingLine:
        return self.rating_line(
            self._standard_title(result.standard),
            result.rating,
            f"standard-{result.standard.slug}",
            result.standard.scale,
            self._beside_standard(result),
        )

    def _standard_title(self, standard: Standard) -> Text:
        title = self.wording(f"{standard.slug}.title", standard.title)
        return Text(f"{standard.id} {title}", title.language)

    def _domain_title(self, number: int, result: DomainResult) -> Text:
        title = self.wording(f"domains.{result.domain.id}", result.domain.title)
        return Text(f"{number}. {title}", title.language)

    def _sample(self) -> None:
        fieldwork, name = self.declared.fieldwork, self.declared.provider.name
        started = self.language.date(fieldwork.started)
        if fieldwork.weeks is None:
            self.paragraph(self.say("fieldwork", provider=name, date=started))
        else:
            self.paragraph(self.say("fieldwork_weeks", provider=name, date=started, weeks=fieldwork.weeks))
        if self.framework.asks_of_cases:
            self.paragraph(self.say("cases_inspected", cases=self.material.figures.cases))
        if fieldwork.commenced:
            periods = [
                self.say("between", first=self.language.date(period.first), last=self.language.date(period.last)).value
                for period in fieldwork.commenced
            ]
            self.paragraph(self.say("commenced", periods=say_list(periods, self.say("and").value)))
        if fieldwork.practitioner_interviews is not None:
            self.paragraph(self.say("interviews", interviews=fieldwork.practitioner_interviews))
        population = self.declared.population
        if isinstance(population, int):
            self.paragraph(self.say("population", population=population))
        rows = []
        for sample, cases in self.rating.samples:
            title = self._sample_title(sample)
            if isinstance(population, Mapping) and sample.id in population:
                self.paragraph(self.say("population_of_sample", sample=title, population=population[sample.id]))
            rows.append((title, self.say("sample"), self.plain(cases)))
        for subgroup in self.framework.subgroups:
            title = self.wording(f"subgroups.{subgroup.id}", subgroup.title)
            for group, size in self.material.figures.sizes[subgroup.id].items():
                rows.append((self._group(subgroup.id, group), title, self._count(size)))
        for variant in self.framework.variants:
            size = self.material.figures.sizes[VARIANTS][variant.id]
            name_of = self.wording(f"{VARIANTS}.{variant.id}", variant.title)
            rows.append((name_of, self.say("variant"), self._count(size)))
        columns = [self.say("group"), self.say("grouped_by"), self.say("cases")]
        if rows:
            self.table("sample", self.say("sample_caption", cases=self.material.figures.cases), columns, rows, [2])

    def _sample_title(self, sample: Sample) -> Text:
        return self.wording(f"samples.{sample.id}", sample.title)

    def _group(self, subgroup: str, group: str) -> Text:
        if group == NO_GROUP:
            return self.say("no_group")
        declared = next(one for one in self.framework.subgroups if one.id == subgroup)
        title = next(one.title for one in declared.groups if one.id == group)
        return self.wording(f"subgroups.{subgroup}.{group}", title)

    def _count(self, count: int | None) -> Text:
        return self.say("hidden") if count is None else self.plain(count)

    # --- Domains and standards -----------------------------------------------------------------------

    def _domain(self, number: int, result: DomainResult) -> None:
        self.heading(2, self._domain_title(number, result), f"domain-{result.domain.id}")
        if self.framework.rule_of_domain(result.domain) is not None:
            scale, domain = result.domain.scale, result.domain.id
            beside = self._beside(("domains", domain), result.rating, result.computed, result.decision)
            line = self.rating_line(self.say("domain_rating"), result.rating, scale=scale, beside=beside)
            self.blocks.append(line)
            self._because(result.because)
            self._decision(result.decision)
        if result.score is not None:
            self.paragraph(self.say("domain_score", score=result.score, out_of=result.out_of))
        by_slug = {standard.standard.slug: standard for standard in self.rating.standards}
        for slug in result.domain.standards:
            self._standard(by_slug[slug])
        for section in self.declared.sections:
            if section.within == result.domain.id:
                self._section(section)

    def _outside_domains(self) -> None:
        """Write the standards that are in no domain."""
        outside = self.framework.outside_domains
        if not outside:
            return
        self.heading(2, self.say("other_standards" if self.framework.domains else "standards"), "standards")
        by_slug = {standard.standard.slug: standard for standard in self.rating.standards}
        for standard in outside:
            self._standard(by_slug[standard.slug])

    def _standard(self, result: StandardResult) -> None:
        standard = result.standard
        self.heading(3, self._standard_title(standard), f"standard-{standard.slug}")
        self.paragraph(self.wording(f"{standard.slug}.statement", standard.statement), "statement")
        if self.framework.is_rated(standard):
            beside = self._beside_standard(result)
            self.blocks.append(self.rating_line(self.say("rating"), result.rating, scale=standard.scale, beside=beside))
        self._because(result.because)
        self._decision(result.decision)
        if standard.rated_by == "judgement":
            for elsewhere in self.material.result.inspection.rated_elsewhere:
                if elsewhere.standard == standard.slug:
                    date = self.language.date(elsewhere.started)
                    self.paragraph(self.say("rated_elsewhere", provider=elsewhere.provider, date=date))
                    framework = f"{elsewhere.framework['id']} {elsewhere.framework['edition']}"
                    checksum = elsewhere.framework["checksum"]
                    self.paragraph(self.say("rated_elsewhere_by", framework=framework, checksum=checksum), "note")
            for judgement in self.declared.judgements:
                if judgement.standard == standard.slug:
                    self.paragraph(self.typed(judgement.rationale))
                    self._evidence(judgement.evidence, f"standard-{standard.slug}")
            return
        self._key_questions(result)
        findings = [found for found in self.declared.findings if found.standard == standard.slug]
        for found in findings:
            self._evidence(found.evidence, f"standard-{standard.slug}")
        if not findings:
            self._drafts(standard)

    def _key_questions(self, result: StandardResult) -> None:
        is_rated = self.framework.is_rated(result.standard)
        rule = self.framework.rule_of_standard(result.standard)
        of_cases = [question for question in result.key_questions if question.has_share]
        if not of_cases:
            self._asked_once(result, is_rated=is_rated)
            return
        is_lowest = rule is None or (isinstance(rule, TakeRating) and rule.take == "lowest" and not rule.then)
        self.paragraph(self.say("rated_by_cases" if is_lowest else "rated_by_cases_and_rule"))
        asked_of = [self.framework.sample_of(question.path) for question in of_cases]
        for sample, cases in self.rating.samples:
            if sample in asked_of:
                self.paragraph(self.say("asked_of_sample", sample=self._sample_title(sample), cases=cases))
        outcomes = {self.material.share_of(question.path) for question in of_cases}
        of_one = self.say("percentage_of", outcome=self.say(f"outcome_{min(outcomes)}"))
        columns = [
            self.say("key_question"),
            of_one if len(outcomes) == 1 else self.say("percentage"),
            *([self.say("rating")] if is_rated else []),
            self.say("cases"),
            self.say("interval"),
        ]
        rows, bars, words = [], [], []
        for question in of_cases:
            share = self._share_of(question.path)
            asked, driving = self.asked(question.path), question.path in result.drivers
            band = self._band_words(question, driving)
            percent, count, interval = self._share_cells(question.path, share)
            cells = (asked, percent, *([band] if is_rated else []), count, interval)
            rows.append([Text(cell.value, cell.language, driving) for cell in cells])
            bars.append(self._bar(question.path, share))
            words.append(f"{asked} {self._share_words(question.path, share)}" + (f", {band}" if is_rated else ""))
        title = self._standard_title(result.standard)
        caption = self.say("key_questions_caption", standard=title)
        numbers = [1, 3, 4] if is_rated else [1, 2, 3]
        self.table(f"key-questions-{result.standard.slug}", caption, columns, rows, numbers)
        picture = self.say("picture_key_questions", standard=title)
        svg = charts.shares_chart(bars, self._bands(result), _sentence(picture, words))
        self._picture(f"key-questions-{result.standard.slug}", svg, words, picture)
        if len(of_cases) < len(result.key_questions):
            self._asked_once(result, is_rated=is_rated)

    def _asked_once(self, result: StandardResult, *, is_rated: bool) -> None:
        """Write what was not asked of cases: what was answered once, and what people judged, with their reasons."""
        once = [question for question in result.key_questions if not question.has_share]
        self._points(result, [question for question in once if question.question.points is not None], is_rated)
        once = [question for question in once if question.question.points is None]
        if not once:
            return
        columns = [self.say("key_question"), self.say("answered"), *([self.say("rating")] if is_rated else [])]
        rows = []
        for question in once:
            driving = question.path in result.drivers
            band = self._band_words(question, driving)
            cells = (self.asked(question.path), self._answered(question), *([band] if is_rated else []))
            rows.append([Text(cell.value, cell.language, driving) for cell in cells])
        caption = self.say("asked_once_caption", standard=self._standard_title(result.standard))
        self.table(f"asked-once-{result.standard.slug}", caption, columns, rows, [])
        judged = {entry.key_question: entry for entry in self.declared.judgements if entry.key_question}
        for question in once:
            for reason in question.because:
                self.paragraph(self.english(f"{question.question.ask} {reason}."))
            if question.path in judged:
                self.paragraph(self.typed(judged[question.path].rationale))
                self._evidence(judged[question.path].evidence, f"question-{question.path}")

    def _points(self, result: StandardResult, questions: Sequence[KeyQuestionResult], is_rated: bool) -> None:
        """Write the value of each key question that has points, over all cases together."""
        if not questions:
            return
        columns = [
            self.say("key_question"),
            self.say("points_value"),
            *([self.say("rating")] if is_rated else []),
            self.say("cases"),
        ]
        rows = []
        for question in questions:
            driving = question.path in result.drivers
            is_hidden, value = self.material.hides_points(question), self.plain("–")
            if is_hidden:
                value = self.say("hidden")
            elif question.value is not None:
                declared = self.framework.points_of(question.path)
                assert declared is not None
                said = say_number(rounded(question.value, Fraction(1, 100), "half_up"))
                value = self.say(f"points_{declared.value}", value=said)
            count = self.plain(str(question.counts.scored)) if question.has_number_of_cases else self.plain("–")
            cells = (
                self.asked(question.path),
                value,
                *([self._band_words(question, driving)] if is_rated else []),
                self.say("hidden") if is_hidden else count,
            )
            rows.append([Text(cell.value, cell.language, driving) for cell in cells])
        caption = self.say("points_caption", standard=self._standard_title(result.standard))
        self.table(f"points-{result.standard.slug}", caption, columns, rows, [1, len(columns) - 1])
        self.paragraph(self.say("points_note"), "note")

    def _answered(self, question: KeyQuestionResult) -> Text:
        """Return what was answered to a key question as a whole, where that was asked."""
        if question.question.rated_by == "judgement":
            return self.say("judged")
        given = [name for name, count in question.counts.by_outcome().items() if count]
        return self.say(f"outcome_{given[0]}") if given else self.plain("–")

    def _band_words(self, question: KeyQuestionResult, is_driver: bool) -> Text:
        band = self.label_of(question.rating)
        return self.say("driver", rating=band) if is_driver else band

    def _bands(self, result: StandardResult) -> list[charts.ScaleBand]:
        """Return the bands of a standard's key questions from 0 to 100 per cent, the lowest first.

        Where they are not the same for all of them, no picture can show them.
        """
        paths = {question.path for question in result.key_questions if question.has_share}
        placed = [each for each in self.framework.placed_bands if paths.intersection(each.questions)]
        bands: list[charts.ScaleBand] = []
        high = Fraction(100)
        for each in ranges_of(placed[0].bands.bands) if len(placed) == 1 else ():
            name = self.language.rating(self.framework.rating_on(placed[0].scale, each.rating)).value
            bands.insert(0, charts.ScaleBand(float(each.lowest), float(high), name))
            high = each.lowest
        return bands

    def _share_of(self, path: str) -> Share | NoShare:
        return self.material.share(path, self.material.figures.whole[path])

    def _share_cells(self, path: str, share: Share | NoShare) -> tuple[Text, Text, Text]:
        """Return the share in per cent, the cases it rests on and its interval, or why there is none."""
        if isinstance(share, NoShare):
            return (self._without(share),) * 3
        low, high = self.material.interval(path, share)
        return (
            self.plain(say_percent(self.material.percent(path, share))),
            self.say("count_of", count=share.count, among=share.among),
            self.say("from_to", low=say_percent(low), high=say_percent(high)),
        )

    def _without(self, share: NoShare) -> Text:
        return self.say("hidden") if share is NoShare.HIDDEN else self.say("no_cases")

    def _share_words(self, path: str, share: Share | NoShare) -> str:
        if isinstance(share, NoShare):
            return self._without(share).value
        percent, count, interval = self._share_cells(path, share)
        return f"{percent} ({count}; {self.say('interval')} {interval})"

    def _bar(self, path: str, share: Share | NoShare) -> charts.Share:
        asked = self.asked(path)
        if isinstance(share, NoShare):
            return charts.Share(asked.value, None, words=self._without(share).value)
        return charts.Share(
            asked.value,
            100 * share.count / share.among,
            self.material.interval(path, share),
            say_percent(self.material.percent(path, share)),
        )

    def _section(self, section: Section) -> None:
        title = self.typed(section.title)
        self.heading(3, title, f"section-{section.id}")
        self._evidence(section.evidence, f"section-{section.id}")

    def _evidence(self, evidence: Iterable[Evidence], anchor: str) -> None:
        evidence = tuple(evidence)
        for kind in ("strength", "area_for_improvement"):
            items = tuple(self.typed(piece.text) for piece in evidence if piece.kind == kind)
            if items:
                self.heading(4, self.say(f"{kind}_heading"), f"{anchor}-{kind}")
                self.blocks.append(Bullets(items))

    def _drafts(self, standard: Standard) -> None:
        drafts = draft_findings(self.material, self.language)[standard.slug]
        if drafts:
            self.paragraph(self.say("drafts_note"), "draft")
        for kind in ("strength", "area_for_improvement"):
            items = tuple(draft.text for draft in drafts if draft.kind == kind)
            if items:
                self.heading(4, self.say(f"{kind}_heading"), f"standard-{standard.slug}-{kind}")
                self.blocks.append(Bullets(items))

    # --- Figures -------------------------------------------------------------------------------------

    def _figures(self) -> None:
        self.heading(2, self.say("figures"), "figures")
        if self.framework.ruled_questions:
            self.paragraph(self.say("figures_intro"))
        for path, question in self.framework.ruled_questions.items():
            prompts = [f"{path}.{prompt.id}" for prompt in question.prompts]
            standard = self.framework.standards_by_slug[path.partition(".")[0]]
            title = self._standard_title(standard)
            asked = self.asked(path)
            self.heading(3, Text(f"{title.value}: {asked.value}", asked.language), f"figures-{path}")
            self._asked(prompts, asked, f"prompts-{path}", self.say("prompt"))
        if self.framework.measures:
            self.heading(3, self.say("measures"), "measures")
            self.paragraph(self.say("measures_intro"))
            paths = list(self.framework.measures_by_path)
            self._asked(paths, self.say("measures_caption"), "measures-table", self.say("measure"))
        if self.declared.figures:
            self.heading(3, self.say("organisation_figures"), "organisation-figures")
            rows = [(self.typed(figure.text), self._figure(figure)) for figure in self.declared.figures]
            columns = [self.say("figure"), self.say("value")]
            self.table("organisation-table", self.say("organisation_caption"), columns, rows, [1])

    def _asked(self, paths: Sequence[str], of: Text, anchor: str, first: Text) -> None:
        """Set prompts or measures as a ranked chart and a table, the highest share first."""
        caption = self.say("picture_ranked")
        shares = {path: self._share_of(path) for path in paths}
        ranked = sorted(paths, key=lambda path: _rank(shares[path]))
        bars = [self._bar(path, shares[path]) for path in ranked]
        words = [f"{self.asked(path)} {self._share_words(path, shares[path])}" for path in ranked]
        self._picture(anchor, charts.shares_chart(bars, (), _sentence(of, words)), words, caption)
        columns = [
            first,
            self.say("percentage_of", outcome=self.say("outcome_yes")),
            self.say("in_words"),
            self.say("outcome_yes"),
            self.say("outcome_no"),
        ]
        rows = [self._asked_row(path, self.material.figures.whole[path], shares[path]) for path in ranked]
        self.table(anchor, self.say("counts_caption", of=of), columns, rows, [1, 3, 4])

    def _asked_row(self, path: str, counts: ShownCounts, share: Share | NoShare) -> list[Text]:
        percent, _, _ = self._share_cells(path, share)
        words = self.plain("–")
        if isinstance(share, Share):
            words = self.language.phrase(self.material.vocabulary.say(share.exact))
        return [self.asked(path), percent, words, self._count(counts.yes), self._count(counts.no)]

    def _figure(self, figure: Figure) -> Text:
        if figure.value is None:
            return self.say("count_of", count=figure.count, among=figure.among)
        return self.typed(f"{say_number(figure.value)} {figure.unit}".strip())

    # --- Groups --------------------------------------------------------------------------------------

    def _groups(self) -> None:
        comparisons = list(self.material.comparisons())
        if not comparisons:
            return
        smallest = self.framework.disclosure.smallest_group
        self.heading(2, self.say("groups"), "groups")
        self.paragraph(self.say("groups_intro", smallest=smallest))
        for subgroup in self.framework.subgroups:
            title = self.wording(f"subgroups.{subgroup.id}", subgroup.title)
            self.heading(3, title, f"groups-{subgroup.id}")
            of = [one for one in comparisons if one.subgroup is subgroup]
            self._claims(of)
            self._groups_picture(of, title)
            self._groups_table(of, title)

    def _claims(self, comparisons: Sequence[GroupComparison]) -> None:
        claimed = [one for one in comparisons if one.comparison.claim in ("more_often", "less_often")]
        tested = sum(one.comparison.claim != "too_few" for one in comparisons)
        if claimed:
            self.blocks.append(Bullets(tuple(map(self._claim, claimed))))
        untested = len(comparisons) - tested
        numbers = {"clear": len(claimed), "tested": tested, "untested": untested}
        self.paragraph(self.say("groups_tested" if tested else "groups_not_tested", **numbers))
        if tested > 1:
            by_chance = say_number(round(Fraction(tested, 20), 1))
            self.paragraph(self.say("groups_chance", tested=tested, chance=by_chance), "note")

    def _claim(self, one: GroupComparison) -> Text:
        compared = one.comparison
        assert isinstance(compared.group, Share)
        assert isinstance(compared.reference, Share)
        return self.say(
            compared.claim,
            question=self.asked(one.path),
            group=self._group(one.subgroup.id, one.group.id),
            reference=self._group(one.subgroup.id, one.reference.id),
            percent=say_percent(self.material.percent(one.path, compared.group)),
            count=compared.group.count,
            among=compared.group.among,
            other_percent=say_percent(self.material.percent(one.path, compared.reference)),
            other_count=compared.reference.count,
            other_among=compared.reference.among,
            rate=f"{compared.rate:.2f}",
            low=f"{compared.low:.2f}",
            high=f"{compared.high:.2f}",
        )

    def _groups_picture(self, comparisons: Sequence[GroupComparison], title: Text) -> None:
        if not comparisons:
            return
        subgroup = comparisons[0].subgroup
        names = [self._group(subgroup.id, group.id).value for group in subgroup.groups]
        rows, words = [], []
        for path in self.framework.ruled_questions:
            # A picture is looked at as a comparison, so that one which could not be made is not drawn.
            if any(one.comparison.claim == "too_few" for one in comparisons if one.path == path):
                continue
            shown = self.material.figures.groups[path][subgroup.id]
            found = (self.material.share(path, shown[group.id]) for group in subgroup.groups)
            shares = [share for share in found if isinstance(share, Share)]
            if len(shares) < len(names):
                continue
            percents = tuple(100 * share.count / share.among for share in shares)
            rows.append(charts.GroupShares(self.asked(path).value, percents))
            said = [
                f"{name} {say_percent(self.material.percent(path, share))}"
                for name, share in zip(names, shares, strict=True)
            ]
            words.append(f"{self.asked(path)} {', '.join(said)}")
        if rows:
            caption = self.say("picture_groups", groups=title)
            svg = charts.groups_chart(rows, names, _sentence(caption, words))
            self._picture(f"groups-{subgroup.id}", svg, words, caption)

    def _groups_table(self, comparisons: Sequence[GroupComparison], title: Text) -> None:
        """Set the comparisons of key questions; those of everything else stand in the annexe."""
        rows = []
        for one in comparisons:
            compared = one.comparison
            is_key_question = one.path in self.framework.key_questions
            if isinstance(compared.group, NoShare) or isinstance(compared.reference, NoShare) or not is_key_question:
                continue
            rate = self.plain("–") if compared.rate is None else self.plain(f"{compared.rate:.2f}")
            reach = self.plain("–")
            if compared.low is not None and compared.high is not None:
                reach = self.say("from_to", low=f"{compared.low:.2f}", high=f"{compared.high:.2f}")
            asked = self.asked(one.path)
            group = self._group(one.subgroup.id, one.group.id)
            named = asked if len(one.subgroup.groups) == 2 else Text(f"{asked} {group}", asked.language)
            shares = [self._compared(one.path, share) for share in (compared.group, compared.reference)]
            rows.append([named, *shares, rate, reach, self.say(f"claim_{compared.claim}")])
        first = next(iter(comparisons), None)
        if first is None:
            return
        names = [self._group(first.subgroup.id, group.id) for group in (first.group, first.reference)]
        if len(first.subgroup.groups) != 2:
            names[0] = self.say("share_in_group")
        columns = [
            self.say("question"),
            *names,
            self.say("relative_rate_index"),
            self.say("interval"),
            self.say("reading"),
        ]
        caption = self.say("groups_caption", groups=title)
        self.table(f"groups-table-{first.subgroup.id}", caption, columns, rows, [1, 2, 3, 4])

    def _compared(self, path: str, share: Share) -> Text:
        return self.say("percent_of", percent=say_percent(self.material.percent(path, share)), among=share.among)

    # --- How sure ------------------------------------------------------------------------------------

    def _certainty(self) -> None:
        if not self.rating.has_ratings:
            self.heading(2, self.say("agreement"), "agreement")
            self.paragraph(self._agreement())
            return
        self.heading(2, self.say("certainty"), "certainty")
        self.paragraph(self.say("certainty_intro", resamples=self.material.firmness.resamples))
        rows = []
        if self.material.firmness.overall is not None:
            rows.append(
                self._firm(self.say("overall_rating"), self.rating.overall_computed, self.material.firmness.overall)
            )
        for result in self.rating.standards:
            again = self.material.firmness.standards.get(result.standard.slug)
            if again is not None:
                rows.append(self._firm(self._standard_title(result.standard), result.computed, again))
            for question in result.key_questions:
                again = self.material.firmness.key_questions[question.path]
                if again is not None and question.has_share:
                    rows.append(self._firm(self.asked(question.path), question.rating, again))
        columns = [self.say("rated"), self.say("rating"), self.say("same_again")]
        self.table("firmness", self.say("firmness_caption"), columns, rows, [2])
        looked_at = (*self.rating.not_counted, *self.rating.panel)
        if looked_at:
            self.heading(3, self.say("panel"), "panel")
            self.paragraph(self.say("panel_intro"))
            self.blocks.append(Bullets(tuple(map(self.english, looked_at))))
        self.heading(3, self.say("agreement"), "agreement")
        self.paragraph(self._agreement())

    def _firm(self, name: Text, rating: Rating | None, again: float) -> tuple[Text, Text, Text]:
        return name, self.label_of(rating), self.plain(say_percent(round(100 * again)))

    def _agreement(self) -> Text:
        agreed, smallest = self.material.agreement, self.framework.disclosure.smallest_count
        if agreed.judgements == 0:
            return self.say("no_judgements")
        # A range of a single number would be that number.
        few = f"1–{smallest - 1}" if smallest > 2 else self.say("hidden").value
        judgements, differing = (
            few if count is None else str(count) for count in (agreed.judgements, agreed.differing)
        )
        if agreed.is_hidden:
            return self.say("agreement_hidden", judgements=judgements, differing=differing)
        if agreed.kappa is None:
            return self.say("agreement_few", judgements=judgements, differing=differing)
        return self.say(
            "agreement_kappa",
            judgements=judgements,
            differing=differing,
            kappa=f"{agreed.kappa:.2f}",
            low=f"{agreed.low:.2f}",
            high=f"{agreed.high:.2f}",
        )

    # --- Method --------------------------------------------------------------------------------------

    def _method(self) -> None:
        framework = self.framework
        self.heading(2, self.say("method"), "method")
        edition = {"title": framework.title, "publisher": framework.publisher, "edition": framework.edition}
        self.paragraph(self.say("method_standards", **edition))
        if self.declared.framework.because:
            self.paragraph(self.say("method_because", because=self.declared.framework.because))
        if framework.placed_bands:
            self.paragraph(self.say("method_cases"))
        for placed in framework.placed_bands:
            self._bands_of_questions(placed)
        for path, question in framework.every_question.items():
            self._bands_of_points(path, question)
        for number, result in enumerate(self.rating.domains, start=1):
            title = self._domain_title(number, result)
            caption = self.say("bands_domain", domain=title, out_of=result.out_of or "–")
            rule, scale = framework.rule_of_domain(result.domain), result.domain.scale
            self._rating_rule(f"bands-{result.domain.id}", title, caption, rule, scale)
        caption = self.say("bands_overall", out_of=self.rating.out_of or "–")
        self._rating_rule("bands-overall", self.say("overall_rating"), caption, framework.overall, RATINGS)
        if framework.placed_bands or framework.measures:
            self._method_of_figures()
        ran = {"framework": framework.id, "edition": framework.edition, "engine": self.rating.engine}
        ran |= self.material.result.inspection.framework_identity
        self.paragraph(self.say("method_checksum", **ran), "note")

    def _bands_of_questions(self, placed: PlacedBands) -> None:
        """Write how key questions are rated; where one has bands of its own, its question stands first."""
        declared, caption, anchor = placed.bands, self.say("bands_key_questions"), "bands-key-questions"
        if declared is not self.framework.key_question_bands:
            path = placed.questions[0]
            caption, anchor = self.asked(path), f"{anchor}-{path}"
            self.paragraph(caption, "note")
        elif placed is not self.framework.placed_bands[0]:
            anchor = f"{anchor}-{placed.scale}"
        if declared.bands:
            self.paragraph(self.say("method_share", decided=self.say(f"decided_on_{declared.decided_on}")))
        self.paragraph(self.say(f"undetermined_{declared.undetermined}"))
        if declared.bands:
            self._bands_table(anchor, caption, declared.bands, say_percent, placed.scale)

    def _bands_of_points(self, path: str, question: KeyQuestion) -> None:
        """Write how the points of a key question are made, and which value gets which rating."""
        said = say_points(question)
        if not said:
            return
        caption = self.asked(path)
        self.paragraph(Text(f"{caption}:", caption.language))
        self.blocks.append(Bullets(tuple(map(self.english, said))))
        declared = self.framework.points_of(path)
        if declared is not None and declared.bands:
            self._bands_table(f"bands-points-{path}", caption, declared.bands, scale=question.scale)

    def _rating_rule(self, name: str, what: Text, caption: Text, rule: RatingRule | None, scale: str) -> None:
        """Write how a rating is made: as a table of bands where it is a sum, else in words."""
        if rule is None:
            return
        is_sum = isinstance(rule, SumInBands) and rule.value == "sum" and not rule.weights
        if isinstance(rule, SumInBands):
            self._bands_table(name, caption if is_sum else Text(f"{what}", what.language), rule.bands, scale=scale)
        if not is_sum or rule.then:
            said = say_rating_rule(rule, self.framework, scale)[1 if is_sum else 0 :]
            self.paragraph(Text(f"{what}:", what.language))
            self.blocks.append(Bullets(tuple(map(self.english, said))))

    def _method_of_figures(self) -> None:
        is_whole_known = self.declared.population is not None
        self.paragraph(self.say("method_interval_population" if is_whole_known else "method_interval"))
        largest = self.framework.disclosure.smallest_count - 1
        if largest > 0:
            self.paragraph(self.say("method_disclosure", largest=largest, hidden=self.say("hidden")))
            smallest = self.framework.disclosure.smallest_group
            if smallest > 1:
                self.paragraph(self.say("method_disclosure_everybody", smallest=smallest, hidden=self.say("hidden")))
            if self.declared.published:
                self.paragraph(self.say("method_published"))
        self.paragraph(self.say("method_words"))

    def _bands_table(
        self,
        anchor: str,
        caption: Text,
        bands: Sequence[Band],
        said: Callable[[Fraction], str] = say_number,
        scale: str = RATINGS,
    ) -> None:
        rows = [
            (
                self.label_of(self.framework.rating_on(scale, band.rating)),
                self._bound(band, said),
            )
            for band in bands
        ]
        self.table(anchor, caption, [self.say("rating"), self.say("band")], rows, [1])

    def _bound(self, band: Band, said: Callable[[Fraction], str]) -> Text:
        """Return which values get the rating of a band."""
        for key, bound in band.bounds.items():
            return self.say("from_upwards" if key == "from" else f"bound_{key}", value=said(bound))
        return self.say("everything_else")

    def _assumptions(self) -> None:
        if self.rating.assumptions:
            self.heading(2, self.say("assumptions"), "assumptions")
            self.paragraph(self.say("assumptions_intro"))
            self.blocks.append(Bullets(tuple(map(self.english, self.rating.assumptions))))

    def _further(self) -> None:
        self.heading(2, self.say("further"), "further-information")
        self.paragraph(self.say("further_annexe"))
        source = self.declared.source
        if source is not None:
            parts = [part for part in (source.title, source.section, source.url, source.licence) if part]
            self.paragraph(self.say("further_source", source="; ".join(parts)))


def _rank(share: Share | NoShare) -> tuple[bool, Fraction]:
    return (False, -share.exact) if isinstance(share, Share) else (True, Fraction(0))


def _sentence(caption: Text, parts: Iterable[str]) -> str:
    return f"{caption}: {'; '.join(parts)}."
