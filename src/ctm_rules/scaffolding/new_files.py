"""Starting a framework, a standard or an edition (templates): well-formed at once, and nothing overwritten."""

from __future__ import annotations

import datetime
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Template
from typing import Literal

from ctm_rules.checking.editions import EDITION_DATES
from ctm_rules.checking.framework import check_framework
from ctm_rules.diagnostics.findings import Code, Findings, Location, RequestError, require_path
from ctm_rules.diagnostics.suggestions import nearest_name_hint
from ctm_rules.files import folders_in
from ctm_rules.frameworks.finding import (
    FRAMEWORK_FILE,
    examples_folder,
    own_editions,
    standard_file_name,
    standards_folder,
)
from ctm_rules.frameworks.loading import NotYetWritten, load_framework, read_files, structure_framework
from ctm_rules.model.framework import MEASURES, Framework
from ctm_rules.paths import STANDARDS_FOLDER, is_file_name, real_path
from ctm_rules.phrases import say_date
from ctm_rules.scaffolding.json_schemas import KINDS, kind_of_framework_file, modeline, schema_file, schema_text
from ctm_rules.validity.names import BAD_ID, DUPLICATE_ID, ID_PATTERN, UNKNOWN_NAME, check_known
from ctm_rules.writing import check_free, finish_interrupted, write_together, writing
from ctm_rules.yaml_files.layout import Layout, read_layout
from ctm_rules.yaml_files.layout_tree import Block, Entry, Text

SCHEMAS = "schema"
"""The folder of the schemas, beside the folders of the frameworks."""

_FOLDER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_DAY = datetime.timedelta(days=1)


def start_framework(
    root: Path, framework: str, edition: str, *, title: str, publisher: str, in_force_from: datetime.date, source: str
) -> tuple[Path, ...]:
    """Start a framework with one standard, in ``root/framework/edition``.

    Args:
        root: the folder of frameworks; the schemas that editors use are put there where they are missing.
        framework: its id, which is also the name of its folder.
        edition: its first edition, which is also the name of its folder.
        title: what it is called.
        publisher: who issues the standards.
        in_force_from: the first day on which they hold.
        source: the publication that the standards come from.

    Returns:
        The files written.

    Raises:
        DiagnosticError: it is there already, a name cannot be one, or it cannot be written.
    """
    findings = Findings()
    _check_folder_name("id of a framework", framework, findings)
    _check_folder_name("edition", edition, findings)
    findings.raise_errors()
    folder = root / framework / edition
    finish_interrupted(root)
    check_free(folder)
    said = {
        "framework": framework,
        "edition": edition,
        "title": title,
        "publisher": publisher,
        "in_force_from": in_force_from.isoformat(),
        "source": source,
    }
    first = {"id": "S1", "slug": "first_standard", "title": "First standard", "source": source, "section": "S1"}
    first["statement"] = "This sentence says what the first standard demands."
    files = {
        FRAMEWORK_FILE: _filled(_FRAMEWORK, said),
        "facts.yaml": _filled(_FACTS, {}),
        "1-first-standard.yaml": _filled(_FIRST_STANDARD, first),
    }
    for name, layout in files.items():
        name_schema(layout, kind_of_framework_file(name), folder / name, root / SCHEMAS)
    written = {folder / name: layout.write() for name, layout in files.items()}
    _check_made(folder, written)
    with writing(root) as unit:
        for kind in KINDS:
            schema = root / SCHEMAS / schema_file(kind)
            if not schema.exists():
                unit.write(schema, schema_text(kind).encode())
        made = unit.folder(folder)
        for path, content in written.items():
            (made / path.name).write_bytes(content)
    return tuple(written)


def start_standard(
    folder: Path,
    slug: str,
    *,
    printed_id: str,
    title: str,
    statement: str,
    domain: str | None = None,
    rated_by: Literal["cases", "judgement"] = "cases",
    source: str | None = None,
) -> tuple[Path, ...]:
    """Start a standard in a framework's folder, and add it to a domain in its ``framework.yaml``, if it has domains.

    Args:
        folder: the folder that holds ``framework.yaml``.
        slug: the word that starts the addresses of the standard.
        printed_id: its printed reference, such as "P 2.5".
        title: what it is called.
        statement: what it demands, in one sentence.
        domain: the id of the domain that it belongs to (may be left out where there is only one, or none at all).
        rated_by: whether the outcomes of cases or people decide its rating.
        source: the publication that it comes from (default: that of the framework).

    Returns:
        The files written: the new one, and ``framework.yaml`` where there is a domain that names it.

    Raises:
        DiagnosticError: the framework is not well-formed, a name is taken or unknown, or it cannot be written.
    """
    finish_interrupted(folder)
    declared, framework = _read(folder), load_framework(folder)
    findings = Findings()
    _check_new_standard(framework, slug, printed_id, findings)
    domains = [each.id for each in framework.domains]
    if domain is None and len(domains) > 1:
        message = "the domain of the new standard must be named"
        findings.add(UNKNOWN_NAME, Location("--domain"), message, hint=nearest_name_hint("", domains))
    elif domain is not None:
        check_known("domain", domain, domains, Location("--domain"), findings)
    findings.raise_errors()
    file = folder / standard_file_name(printed_id, slug)
    check_free(file)
    title_of_source = source or (framework.source.title if framework.source else framework.title)
    template = _STANDARD_BY_CASES if rated_by == "cases" else _STANDARD_BY_JUDGEMENT
    said = {"id": printed_id, "slug": slug, "title": title, "statement": statement, "section": printed_id}
    layout = _filled(template, {**said, "source": title_of_source})
    schemas = real_path(folder).parents[1] / SCHEMAS
    if schemas.is_dir():
        name_schema(layout, "standard", real_path(file), schemas)
    written = {file: layout.write()}
    if domains:
        _standards_of(declared, domain or domains[0]).entries.append(Entry(None, Text(slug)))
        written[folder / FRAMEWORK_FILE] = declared.write()
    _check_made(folder, written)
    return write_together(written, folder)


def start_edition(folder: Path, edition: str, *, in_force_from: datetime.date) -> tuple[Path, ...]:
    """Start an edition as a copy of the latest one, and end that one the day before.

    Everything in the folder is copied; files that name the edition they are for (scenarios) name the new one.

    Args:
        folder: the folder of the edition to copy.
        edition: the new edition, which is also the name of its folder.
        in_force_from: the first day on which it holds.

    Returns:
        The files written: those of the new edition and the ``framework.yaml`` of the old one.

    Raises:
        DiagnosticError: the old edition is not well-formed or not the latest, the dates do not fit, the new edition
            is there already, or it cannot be written.
    """
    finish_interrupted(folder)
    declared, framework = _read(folder), load_framework(folder)
    findings = Findings()
    _check_folder_name("edition", edition, findings)
    findings.raise_errors()
    target = folder.resolve().parent / edition
    check_free(target)
    _check_dates(framework, folder, in_force_from)
    declared.root.set("in_force_to", Text((in_force_from - _DAY).isoformat()), after="in_force_from")
    ended = {folder / FRAMEWORK_FILE: declared.write()}
    with writing(target.parent) as unit:
        made = unit.folder(target)
        shutil.copytree(folder, made, dirs_exist_ok=True)
        _rename_edition(made, framework, edition, in_force_from)
        unit.write(folder / FRAMEWORK_FILE, ended[folder / FRAMEWORK_FILE])
        _check_made(target, {target / file.name: file.read_bytes() for file in made.iterdir() if file.is_file()})
        _check_made(folder, ended)
    return (*sorted(file for file in target.rglob("*") if file.is_file()), folder / FRAMEWORK_FILE)


# --- Checks ---------------------------------------------------------------------------------------


def _check_folder_name(what: str, name: str, findings: Findings) -> None:
    if not (_FOLDER_NAME.fullmatch(name) and is_file_name(name)):
        hint = "use letters, digits, . _ and -, with a letter or digit first; it is also the name of a folder"
        findings.add(BAD_ID, Location(name), f'"{name}" cannot be the {what}', hint=hint)


def write_examples(folder: str | Path) -> tuple[Path, ...]:
    """Write the examples that come with the library into a folder, with the standards, and return the files.

    What README and every docstring show runs there, from a plain install.

    Args:
        folder: where ``examples`` and ``standards`` are made; neither may be there already.

    Raises:
        RequestError: one of them is there, or cannot be written.

    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     written = write_examples(folder)
    ...     Path(folder, "examples", "ctm", "inspection.yaml") in written
    True
    """
    folder = require_path("folder", folder, "the folder to write into")
    sources = {"examples": examples_folder(), STANDARDS_FOLDER: standards_folder()}
    check_free(*(folder / name for name in sources))
    findings = Findings()
    files = {
        folder / name / file.relative_to(source): file.read_bytes()
        for name, source in sources.items()
        for _, listed in folders_in(source, findings)
        for file in listed
        if file.suffix != ".pyc"
    }
    findings.raise_errors()
    return write_together(files, folder)


def _check_new_standard(framework: Framework, slug: str, printed_id: str, findings: Findings) -> None:
    if not ID_PATTERN.fullmatch(slug) or slug == MEASURES or not is_file_name(slug):
        hint = "use small letters, digits and _, with a letter first"
        findings.add(BAD_ID, Location(slug), f'"{slug}" cannot be the slug of a standard', hint=hint)
    for standard in framework.standards:
        for name, taken in ((slug, standard.slug), (printed_id, standard.id)):
            if name == taken:
                message = f'there is a standard "{name}" already ({standard.at})'
                findings.add(DUPLICATE_ID, Location(name), message, hint="choose another")


def _check_dates(framework: Framework, folder: Path, in_force_from: datetime.date) -> None:
    def refuse(message: str, hint: str) -> None:
        raise RequestError([EDITION_DATES.found(Location(str(folder / FRAMEWORK_FILE)), message, hint=hint)])

    for sibling in [each for each in own_editions(folder.resolve().parent) if (each / FRAMEWORK_FILE).is_file()]:
        other = load_framework(sibling)
        if other.in_force_from > framework.in_force_from:
            hint = f"copy {sibling.name}, or correct the dates of the editions"
            refuse(f'edition "{other.edition}" comes after edition "{framework.edition}"', hint)
    starts = say_date(framework.in_force_from)
    if in_force_from <= framework.in_force_from:
        refuse(f'edition "{framework.edition}" came into force on {starts}, and a new one must do so later', "")
    ends = framework.in_force_to
    if ends is not None and ends + _DAY < in_force_from:
        message = f'edition "{framework.edition}" ends on {say_date(ends)}, long before {say_date(in_force_from)}'
        refuse(message, f"let the new edition start on {ends + _DAY}, or correct in_force_to")


def _check_made(folder: Path, new: Mapping[Path, bytes]) -> None:
    """Refuse to write what ``check`` would refuse, such as a title that nothing can print."""
    findings = Findings()
    source = read_files(folder, findings, NotYetWritten(new))
    framework = None if source is None else structure_framework(source, findings)
    if framework is not None:
        findings.extend(check_framework(framework))
    findings.raise_errors()


# --- Layouts --------------------------------------------------------------------------------------


NOT_A_FOLDER = Code(
    "not-a-folder",
    "error",
    what="A standard or an edition is to be started where there is no folder with a framework.yaml.",
    why="A standard has its file beside framework.yaml, and an edition is the copy of such a folder.",
    bad="ctm-rules new standard standards/hmip-pdu outcomes",
    good="ctm-rules new standard standards/hmip-pdu/2024 outcomes",
)


def _read(folder: Path) -> Layout:
    file = folder / FRAMEWORK_FILE
    if not file.is_file():
        message = f"{folder} is no folder with a {FRAMEWORK_FILE}"
        raise RequestError([NOT_A_FOLDER.found(Location(str(folder)), message, hint=_where_to_copy(folder))])
    return read_layout(file.read_bytes(), str(file)).changed()


def _where_to_copy(folder: Path) -> str:
    """Return which folder may be meant where there is no edition in the one that was named."""
    for framework in (folder, Path(STANDARDS_FOLDER) / folder):
        editions = [each.name for each in own_editions(framework)] if framework.is_dir() else []
        if editions:
            return f"name the folder of an edition: {(framework / editions[-1]).as_posix()}"
    for name in folder.parts:
        editions = [each.name for each in own_editions(standards_folder() / name)]
        if name != STANDARDS_FOLDER and editions:
            copied = (Path(STANDARDS_FOLDER) / name / editions[-1]).as_posix()
            return (
                f'"{name}" comes with ctm-rules, where nothing is changed: write a copy of its standards with '
                f"ctm-rules new examples, and name {copied}"
            )
    return "name the folder of an edition, such as standards/hmip-pdu/2024"


def _filled(template: str, said: Mapping[str, str]) -> Layout:
    """Return a template with its $words filled in; the layout puts in quotes what needs them."""
    layout = read_layout(template.encode(), "template").changed()
    for text in _texts(layout.root):
        if "$" in text.value:
            text.value = Template(text.value).substitute(said)
            text.style = None if text.value == said.get("in_force_from") else '"'
    return layout


def _texts(value: Text | Block) -> Iterator[Text]:
    if isinstance(value, Text):
        yield value
    else:
        for entry in value.entries:
            yield from _texts(entry.value)


def _standards_of(layout: Layout, domain: str) -> Block:
    """Return the list of a domain's standards; the framework has been loaded, so it is there."""
    domains = layout.root.get("domains")
    assert isinstance(domains, Block)
    for entry in domains.entries:
        assert isinstance(entry.value, Block)
        identifier, standards = entry.value.get("id"), entry.value.get("standards")
        if isinstance(identifier, Text) and identifier.value == domain and isinstance(standards, Block):
            return standards
    raise AssertionError(f"the domain {domain} has been loaded")


def name_schema(layout: Layout, kind: str, file: Path, schemas: Path) -> None:
    """Let the first line of a file tell editors its schema; arguments are those of :func:`modeline`."""
    layout.root.entries[0].before.insert(0, modeline(kind, file, schemas))


def _rename_edition(folder: Path, framework: Framework, edition: str, in_force_from: datetime.date) -> None:
    """Let the copied files name the new edition where they named the old one."""
    layout = _read(folder)
    layout.root.set("edition", Text(edition, '"'))
    layout.root.set("in_force_from", Text(in_force_from.isoformat()))
    layout.root.remove("in_force_to")
    entry = layout.root.entry("edition")
    assert entry is not None
    entry.before.append(f"# Started as a copy of edition {framework.edition}.")
    (folder / FRAMEWORK_FILE).write_bytes(layout.write())
    for file in sorted(folder.rglob("*.yaml")):
        other = read_layout(file.read_bytes(), str(file)).changed()
        named = other.root.get("framework")
        if isinstance(named, Block) and isinstance(named.get("edition"), Text):
            named.set("edition", Text(edition, '"'))
            file.write_bytes(other.write())


# --- What a new file says -------------------------------------------------------------------------

_FRAMEWORK = """\
# How ratings are made. Each standard has its own file beside this one; what is known about a case is in facts.yaml.
# `assumed` lists what the source does not print. Each is a default that somebody should confirm.
id: $framework
edition: $edition
title: $title
publisher: $publisher
in_force_from: $in_force_from
source: {title: $source}

ratings:                                       # best first; the scores are added up below
  - {id: good, label: Good, score: 2}
  - {id: fair, label: Fair, score: 1}
  - {id: poor, label: Poor, score: 0}

domains:
  - id: all_standards
    title: All standards
    standards: [first_standard]

# A key question: the share of cases answered yes, in per cent, and the rating from each bound upwards.
key_question_bands:
  share_of: yes
  among: [yes, no]
  round: half_up
  decided_on: rounded
  undetermined: refuse                         # no rating while an answer that matters is missing
  bands:
    - {from: 80, rating: good}
    - {from: 50, rating: fair}
    - {from: 0, rating: poor}

# A standard rated by cases: its lowest key question decides.
standard_rating: {take: lowest, of: key_questions}

# The whole: the sum of the scores of all standards.
overall:
  sum_of: scores
  out_of: 2                                    # the highest sum that the bands are made for
  bands:
    - {from: 2, rating: good}
    - {from: 1, rating: fair}
    - {from: 0, rating: poor}

# When people look at a rating again: close to a bound, hanging on one case, or resting on few cases.
panel: {within_points: 5, one_case_would_change_it: true, cases_fewer_than: 6}

assumed: [ratings, key_question_bands, overall, panel]
"""

_FACTS = """\
# What is recorded about a case. Rules may look at these and at nothing else. Empty in the case table never means no.
facts:
  - {id: second_demand_arises, title: The second thing that the standard demands arises, type: yes_no}
"""

_STANDARD_BY_CASES = """\
id: $id
slug: $slug
title: $title
statement: $statement
source: {title: $source, section: $section}
rated_by: cases
key_questions:
  - id: first_question
    ask: Is what this standard demands met in the case?
    prompts:
      - id: first_prompt
        ask: Is there evidence of the first thing that it demands?
      - id: second_prompt
        ask: Is there evidence of the second thing that it demands?
    yes_when: {all: [first_prompt, second_prompt]}
    assumed: [yes_when]
"""

_FIRST_STANDARD = _STANDARD_BY_CASES.replace(
    "    yes_when:", "        applies_when: {fact: second_demand_arises, is: yes}\n    yes_when:"
)

_STANDARD_BY_JUDGEMENT = """\
id: $id
slug: $slug
title: $title
statement: $statement
source: {title: $source, section: $section}
rated_by: judgement
themes:                                        # the subjects under which evidence is recorded
  - {id: first_theme, title: First theme}
  - {id: second_theme, title: Second theme}
"""
