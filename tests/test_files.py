from __future__ import annotations

import os
from pathlib import Path

import pytest

from ctm_rules.diagnostics.findings import DiagnosticError
from ctm_rules.files import new_folder, write_atomically


def test_a_file_is_replaced_whole_and_keeps_its_permissions(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("before")
    file.chmod(0o640)
    write_atomically(file, b"after")
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"after", 0o640)
    assert list(tmp_path.iterdir()) == [file]


def test_a_new_file_is_what_any_new_file_is_and_its_folder_is_made(tmp_path: Path) -> None:
    file, other = tmp_path / "new" / "a.yaml", tmp_path / "b"
    write_atomically(file, b"a")
    other.touch()
    assert file.stat().st_mode == other.stat().st_mode


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("before")
    (tmp_path / "link.yaml").symlink_to("a.yaml")
    write_atomically(tmp_path / "link.yaml", b"after")
    assert (tmp_path / "link.yaml").is_symlink()
    assert (tmp_path / "a.yaml").read_bytes() == b"after"


def test_when_writing_fails_the_file_is_as_before_and_nothing_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("before")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(DiagnosticError, match="cannot be written: permission denied"):
        write_atomically(file, b"after")
    assert list(tmp_path.iterdir()) == [file]
    assert file.read_text() == "before"


def test_a_folder_that_is_a_file_is_a_diagnostic(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with pytest.raises(DiagnosticError, match="cannot be written"):
        write_atomically(tmp_path / "a" / "b.yaml", b"")


def test_a_new_folder_takes_the_place_of_an_empty_one_and_of_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def replace_as_on_windows(path: Path, target: Path) -> Path:
        if target.is_dir():
            raise PermissionError(13, "Permission denied")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", replace_as_on_windows)
    empty, full = tmp_path / "empty", tmp_path / "full"
    empty.mkdir()
    full.mkdir()
    (full / "old").touch()
    with new_folder(empty) as made:
        (made / "new").touch()
    assert [file.name for file in empty.iterdir()] == ["new"]
    with pytest.raises(DiagnosticError, match="cannot be written"), new_folder(full) as made:
        (made / "new").touch()
    assert [file.name for file in full.iterdir()] == ["old"]
    assert sorted(tmp_path.iterdir()) == [empty, full]
