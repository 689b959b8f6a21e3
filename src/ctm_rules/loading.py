"""Standards from YAML files to a :class:`~ctm_rules.model.Framework`: every mistake at once, or a framework."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from attrs import evolve, frozen

from ctm_rules.diagnostics import Code, DiagnosticError, Findings, Location, nearest_name_hint
from ctm_rules.marked_yaml import MarkedDict, MarkedList, read_yaml
from ctm_rules.model import (
    All,
    Any,
    AtLeast,
    Condition,
    FactTest,
    Framework,
    KeyQuestion,
    Not,
    Prompt,
    Standard,
    VariantRule,
)
from ctm_rules.structuring import UNKNOWN_KEY, WRONG_TYPE, describe, structure
from ctm_rules.validity import check_validity, type_fact_value

UNKNOWN_FRAMEWORK = Code(
    "unknown-framework",
    "error",
    what="There is no framework of that name, or no such edition of it.",
    why="Standards are named exactly, so that an inspection is rated by the edition that it was inspected by.",
    bad="framework: {id: hmip-pud, edition: 2024}",
    good='framework: {id: hmip-pdu, edition: "2024"}',
)
DECLARED_TWICE = Code(
    "declared-twice",
    "error",
    what="The same part of a framework stands in two of its files.",
    why="Only one of the two could count.",
    bad="facts: […] in framework.yaml and in facts.yaml",
    good="facts: […] in facts.yaml alone",
)

FRAMEWORK_FILE = "framework.yaml"
PART_FILES = {"facts.yaml": ("facts",), "measures.yaml": ("measures", "subgroups")}


def standards_folder() -> Path:
    """Return the folder of the standards that come with the library.

    Inside an installed wheel it lies in the package, in a checkout beside ``src``.
    """
    package = Path(__file__).parent
    installed = package / "standards"
    return installed if installed.is_dir() else package.parents[1] / "standards"


@frozen
class FrameworkSource:
    """The files of one framework as read: data with marks, nothing interpreted.

    Attributes:
        folder: where the framework lies (the folder of the file for a framework of a single file).
        document: everything declared, by key; ``standards`` holds a block for each standard.
        files: the files read, in the order in which they were read.
    """

    folder: Path
    document: MarkedDict
    files: tuple[Path, ...]


def load_framework(name: str | Path, edition: str | None = None, *, standards: Path | None = None) -> Framework:
    """Load a framework by its id or from a folder or file.

    Args:
        name: the id of a framework in the standards folder (``hmip-pdu``), or the path of a folder that
            holds ``framework.yaml``, or of a single file.
        edition: which edition, where ``name`` is an id; by default the one that came into force last.
        standards: the folder of frameworks to look in (default: the one that comes with the library).

    Raises:
        DiagnosticError: it cannot be found, read or understood; carries every mistake found.
    """
    return build_framework(read_framework(find_framework(name, edition, standards=standards)))


def find_framework(name: str | Path, edition: str | None = None, *, standards: Path | None = None) -> Path:
    """Return the folder or file of a framework; see :func:`load_framework`."""
    path = Path(name)
    if isinstance(name, Path) or path.exists() or path.suffix in (".yaml", ".yml") or len(path.parts) > 1:
        return path
    root = standards_folder() if standards is None else standards
    at = Location(str(name))
    editions = _editions(root / str(name))
    if not editions:
        known = sorted({file.parents[1].name for file in root.glob(f"*/*/{FRAMEWORK_FILE}")})
        hint = nearest_name_hint(str(name), known) or "give the path of a folder that holds framework.yaml"
        raise DiagnosticError([UNKNOWN_FRAMEWORK.found(at, f'there is no framework "{name}"', hint=hint)])
    if edition is None:
        return editions[max(editions, key=lambda known: _in_force_from(editions[known]))]
    if edition not in editions:
        message = f'the framework "{name}" has no edition "{edition}"'
        raise DiagnosticError([UNKNOWN_FRAMEWORK.found(at, message, hint=nearest_name_hint(edition, list(editions)))])
    return editions[edition]


def _editions(folder: Path) -> dict[str, Path]:
    return {file.parent.name: file.parent for file in sorted(folder.glob(f"*/{FRAMEWORK_FILE}"))}


def _in_force_from(folder: Path) -> tuple[str, str]:
    document = read_yaml(folder / FRAMEWORK_FILE, Findings())
    date = document.get("in_force_from") if isinstance(document, MarkedDict) else ""
    return (str(date), folder.name)


def read_framework(path: Path) -> FrameworkSource:
    """Read the files of a framework without interpreting them.

    Raises:
        DiagnosticError: a file cannot be read or is no YAML.
    """
    findings = Findings()
    folder = path if path.is_dir() else path.parent
    main = path / FRAMEWORK_FILE if path.is_dir() else path
    files = [main]
    document = _read_block(main, findings)
    if path.is_dir() and document is not None:
        others = sorted(file for file in path.glob("*.yaml") if file.name != FRAMEWORK_FILE)
        files += others
        for file in others:
            block = _read_block(file, findings)
            if block is not None:
                _merge(document, block, file, findings)
    findings.raise_errors()
    assert document is not None
    return FrameworkSource(folder, document, tuple(files))


def _read_block(file: Path, findings: Findings) -> MarkedDict | None:
    before = len(findings)
    content = read_yaml(file, findings)
    if isinstance(content, MarkedDict):
        return content
    if len(findings) == before:
        message = f"the file must be a block of keys, not {describe(content)}"
        findings.add(WRONG_TYPE, Location(str(file), 1, 1), message, hint="start with key: value")
    return None


def _merge(document: MarkedDict, block: MarkedDict, file: Path, findings: Findings) -> None:
    """Put what one file declares into the framework's document."""
    parts = PART_FILES.get(file.name)
    if parts is None:
        standards = document.setdefault("standards", MarkedList(block.at))
        if isinstance(standards, MarkedList):
            standards.append(block)
            standards.value_at.append(block.at)
        return
    for key, value in block.items():
        if key not in parts:
            hint = nearest_name_hint(key, parts)
            findings.add(UNKNOWN_KEY, block.key_at[key], f'the key "{key}" is not known here', hint=hint)
        elif key in document:
            message = f'"{key}" stands here and in {FRAMEWORK_FILE}'
            findings.add(DECLARED_TWICE, block.key_at[key], message, hint="keep one of them")
        else:
            document[key] = value
            document.key_at[key] = block.key_at[key]
            document.value_at[key] = block.value_at[key]


def build_framework(source: FrameworkSource) -> Framework:
    """Return the framework that the files of a source declare.

    Raises:
        DiagnosticError: carries every mistake of shape, and where there is none every mistake of meaning.
    """
    findings = Findings()
    framework = structure_framework(source, findings)
    findings.raise_errors()
    assert framework is not None
    return framework


def structure_framework(source: FrameworkSource, findings: Findings) -> Framework | None:
    """Return the framework, or ``None`` with every mistake in ``findings``."""
    before = len(findings)
    framework = structure(source.document, Framework, str(source.files[0]), findings)
    if framework is None:
        return None
    findings.extend(check_validity(framework))
    if len(findings) > before:
        return None
    return _in_reported_order(_typed(framework))


def _in_reported_order(framework: Framework) -> Framework:
    slugs = [slug for domain in framework.domains for slug in domain.standards]
    return evolve(framework, standards=tuple(framework.standards_by_slug[slug] for slug in slugs))


def _typed(framework: Framework) -> Framework:
    """Return the framework with every compared value typed as its fact declares."""

    def typed(condition: Condition) -> Condition:
        if isinstance(condition, FactTest):
            fact = framework.facts_by_id[condition.fact]
            return evolve(condition, values=tuple(type_fact_value(fact, value) for value in condition.values))
        if isinstance(condition, Not):
            return evolve(condition, clause=typed(condition.clause))
        if isinstance(condition, All | Any | AtLeast):
            return evolve(condition, of=tuple(typed(clause) for clause in condition.of))
        return condition

    def where(condition: Condition | None) -> Condition | None:
        return None if condition is None else typed(condition)

    def prompt(declared: Prompt) -> Prompt:
        return evolve(declared, applies_when=where(declared.applies_when))

    def variants(declared: Mapping[str, VariantRule]) -> Mapping[str, VariantRule]:
        return {key: evolve(rule, yes_when=typed(rule.yes_when)) for key, rule in declared.items()}

    def question(declared: KeyQuestion) -> KeyQuestion:
        return evolve(
            declared,
            prompts=tuple(map(prompt, declared.prompts)),
            applies_when=where(declared.applies_when),
            yes_when=typed(declared.yes_when),
            variants=variants(declared.variants),
        )

    def standard(declared: Standard) -> Standard:
        return evolve(declared, key_questions=tuple(map(question, declared.key_questions)))

    return evolve(
        framework,
        standards=tuple(map(standard, framework.standards)),
        variants=tuple(evolve(variant, when=typed(variant.when)) for variant in framework.variants),
        measures=tuple(evolve(measure, applies_when=where(measure.applies_when)) for measure in framework.measures),
        subgroups=tuple(
            evolve(subgroup, groups=tuple(evolve(group, when=typed(group.when)) for group in subgroup.groups))
            for subgroup in framework.subgroups
        ),
    )
