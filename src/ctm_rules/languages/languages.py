"""The languages of published reports (localisation): their words, with English where one is missing."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from attrs import evolve, field, frozen

from ctm_rules.diagnostics.findings import NOWHERE, Code, Diagnostic, Findings, Location, RequestError, require
from ctm_rules.diagnostics.suggestions import nearest_name_hint, say_no_such
from ctm_rules.files import found_in
from ctm_rules.frameworks.finding import language_folders, languages_in
from ctm_rules.languages.labels import LABELS
from ctm_rules.model.framework import Framework, Rating
from ctm_rules.paths import kind_of
from ctm_rules.phrases import say_list
from ctm_rules.yaml_files.marked_yaml import read_yaml
from ctm_rules.yaml_files.structuring import structure

ENGLISH = "en"
"""The language of the shipped standards' wording, and what is used where a translation is missing."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


_NOT_PRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """Return a text without the characters that no published format can hold; tabs and line breaks become spaces.

    A byte-order mark within a text is nothing that anybody sees, and no PDF may hold it.
    """
    # Most texts are clean already, and a long report asks for some hundred thousand.
    if text.isprintable() and "  " not in text and text == text.strip(" "):
        return text
    return " ".join(_NOT_PRINTABLE.sub("\ufffd", text.replace("\ufeff", "")).split())


@frozen
class Text:
    """Some words and the language that they are in.

    Attributes:
        value: the words.
        language: its code.
        strong: whether they carry the point of a table row.
        mark: the letter that says where a figure comes from; a report explains its marks once.
        english: the same in English, where the words are in another language: what an English sentence around them
            says, so that no sentence mixes the two.
    """

    value: str = field(converter=clean)
    language: str
    strong: bool = False
    mark: str = ""
    english: str = field(default="", eq=False, repr=False)

    @property
    def in_english(self) -> str:
        """The words as they stand in an English sentence; names and numbers are the same in both."""
        return self.english or self.value

    def __str__(self) -> str:
        return self.value


@frozen
class LanguageFile:
    """A language as its file declares it.

    Attributes:
        language: its code (``cy``), which is also the name of the file.
        name: its name in its own words.
        unofficial: whether nobody in authority has approved the translation.
        note: what readers are told about the translation.
        least_translated: how many per cent of the words of a report in the language must be in it.
        months: the names of the twelve months as they stand in a date.
        labels: the own words of reports and forms, by name; ``{…}`` is filled in.
        ratings: ratings by id.
        phrases: words for shares, by the English phrase.
        wording: words of the standards, by framework and address.
    """

    language: str
    name: str
    months: tuple[str, ...]
    labels: Mapping[str, str]
    unofficial: bool = False
    note: str = ""
    least_translated: int = 0
    ratings: Mapping[str, str] = field(factory=dict)
    phrases: Mapping[str, str] = field(factory=dict)
    wording: Mapping[str, Mapping[str, str]] = field(factory=dict)
    at: Location = field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@frozen
class Language:
    """A language with English behind it: every text says which of the two it is in."""

    file: LanguageFile
    english: LanguageFile

    @property
    def code(self) -> str:
        """The language's code, such as ``cy``."""
        return self.file.language

    def label(self, name: str, **values: object) -> Text:
        """Return one of the own words of reports and forms with its parts filled in.

        A sentence that has no translation, or a part that has none, is English as a whole: none mixes languages.
        """
        own = self.file.labels.get(name)
        english = _filled(self.english.labels[name], {part: _in_english(value) for part, value in values.items()})
        is_mixed = any(isinstance(value, Text) and value.language == ENGLISH for value in values.values())
        if own is None or self.code == ENGLISH or is_mixed:
            return Text(english, ENGLISH)
        return Text(_filled(own, values), self.code, english=english)

    def rating(self, rating: Rating) -> Text:
        """Return a rating's label."""
        return self._own(self.file.ratings.get(rating.id), rating.label)

    def phrase(self, words: str) -> Text:
        """Return a phrase for a share."""
        return self._own(self.file.phrases.get(words), words)

    def wording(self, framework: Framework, address: str, english: str) -> Text:
        """Return words of the standards by their address, in English where there is no translation."""
        return self._own(self.file.wording.get(framework.id, {}).get(address), english)

    def _own(self, own: str | None, english: str) -> Text:
        return Text(english, ENGLISH) if own is None else Text(own, self.code, english=english)

    def date(self, date: datetime.date) -> Text:
        """Return a date as it is written in the language."""
        own, english = (f"{date.day} {file.months[date.month - 1]} {date.year}" for file in (self.file, self.english))
        return Text(own, self.code, english=english)


def _filled(pattern: str, values: Mapping[str, object]) -> str:
    return _PLACEHOLDER.sub(lambda match: str(values[match[1]]), pattern)


def _in_english(value: object) -> object:
    return value.in_english if isinstance(value, Text) else value


UNKNOWN_LANGUAGE = Code(
    "unknown-language",
    "error",
    what="There is no file with the labels of that language.",
    why="A report half in one language by accident would look finished.",
    bad="--lang cym",
    good="--lang cy",
)


def load_language(code: str = ENGLISH, *, folder: Path | None = None, beside: Path | None = None) -> Language:
    """Load a language by its code.

    Args:
        code: the language's code, such as ``cy``.
        folder: the folder of language files (default: ``locale`` in each folder of standards for ``beside``, and the
            one that comes with the library; what a nearer file says stands before what a further one does).
        beside: the file that words are for, such as that of an inspection.

    Raises:
        DiagnosticError: there is no such language, or its file is wrong.
    """
    require("language", code, str, hint='the code of one: "cy"')
    folders = language_folders(beside) if folder is None else (folder,)
    known = languages_in(folders)
    if code not in known:
        hint = nearest_name_hint(code, known)
        raise RequestError([UNKNOWN_LANGUAGE.found(Location(code), say_no_such("language", code), hint=hint)])
    findings = Findings()
    for each in folders:
        found_in(each, [each / f"{one}.yaml" for one in dict.fromkeys((ENGLISH, code))], findings)
    findings.raise_errors()
    english = _together(ENGLISH, folders)
    return Language(english if code == ENGLISH else _together(code, folders), english)


def _together(code: str, folders: Sequence[Path]) -> LanguageFile:
    """Return what the files of a language in some folders say, the nearest folder first."""
    files = [folder / f"{code}.yaml" for folder in folders]
    # The last one is the library's: it alone must have every English word.
    read = [
        read_language_file(file, is_whole=file is files[-1])
        for file in files
        if kind_of(file) is not None or len(files) == 1
    ]
    whole = read[-1]
    for nearer in read[-2::-1]:
        frameworks = {*whole.wording, *nearer.wording}
        whole = evolve(
            nearer,
            labels={**whole.labels, **nearer.labels},
            ratings={**whole.ratings, **nearer.ratings},
            phrases={**whole.phrases, **nearer.phrases},
            wording={each: {**whole.wording.get(each, {}), **nearer.wording.get(each, {})} for each in frameworks},
            least_translated=nearer.least_translated or whole.least_translated,
        )
    return whole


def read_language_file(path: Path, *, is_whole: bool = True) -> LanguageFile:
    """Read a language file; its name is the code of the language.

    One that is not the whole language adds to what another file of it says.

    Raises:
        DiagnosticError: carries every mistake in the file.
    """
    findings = Findings()
    content = read_yaml(path, findings)
    findings.raise_errors()
    read = structure(content, LanguageFile, str(path), findings)
    if read is not None:
        findings.extend(_mistakes(read, needs_all=is_whole and path.stem == ENGLISH))
    findings.raise_errors()
    assert read is not None
    return evolve(read, language=path.stem)


UNKNOWN_LABEL = Code(
    "unknown-label",
    "error",
    what="A language file has a label that no report and no form uses.",
    why="The translation would appear nowhere, and the label that was meant would stay English.",
    bad="labels: {foreward: Rhagair}",
    good="labels: {foreword: Rhagair}",
)
MISSING_LABEL = Code(
    "missing-label",
    "error",
    what="The English file lacks a label that reports or forms use.",
    why="Every other language falls back to English, so nothing could stand there.",
    bad="labels: {ratings: Ratings}",
    good="labels: {foreword: Foreword, ratings: Ratings}",
)
LABEL_PLACEHOLDERS = Code(
    "label-placeholders",
    "error",
    what="A label leaves out a part that is filled in, or has one that is not.",
    why="A number or a name would be missing from the report.",
    bad='score: "Sgôr {scor}/{out_of}"',
    good='score: "Sgôr {score}/{out_of}"',
)


def _mistakes(read: LanguageFile, *, needs_all: bool) -> Iterator[Diagnostic]:
    if len(read.months) != 12:
        message = f"a year has 12 months, not {len(read.months)}"
        hint = "name each month once, January first"
        yield LABEL_PLACEHOLDERS.found(read.at.of("months"), message, path="months", hint=hint)
    for name, text in read.labels.items():
        at, path = read.at.of("labels", name), f"labels.{name}"
        if name not in LABELS:
            hint = nearest_name_hint(name, list(LABELS), list_all=False)
            yield UNKNOWN_LABEL.found(read.at.of_key("labels", name), say_no_such("label", name), path=path, hint=hint)
        elif set(_PLACEHOLDER.findall(text)) != set(LABELS[name]):
            parts = say_list([f"{{{part}}}" for part in LABELS[name]])
            has = say_list([f"{{{part}}}" for part in dict.fromkeys(_PLACEHOLDER.findall(text))])
            message = f'the label "{name}" fills in {parts or "nothing"}, and this one {has or "nothing"}'
            hint = f"it must have {parts}, and no other part" if parts else "leave out what is in braces"
            yield LABEL_PLACEHOLDERS.found(at, message, path=path, hint=hint)
    missing = [name for name in LABELS if name not in read.labels] if needs_all else []
    for name in missing:
        parts = say_list([f"{{{part}}}" for part in LABELS[name]])
        hint = f"add it; it fills in {parts}" if parts else "add it"
        message = f'the English label "{name}" is missing'
        yield MISSING_LABEL.found(read.at.of("labels"), message, path=f"labels.{name}", hint=hint)
