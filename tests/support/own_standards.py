"""Standards of one's own in a folder of standards, and an inspection by them: small ones, written as files."""

from __future__ import annotations

from pathlib import Path

from tests.support.small_framework import SMALL


def declare(
    root: Path, edition: str = "1", starts: str = "2026-01-01", ends: str = "", framework: str = "kitchens"
) -> Path:
    """Write an edition of the small framework to a folder of standards, and return its folder."""
    text = SMALL.replace("RULE", "{all: [floors, knives, meat]}").replace("kitchens", framework)
    text = text.replace('edition: "1"', f'edition: "{edition}"')
    text = text.replace("2026-01-01", starts + (f"\nin_force_to: {ends}" if ends else ""))
    folder = root / framework / edition
    folder.mkdir(parents=True)
    [top, standard] = text.split("standards:\n  - ")
    (folder / "framework.yaml").write_text(top, encoding="utf-8")
    (folder / "hygiene.yaml").write_text(standard.replace("\n    ", "\n"), encoding="utf-8")
    return folder


def inspect(folder: Path, framework: str, started: str = "2026-03-02") -> Path:
    """Write an inspection by a framework, and return its file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cases.csv").write_text(
        "case,serves_meat,size,seats,opened,hygiene.clean.floors,hygiene.clean.knives,hygiene.clean.meat\n"
        "c1,no,small,3,2025-01-31,yes,yes,na\n",
        encoding="utf-8",
    )
    file = folder / "inspection.yaml"
    file.write_text(
        f"framework: {framework}\nprovider: {{id: k, name: A kitchen}}\ntitle: A kitchen\n"
        f"fieldwork: {{started: {started}}}\ncases: {{file: cases.csv}}\n",
        encoding="utf-8",
    )
    return file
