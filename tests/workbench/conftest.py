"""Standards of one's own to change, and a home in which nothing of anybody else's lies."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ctm_rules.frameworks.finding import standards_folder
from tests.support.right_framework import RIGHT
from tests.support.workbench import Browser


@pytest.fixture(autouse=True, scope="package")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where what is not saved is kept: nowhere near the user's own."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_STATE_HOME", "LOCALAPPDATA", "HOME"):
            patch.setenv(name, str(folder))
        yield folder


@pytest.fixture
def standards(tmp_path: Path) -> Path:
    """A copy of the shipped edition."""
    shutil.copytree(standards_folder(), tmp_path / "own" / "standards")
    return tmp_path / "own" / "standards" / "hmip-pdu" / "2024"


@pytest.fixture
def kitchens(tmp_path: Path) -> Path:
    """A copy of a small framework."""
    return Path(shutil.copytree(RIGHT, tmp_path / "own" / "standards" / "kitchens" / "2026"))


@pytest.fixture
def browser(standards: Path) -> Browser:
    """A browser that opened the workbench over the shipped edition."""
    return Browser.opened(standards)
