"""The columns of a dataframe read as answers, facts and recorded judgements, whatever their type.

A column may hold words, categories, yes/no values or the whole numbers that stand for words (``Codes``); what a cell
says is told in ``model.reading``. Each becomes formulas that are never null: libraries compare a missing value in
different ways.

Almost every text is a word as it should be written, or as it is declared to be. So texts are compared with these alone
first. Where that leaves some without a meaning, each of *those*, once, is asked what it means where every cell of every
table is asked (:class:`~ctm_rules.model.reading.Cells`), and the formulas are made again with what it said.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import partial
from math import ceil, floor, inf, nextafter

import narwhals.stable.v2 as nw
from attrs import frozen

from ctm_rules.case_files.cells import BAD_COLUMN, BAD_ROW, former_column
from ctm_rules.case_files.odd_cells import ROUNDED_ID
from ctm_rules.diagnostics.findings import Code, Diagnostic, Findings, Location
from ctm_rules.diagnostics.suggestions import fold_name, nearest_name, nearest_name_hint
from ctm_rules.engines.frame.formulas import Formula, Formulas, Language, Test
from ctm_rules.limits import MAX_WHOLE_DIGITS
from ctm_rules.model.answers import Answer
from ctm_rules.model.case_columns import known_names, match_columns, provider_columns
from ctm_rules.model.case_values import BAD_ANSWER, BAD_VALUE, absent_column, names_by_wording, unknown_name
from ctm_rules.model.conditions import Comparison, FactTest, FactValue
from ctm_rules.model.declared_reading import Reading, Shorthands, declared_codes
from ctm_rules.model.fact_values import say_values
from ctm_rules.model.framework import CASE_COLUMN, Fact, Framework
from ctm_rules.model.reading import TIME, Cells, Vocabulary, one_spelling
from ctm_rules.phrases import say_number

_TYPE_HINT = (
    "use words, categories, true and false, or whole numbers with declared codes; dates as dates or year-month-day"
)


_KEY, _CASE_IDS = "what cases can be grouped by", "case ids"
_KEY_HINT = "make it text, whole numbers, true and false, or days; of a time in a zone say first which day it is there"


@frozen
class Lowered:
    """A clause over all rows: where it is met, where it is not, and where that is unknown. Elsewhere it drops out."""

    met: Formula
    failed: Formula
    unknown: Formula

    @property
    def applies(self) -> Formula:
        """Where the clause does not drop out."""
        return self.met | self.failed | self.unknown

    def __invert__(self) -> Lowered:
        return Lowered(self.failed, self.met, self.unknown)


@frozen
class Recognised:
    """Which values of a column have a meaning.

    Attributes:
        column: the table's name for it.
        formula: where it holds one of them or nothing.
        words: what it may hold, as a person would write it.
        code: the kind of mistake that something else is.
        bounds: of codes that follow each other the first and the last; whatever lies between them has a meaning.
    """

    column: str
    formula: Formula
    words: tuple[str, ...]
    code: Code
    bounds: tuple[int, int] | None = None


WRONG_COLUMN_TYPE = Code(
    "wrong-column-type",
    "error",
    what="A column has a type that cannot hold what it should.",
    why="Its values could only be guessed at.",
    bad="a column of lists for a prompt",
    good="words (yes, no, na), categories, true and false, or whole numbers with declared codes",
)


class Columns:
    """The columns of one table that a framework's rules read, as formulas.

    Attributes:
        schema: the types of the table's columns.
        recognised: by what a column would be called in a case table, which of its values have a meaning.
        absent, wrong_types: by the same, what the table calls it where it lacks it, and what it should hold.
        read: which of the table's columns are read.
        coded: of what has codes of its own, the table's columns that may hold them, and as which texts (``None``: the
            column holds numbers).
        is_final: whether texts that no formula knew were asked what they mean already.

    Args:
        framework: what reads them.
        schema: the types of the table's columns.
        reading: what they are called, and what cells say.
        said: what options say of it; it is in the reading already.
        seen: by the table's name of a column, texts in it that are to be asked what they mean.
        also: what is read beside what the framework knows.
    """

    def __init__(
        self,
        framework: Framework,
        schema: Mapping[str, nw.dtypes.DType],
        reading: Reading,
        *,
        said: Shorthands = Shorthands(),  # noqa: B008 (it is frozen)
        seen: Mapping[str, Collection[str]] | None = None,
        also: Collection[str] = (),
    ) -> None:
        self.formulas = Formulas()
        self.recognised: dict[str, Recognised] = {}
        self._apart: dict[str, Formula] = {}
        self.absent: dict[str, str] = {}
        self.read: dict[str, None] = {}
        self.wrong_types: dict[str, str] = {}
        self.coded: dict[str, dict[str, tuple[str, ...] | None]] = {of: {} for of in declared_codes(said.codes)}
        self.framework = framework
        self.schema = schema
        self.reading = reading
        self.cells = Cells(framework, reading)
        self.matched = match_columns(framework, reading, schema, also=also)
        self._seen = {} if seen is None else seen
        self.is_final = seen is not None

    def name(self, meaning: str) -> str:
        """Return the table's name for a column, by what it would be called in a case table."""
        found = self.matched.names.get(meaning)
        return found or self.reading.named(meaning) or meaning

    def has(self, meaning: str) -> bool:
        """Whether the table has a column."""
        return self.name(meaning) in self.schema

    def answer(self, path: str) -> Lowered:
        """Return the answers to a prompt, before it is asked where the prompt applies."""
        words = self._words(path, BAD_ANSWER)
        missing = self._is_missing(path)
        return Lowered(words["yes"], words["no"], missing)

    def steps(self, path: str) -> tuple[Mapping[str, Formula], Lowered]:
        """Return where a prompt has each answer but na, by its word, and where it has any, as an answer that counts."""
        words = {word: each for word, each in self._words(path, BAD_ANSWER).items() if word != Answer.NA.value}
        return words, Lowered(self.formulas.any_of(words.values()), self.formulas.never, self._is_missing(path))

    def judged(self, path: str, by_rule: Lowered) -> Lowered:
        """Return the outcomes of a key question: those that people recorded, else those of its rule."""
        if not self.has(path):
            return by_rule
        words = self._words(path, BAD_ANSWER)
        missing = self._is_missing(path)
        return Lowered(
            words["yes"] | (missing & by_rule.met),
            words["no"] | (missing & by_rule.failed),
            missing & by_rule.unknown,
        )

    def fact(self, test: FactTest) -> Lowered:
        """Return a comparison of a fact."""
        fact = self.framework.facts_by_id[test.fact]
        missing = self._is_missing(fact.id)
        if fact.type in ("yes_no", "choice"):
            words = self._words(fact.id, BAD_VALUE)
            holds = self.formulas.any_of(words[word] for word in _words_meant(test, fact))
        else:
            compare = self._comparison(fact)
            holds = self.formulas.any_of(compare(fact.id, test.comparison, value) for value in test.values)
            self._recognise_range(fact, compare)
        lowered = Lowered(holds, ~(holds | missing), missing)
        return ~lowered if test.comparison == "is_not" else lowered

    def _comparison(self, fact: Fact) -> Callable[[str, Comparison, FactValue], Formula]:
        """Return how a fact that has an order is compared."""
        if fact.type == "number":
            return self._decimal
        return self._number if fact.type == "whole_number" else self._date

    def findings(self, at: Location) -> Findings:
        """Return what is wrong with the columns themselves, whatever they hold."""
        findings = Findings()
        findings.extend(self._absent_columns(at) if self.absent and self.reading.absent_columns == "refuse" else ())
        for meaning, expected in self.wrong_types.items():
            name = self.name(meaning)
            message = f'the column "{name}" is of type {self.schema[name]}, which cannot hold {expected}'
            hint = _KEY_HINT if expected in (_KEY, _CASE_IDS) else _TYPE_HINT
            findings.add(WRONG_COLUMN_TYPE, at, message, path=meaning, hint=hint)
        for meaning, name in self.matched.former.items():
            findings.extend([former_column(at, name, meaning)])
        for meaning, first, second in self.matched.twice:
            message = f'the columns "{first}" and "{second}" both hold "{meaning}"'
            findings.add(BAD_COLUMN, at, message, path=meaning, hint="leave one of them out")
        if self.reading.unknown_columns == "refuse":
            known, wordings = known_names(self.framework), names_by_wording(self.framework)
            for name in self.matched.unknown:
                if name not in self.reading.only_rows:
                    called = f'a column is called "{name}"'
                    findings.extend([unknown_name(at, called, name, known, wordings=wordings)])
        return findings

    def _absent_columns(self, at: Location) -> Iterator[Diagnostic]:
        """Yield that columns are absent: each of those for which another one stands, and the others together."""
        known = {CASE_COLUMN, *self.framework.facts_by_id, *self.framework.ruled_questions, *self.framework.prompts}
        known |= {*self.framework.measures_by_path, *self.matched.names.values()}
        others = [name for name in self.matched.unknown if name not in known]
        wordings = names_by_wording(self.framework)
        worded = {wordings.get(fold_name(name)): name for name in others}
        unexplained: dict[str, str] = {}
        for meaning, name in self.absent.items():
            # One column stands for one name: for the absent one that it is nearest to.
            meant = [each for each in others if nearest_name(each, self.absent.values()) == name]
            hint = nearest_name_hint(name, meant, list_all=False)
            if meaning in worded:
                hint = f'"{worded[meaning]}" is its wording: say that this column holds it (--column, or columns=)'
            if hint:
                yield absent_column(at, [name], meaning, hint)
            else:
                unexplained[name] = meaning
        if unexplained:
            which = "which column holds it" if len(unexplained) == 1 else "which columns hold them"
            hint = f"say {which}, or allow absent columns"
            yield absent_column(at, list(unexplained), next(iter(unexplained.values())), hint)

    # --- rows and groups -----------------------------------------------------------------

    def recognise_ids(self) -> None:
        """Let a row without a case id, or with one that a spreadsheet has rounded, have no meaning."""
        dtype = self._dtype(CASE_COLUMN) if self.has(CASE_COLUMN) else None
        if dtype is not None and not _can_be_key(dtype):
            self.wrong_types[CASE_COLUMN] = _CASE_IDS
        elif dtype is not None:
            no_id = self._is_missing(CASE_COLUMN)
            if dtype == nw.String:
                no_id |= self._test(CASE_COLUMN, "no id", lambda _, column: _matches(column, _NO_ID))
            self.recognised[CASE_COLUMN] = Recognised(self.name(CASE_COLUMN), ~no_id, ("a case id",), BAD_ROW)

    def recognise_key(self, meaning: str, *, as_date: bool) -> None:
        """Let rows in which something to group by has a value that it cannot have count for nothing.

        What the framework knows has the values that it declares, and what is grouped by a period has dates.
        """
        fact = self.framework.every_fact.get(meaning)
        if fact is not None and fact.type in ("yes_no", "choice") and not as_date:
            self._words(meaning, BAD_VALUE)
        elif fact is not None and fact.type in ("whole_number", "number") and not as_date:
            compare, nought = self._comparison(fact), 0 if fact.type == "whole_number" else Fraction(0)
            compare(meaning, "at_least", nought)
            self._recognise_range(fact, compare)
        elif fact is not None and fact.type == "date":
            self._date(meaning, "at_least", datetime.date.min)
            self._recognise_range(fact, self._date)
        elif as_date:
            self._date(meaning, "at_least", datetime.date.min)
        elif self.cells.vocabulary(meaning) is not None:
            self._words(meaning, BAD_ANSWER if self.framework.judged_scale(meaning) is None else BAD_VALUE)
        elif not _can_be_key(self.schema[self.name(meaning)]):
            self.wrong_types[meaning] = _KEY

    # --- one column --------------------------------------------------------------------------------

    def _dtype(self, meaning: str) -> nw.dtypes.DType | None:
        name = self.name(meaning)
        if name not in self.schema:
            self.absent[meaning] = name
            return None
        self.read[name] = None
        return self.schema[name]

    def _test(self, meaning: str, what: Hashable, test: Test) -> Formula:
        """Return a test of a column that is not met where the column is missing."""
        return self.formulas.test(self.name(meaning), what, test, if_missing=False)

    def _is_missing(self, meaning: str) -> Formula:
        dtype = self._dtype(meaning)
        if dtype is None:
            return self.formulas.always
        missing = self.formulas.test(self.name(meaning), "missing", lambda _, column: column.is_null())
        if dtype.is_float():
            # Not a number is how some libraries write a missing number, and others keep it apart from null.
            missing |= self._test(meaning, "not a number", lambda _, column: column.is_nan())
        declared = [each.value for each in self.reading.missing_values if each.value]
        if dtype in _TEXTS:
            missing |= self._is_one_of(meaning, declared)
            missing |= self._seen_as(meaning, lambda text: self.cells.why_missing(text) is not None)
        elif dtype.is_numeric():
            missing |= self._is_one_of(meaning, self.cells.numbers(declared))
        return missing

    def reasons(self) -> Iterator[tuple[str, str, Formula]]:
        """Yield what a column that is read means, a reason, and where it holds what is missing for that."""
        labels: dict[str, list[str]] = {}
        for each in self.reading.missing_values:
            if each.label:
                labels.setdefault(each.label, []).append(each.value)
        names = (*known_names(self.framework), *provider_columns(self.framework))
        for meaning in names if labels else ():
            if not self.has(meaning) or self.name(meaning) not in self.read:
                continue
            dtype = self.schema[self.name(meaning)]
            for label, texts in labels.items():
                if dtype in _TEXTS:
                    held = self._is_one_of(meaning, [text for text in texts if text])
                    held |= self._seen_as(meaning, lambda text, label=label: self.cells.why_missing(text) == label)  # type: ignore[misc]
                else:
                    held = self._is_one_of(meaning, self.cells.numbers(texts) if dtype.is_numeric() else ())
                if not all(texts):
                    held |= self.formulas.test(self.name(meaning), "missing", lambda _, column: column.is_null())
                if held.constant is None:
                    yield meaning, label, held

    def _words(self, meaning: str, code: Code) -> Mapping[str, Formula]:
        """Return where a column holds each word, as a word, a category, a yes/no value or a code."""
        dtype = self._dtype(meaning)
        vocabulary = self.cells.vocabulary(meaning)
        assert vocabulary is not None
        if dtype is None:
            return dict.fromkeys(vocabulary.words, self.formulas.never)
        values: Mapping[str, Sequence[object]] = {}
        if dtype in _TEXTS:
            values = vocabulary.texts
        elif dtype == nw.Boolean:
            values = {"yes": [True], "no": [False]}
        elif dtype.is_numeric():
            values = vocabulary.numbers
        else:
            self._wrong_type(meaning, dtype, " or ".join(vocabulary.words))
        self._note_codes(meaning, dtype, vocabulary)
        found = {word: self._is_one_of(meaning, values.get(word, ())) for word in vocabulary.words}
        if dtype in _TEXTS and self._seen.get(self.name(meaning)):
            found = {
                word: is_word | self._seen_as(meaning, lambda text, word=word: self._word_seen(meaning, text) == word)  # type: ignore[misc]
                for word, is_word in found.items()
            }
        numbers = sorted(number for several in vocabulary.numbers.values() for number in several)
        is_plain = dtype.is_integer() and not self.reading.missing_values
        is_run = is_plain and bool(numbers) and numbers == list(range(numbers[0], numbers[-1] + 1))
        bounds = (numbers[0], numbers[-1]) if is_run else None
        has_meaning = self.formulas.any_of(found.values())
        if bounds is not None and len(numbers) > _COMPARED_ONE_BY_ONE:
            # No other number lies between these codes: one test tells them all.
            low, high = bounds
            has_meaning = self._test(meaning, ("between", bounds), lambda _, column: column.is_between(low, high))
        self._recognise(meaning, has_meaning, vocabulary.words, code, bounds)
        return found

    def _word_seen(self, meaning: str, text: str) -> str | None:
        return None if self.cells.why_missing(text) is not None else self.cells.word(meaning, text)

    def _note_codes(self, meaning: str, dtype: nw.dtypes.DType, vocabulary: Vocabulary) -> None:
        """Note that a column may hold codes that were declared."""
        if self.framework.judged_scale(meaning) is not None:
            return
        fact = self.framework.every_fact.get(meaning)
        coded = self.coded.get(meaning if fact is not None and fact.type == "choice" else "")
        if coded is not None and dtype.is_numeric():
            coded[self.name(meaning)] = None
        elif coded is not None and dtype in _TEXTS:
            numbers = [str(number) for several in vocabulary.numbers.values() for number in several]
            odd = [text for text in self._seen.get(self.name(meaning), ()) if one_spelling(text) in numbers]
            coded[self.name(meaning)] = (*numbers, *odd)

    def _is_one_of(self, meaning: str, values: Collection[object]) -> Formula:
        """Return where a column holds one of some values of its own type."""
        wanted = tuple(dict.fromkeys(values))
        if len(wanted) <= _COMPARED_ONE_BY_ONE or self.schema[self.name(meaning)] != nw.String:
            return self.formulas.any_of(self.formulas.equals(self.name(meaning), value) for value in wanted)
        return self._test(meaning, ("one of", wanted), lambda _, column: column.is_in(list(wanted)))

    def _seen_as(self, meaning: str, holds: Callable[[str], bool]) -> Formula:
        """Return where a column holds one of the texts that were asked what they mean, and that mean this."""
        texts = self._seen.get(self.name(meaning), ())
        return self._is_one_of(meaning, [text for text in texts if holds(text)]) if texts else self.formulas.never

    def _value_seen(self, meaning: str, text: str) -> FactValue | None:
        """Return what a text says of a date or a number (``None``: nothing)."""
        if self.cells.why_missing(text) is not None:
            return None
        try:
            return self.cells.fact(self.framework.every_fact.get(meaning) or Fact(meaning, meaning, "date"), text)
        except ValueError:
            return None

    def has_meaning(self, meaning: str, text: str) -> bool:
        """Return whether a text that no formula knew at first has one all the same."""
        if self.schema[self.name(meaning)] not in _TEXTS or meaning == CASE_COLUMN:
            return False
        if self.cells.why_missing(text) is not None:
            return True
        if self.cells.vocabulary(meaning) is not None:
            return self.cells.word(meaning, text) is not None
        return self._value_seen(meaning, text) is not None

    def texts(self, meaning: str) -> bool:
        """Return whether a column holds texts."""
        return self.schema[self.name(meaning)] in _TEXTS

    def _number(self, meaning: str, comparison: Comparison, bound: FactValue) -> Formula:
        """Return where a whole number compares so with a bound; nowhere where it is missing."""
        dtype = self._dtype(meaning)
        if dtype is None:
            return self.formulas.never
        read: Test = _as_it_is
        is_number = self.formulas.always
        if dtype.is_float():
            is_number = self._test(meaning, "a whole number", _is_exact)
        elif dtype.is_decimal():
            read = _as_float
            is_number = self._test(meaning, "a whole number", lambda *column: _is_exact(column[0], _as_float(*column)))
        elif dtype == nw.String:
            read = _read_whole_number
            is_number = self._test(meaning, "a whole number", lambda _, column: _matches(column, _WHOLE_NUMBER))
        elif not dtype.is_integer():
            self._wrong_type(meaning, dtype, "a whole number")
            is_number = self.formulas.never
        seen = self._seen_as(meaning, lambda text: self._value_seen(meaning, text) is not None)
        self._recognise(meaning, is_number | seen, ("a whole number",), BAD_VALUE)
        if is_number.constant is False:
            return self.formulas.never
        assert isinstance(bound, int)
        also = self._seen_as(meaning, lambda text: _holds(self._value_seen(meaning, text), comparison, bound))
        known = ~self._is_missing(meaning)
        is_exact = not (dtype.is_float() or dtype.is_decimal())
        least, most = (-(2**63), 2**63 - 1) if is_exact else (-_MOST_EXACT, _MOST_EXACT)
        if not least <= bound <= most:
            # No such column can hold the number, and libraries refuse to compare with it.
            is_met = comparison == ("at_least" if bound < 0 else "at_most")
            return (is_number | also) & known if is_met else self.formulas.never
        holds = self._test(
            meaning, (comparison, bound), lambda language, column: _compared(read(language, column), comparison, bound)
        )
        return ((is_number & holds) | also) & known

    def _decimal(self, meaning: str, comparison: Comparison, bound: FactValue) -> Formula:
        """Return where a number compares so with a bound; nowhere where it is missing.

        Floating point stands for the decimal that everybody writes for it (the shortest that is read back as it). Of
        two such numbers the larger one is written as the larger decimal, and a decimal of 15 digits or fewer is read
        as a number of its own. So they compare as their decimals do, with the first number whose decimal is at the
        bound or beyond it.
        """
        dtype = self._dtype(meaning)
        if dtype is None:
            return self.formulas.never
        read: Test = _as_it_is
        is_number = self.formulas.always
        limit = 10**MAX_WHOLE_DIGITS if dtype.is_integer() else float(10**MAX_WHOLE_DIGITS)
        assert isinstance(bound, int | Fraction)
        bound = Fraction(bound)
        compared: object = _first_float(comparison, bound)
        if dtype.is_numeric():
            is_number = self._test(meaning, "a number", lambda _, column: (column > -limit) & (column < limit))
        if dtype.is_decimal():
            below, above = _decimals_around(bound)
            compared = {"at_least": above, "at_most": below}.get(comparison, below if below == above else None)
            if below != above:
                # What lies so close to the bound that no library compares the two is not understood, and said to be so.
                self._apart[meaning] = self._apart.get(meaning, self.formulas.always) & self._test(
                    meaning, ("not between", below, above), partial(_is_not_between, below, above)
                )
            is_number &= self._apart.get(meaning, self.formulas.always)
        elif dtype == nw.String:
            read = _read_number
            is_number = self._test(meaning, "a number", lambda _, column: _matches(column, _SHORT_NUMBER))
        elif dtype.is_integer():
            compared = _first_whole(comparison, bound)
        elif not dtype.is_float():
            self._wrong_type(meaning, dtype, "a number")
            is_number = self.formulas.never
        seen = self._seen_as(meaning, lambda text: self._value_seen(meaning, text) is not None)
        self._recognise(meaning, is_number | seen, ("a number",), BAD_VALUE)
        if is_number.constant is False:
            return self.formulas.never
        also = self._seen_as(meaning, lambda text: _holds(self._value_seen(meaning, text), comparison, bound))
        known = ~self._is_missing(meaning)
        if compared is None:
            return also & known
        holds = self._test(
            meaning,
            (comparison, bound),
            lambda language, column: _compared(read(language, column), comparison, compared),
        )
        return ((is_number & holds) | also) & known

    def _date(self, meaning: str, comparison: Comparison, bound: FactValue) -> Formula:
        """Return where a date compares so with a bound; nowhere where it is missing."""
        dtype = self._dtype(meaning)
        if dtype is None:
            return self.formulas.never
        assert isinstance(bound, datetime.date)
        is_date, holds = self.formulas.always, self.formulas.never
        if dtype == nw.Date:
            holds = self._test(meaning, (comparison, bound), lambda _, column: _compared(column, comparison, bound))
        elif isinstance(dtype, nw.Datetime) and dtype.time_zone is None:
            # What is recorded at any time of a day is of that day.
            start = datetime.datetime.combine(bound, datetime.time.min)
            from_start = self._test(meaning, ("from", start), lambda _, column: column >= start)
            until_end = ~self._is_missing(meaning)
            if bound < datetime.date.max:
                end = start + datetime.timedelta(days=1)
                until_end = self._test(meaning, ("before", end), lambda _, column: column < end)
            holds = {"at_least": from_start, "at_most": until_end}.get(comparison, from_start & until_end)
        elif dtype == nw.String:
            text = bound.isoformat()
            is_date = self._test(meaning, "a date", lambda _, column: _matches(column, _DATE))
            holds = is_date & self._test(
                meaning,
                (comparison, bound),
                lambda _, column: _compared(column.str.slice(0, len(text)), comparison, text),
            )
            holds |= self._seen_as(meaning, lambda text: _holds(self._value_seen(meaning, text), comparison, bound))
            is_date |= self._seen_as(meaning, lambda text: self._value_seen(meaning, text) is not None)
            holds &= ~self._is_missing(meaning)
        else:
            is_date = self.formulas.never
            self._wrong_type(meaning, dtype, "a date")
        self._recognise(meaning, is_date, ("a date, as year-month-day",), BAD_VALUE)
        return holds

    def _recognise(
        self,
        meaning: str,
        has_meaning: Formula,
        words: tuple[str, ...],
        code: Code,
        bounds: tuple[int, int] | None = None,
    ) -> None:
        formula = has_meaning | self._is_missing(meaning)
        if formula.constant is None:
            self.recognised[meaning] = Recognised(self.name(meaning), formula, words, code, bounds)

    def _recognise_range(self, fact: Fact, compare: Callable[[str, Comparison, FactValue], Formula]) -> None:
        """Let what lies outside the range of a fact have no meaning."""
        if fact.range is None or not self.has(fact.id):
            return
        within = self.formulas.always
        if fact.range.lowest is not None:
            within &= compare(fact.id, "at_least", fact.range.lowest)
        if fact.range.highest is not None:
            within &= compare(fact.id, "at_most", fact.range.highest)
        self._recognise(fact.id, within, (say_values(fact),), BAD_VALUE)

    def _wrong_type(self, meaning: str, dtype: nw.dtypes.DType, expected: str) -> None:
        # The type of a column that is missing from every row is often not known.
        if dtype != nw.Unknown:
            self.wrong_types[meaning] = expected


def _words_meant(test: FactTest, fact: Fact) -> Sequence[str]:
    """Return the words of a fact that meet a comparison (for ``is_not``: that do not)."""
    if fact.type == "yes_no":
        return ["yes" if value else "no" for value in test.values]
    words = list(fact.values)
    if test.comparison == "at_least":
        return words[words.index(str(test.values[0])) :]
    if test.comparison == "at_most":
        return words[: words.index(str(test.values[0])) + 1]
    return [str(value) for value in test.values]


def _holds(value: FactValue | None, comparison: Comparison, bound: FactValue) -> bool:
    """Return whether a value compares so with a bound of its own type."""
    if value is None:
        return False
    return bool(_compared(value, comparison, bound))  # type: ignore[arg-type]


def _compared(column: nw.Expr, comparison: Comparison, bound: object) -> nw.Expr:
    if comparison == "at_least":
        return column >= bound
    return column <= bound if comparison == "at_most" else column == bound


def _as_it_is(_: Language, column: nw.Expr) -> nw.Expr:
    return column


_COMPARED_ONE_BY_ONE = 3
"""Up to so many values it is quicker to compare with each than to look one up among them."""

_MOST_EXACT = 2**53
"""Up to this a floating point number stands for one whole number alone."""


def _is_exact(_: Language, column: nw.Expr) -> nw.Expr:
    """Return where a floating point number is a whole one, and not so large that it may stand for another."""
    return (column == column.round(0)) & (column >= -_MOST_EXACT) & (column <= _MOST_EXACT)


def _as_float(language: Language, column: nw.Expr) -> nw.Expr:
    return column.cast(language.Float64)


def _first_whole(comparison: Comparison, bound: Fraction) -> int | None:
    """Return the whole number with which whole numbers compare as they do with a bound (``None``: none is equal)."""
    if comparison == "at_least":
        return ceil(bound)
    if comparison == "at_most":
        return floor(bound)
    return int(bound) if bound.denominator == 1 else None


_FINEST_OF_A_COLUMN = 10**17
"""Of so fine steps are the decimals that columns are compared with: beside 18 whole digits, libraries take no more."""


def _is_not_between(below: Decimal, above: Decimal, _: Language, column: nw.Expr) -> nw.Expr:
    return (column <= below) | (column >= above)


def _decimals_around(bound: Fraction) -> tuple[Decimal, Decimal]:
    """Return the decimals of such steps that a bound lies between, or itself twice."""
    scaled = bound * _FINEST_OF_A_COLUMN
    below, above = (
        Decimal(say_number(Fraction(steps, _FINEST_OF_A_COLUMN))) for steps in (floor(scaled), ceil(scaled))
    )
    return below, above


def _first_float(comparison: Comparison, bound: Fraction) -> float | None:
    """Return the floating point number with which those compare as their decimals do with a bound."""
    nearest = float(bound)
    written = Fraction(repr(nearest))
    if comparison == "at_least":
        return nearest if written >= bound else nextafter(nearest, inf)
    if comparison == "at_most":
        return nearest if written <= bound else nextafter(nearest, -inf)
    return nearest if written == bound else None


def _read_number(language: Language, column: nw.Expr) -> nw.Expr:
    # Where there is no number the result is not used, but some libraries cannot turn a missing text into one.
    digits = _matches(column, _SHORT_NUMBER).fill_null(False)
    number: nw.Expr = language.when(digits).then(column).otherwise(language.lit("0")).cast(language.Float64)
    return number


def _read_whole_number(language: Language, column: nw.Expr) -> nw.Expr:
    # Where there is no number the result is not used, but some libraries cannot turn a missing text into one.
    digits = _matches(column, _WHOLE_NUMBER).fill_null(False)
    whole = column.str.replace_all(f"{_NOUGHTS}$", "")
    number: nw.Expr = language.when(digits).then(whole).otherwise(language.lit("0")).cast(language.Int64)
    return number


_NO_ID = rf"^\s*$|^{ROUNDED_ID}$"
_NOUGHTS = r"(?:\.0+)?"
"""What a program that has no whole numbers writes behind one."""
_WHOLE_NUMBER = rf"^-?[0-9]{{1,18}}{_NOUGHTS}$"
_SHORT_NUMBER = r"^-?[0-9]{1,9}(?:\.[0-9]{1,6})?$"
"""A number of at most 15 digits; what longer texts say is asked of each of them."""
_DAYS = (
    r"(?:[0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)-"
    r"(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    r"|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29"
)
"""A date that exists, as year-month-day. Libraries differ in what they do with a date that does not."""
_DATE = f"^(?:{_DAYS}){TIME}$"


def _matches(column: nw.Expr, pattern: str) -> nw.Expr:
    # In some libraries the end of a pattern also matches before a last line break.
    return column.str.contains(pattern) & ~column.str.contains("\n", literal=True)


_TEXTS = (nw.String, nw.Categorical, nw.Enum)


def _can_be_key(dtype: nw.dtypes.DType) -> bool:
    """Return whether the values of a type can be told apart, and written, in the same way by every library."""
    if isinstance(dtype, nw.Datetime):
        return dtype.time_zone is None
    # The type of a column that is missing from every row is often not known.
    return dtype.is_numeric() or dtype in (*_TEXTS, nw.Boolean, nw.Date, nw.Time, nw.Unknown)
