"""Where a framework lies: its id and edition looked up in the folder of the standards."""

from __future__ import annotations

from pathlib import Path

from ctm_rules.diagnostics.findings import Code, DiagnosticError, Findings, Location
from ctm_rules.diagnostics.suggestions import nearest_name_hint, say_no_such
from ctm_rules.paths import kind_of
from ctm_rules.yaml_files.marked_yaml import MarkedDict, read_yaml

FRAMEWORK_FILE = "framework.yaml"


def standards_folder() -> Path:
    """Return the folder of the standards that come with the library.

    Inside an installed wheel it lies in the package, in a checkout beside ``src``.
    """
    package = Path(__file__).parents[1]
    installed = package / "standards"
    return installed if installed.is_dir() else package.parents[1] / "standards"


UNKNOWN_FRAMEWORK = Code(
    "unknown-framework",
    "error",
    what="There is no framework of that name, or no such edition of it.",
    why="Standards are named exactly, so that an inspection is rated by the edition that it was inspected by.",
    bad="framework: {id: hmip-pud, edition: 2024}",
    good='framework: {id: hmip-pdu, edition: "2024"}',
)


def find_framework(name: str | Path, edition: str | None = None, *, standards: Path | None = None) -> Path:
    """Return the folder or file of a framework; see :func:`load_framework`."""
    path = Path(name)
    if isinstance(name, Path) or kind_of(path) is not None or path.suffix in (".yaml", ".yml") or len(path.parts) > 1:
        return path
    root = standards_folder() if standards is None else standards
    at = Location(str(name))
    editions = _editions(root / str(name))
    if not editions:
        known = sorted({file.parents[1].name for file in root.glob(f"*/*/{FRAMEWORK_FILE}")})
        hint = nearest_name_hint(str(name), known) or "give the path of a folder that holds framework.yaml"
        raise DiagnosticError([UNKNOWN_FRAMEWORK.found(at, say_no_such("framework", str(name)), hint=hint)])
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
