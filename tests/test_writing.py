"""Files and folders are written whole or not at all, and what stands there keeps what it is."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest

from ctm_rules.diagnostics.findings import DiagnosticError
from ctm_rules.journals import SCRATCH
from ctm_rules.writing import finish_interrupted, write_atomically, write_together, writing


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
    with writing(empty) as unit:
        (unit.folder(empty) / "new").touch()
    assert [file.name for file in empty.iterdir()] == ["new"]
    with pytest.raises(DiagnosticError, match="cannot be written"), writing(full) as unit:
        (unit.folder(full) / "new").touch()
    assert [file.name for file in full.iterdir()] == ["old"]
    assert sorted(tmp_path.iterdir()) == [empty, full]


# --- What stands there keeps what it is -----------------------------------------------------------


def test_a_file_keeps_its_owner_and_its_other_names(tmp_path: Path) -> None:
    file, other = tmp_path / "a.yaml", tmp_path / "b.yaml"
    file.write_text("before, and more than after")
    other.hardlink_to(file)
    file.chmod(0o604)
    write_atomically(file, b"after")
    assert (file.read_bytes(), other.read_bytes()) == (b"after", b"after")
    assert (file.stat().st_nlink, file.stat().st_mode & 0o777) == (2, 0o604)
    assert sorted(tmp_path.iterdir()) == [file, other]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
def test_a_file_keeps_its_owner(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("before")
    os.chown(file, 1234, 5678)
    write_atomically(file, b"after")
    assert (file.stat().st_uid, file.stat().st_gid, file.read_bytes()) == (1234, 5678, b"after")


def test_a_name_may_be_as_long_as_the_disk_allows(tmp_path: Path) -> None:
    file = tmp_path / ("a" * os.pathconf(tmp_path, "PC_NAME_MAX"))
    for content in (b"one", b"two"):
        write_atomically(file, content)
        assert file.read_bytes() == content
    with pytest.raises(DiagnosticError, match="file name too long"):
        write_atomically(file.with_name(file.name + "a"), b"")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are pipes with names on Unix alone")
def test_what_is_no_file_is_written_to_and_never_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(DiagnosticError, match="nobody reads from this pipe"):  # and nobody waits
        write_atomically(pipe, b"lost")
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_atomically(pipe, b"read")
    assert os.read(reading, 10) == b"read"
    os.close(reading)
    assert pipe.is_fifo()
    write_atomically(Path("/dev/null"), b"nothing")
    assert Path("/dev/null").is_char_device()
    with pytest.raises(DiagnosticError, match="no space left on device") as caught:
        write_atomically(Path("/dev/full"), b"nothing")
    assert caught.value.diagnostics[0].hint.startswith("free some space")


def test_a_link_that_leads_out_of_the_folder_is_refused_where_several_files_are_written(tmp_path: Path) -> None:
    out, elsewhere = tmp_path / "a" / "out", tmp_path / "elsewhere"
    out.mkdir(parents=True)
    elsewhere.write_text("before")
    (out / "two").symlink_to(elsewhere)
    with pytest.raises(DiagnosticError, match="it is a link that leads to another folder"):
        write_together({out / "one": b"1", out / "two": b"2"}, out)
    assert elsewhere.read_text() == "before"
    assert [path.name for path in (tmp_path / "a").rglob("*")] == ["out", "two"]


def test_where_one_file_cannot_be_replaced_all_stay_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    names = ["a", "b", "c", "new/d", "e"]
    write_together({out / name: b"old" for name in ("a", "b", "c", "e")}, out)
    (out / "b").chmod(0o600)
    (tmp_path / "other name of a").hardlink_to(out / "a")
    before = {path: (path.read_bytes(), path.stat().st_mode) for path in out.iterdir()}
    replace = Path.replace

    def refuse(path: Path, target: Path) -> Path:
        if target.name == "e" and not path.name.endswith(".before"):
            raise PermissionError(13, "Permission denied", str(path), None, str(target))
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(DiagnosticError, match=r"out/e cannot be written: permission denied"):
        write_together({out / name: b"something new" for name in names}, out)
    assert {path: (path.read_bytes(), path.stat().st_mode) for path in out.iterdir()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other name of a", "out"]


# --- What a process that was ended has left --------------------------------------------------------


def leave(place: Path, to: str, *, folders: tuple[str, ...] = (), name: str = "0", how: str = "replace") -> Path:
    """Make a scratch folder as a process leaves it that was ended, and return it."""
    scratch = place / f"{SCRATCH}left"
    scratch.mkdir(parents=True)
    (scratch / "0").write_text("left")
    step = {"how": how, "name": name, "to": to, "was_there": True, "number": 0}
    (scratch / "journal.json").write_text(json.dumps({"folders": folders, "steps": [step]}))
    return scratch


def test_what_was_left_is_finished_by_who_writes_there_next(tmp_path: Path) -> None:
    scratch = leave(tmp_path, "out/deep/a", folders=("out", "out/deep"))
    (tmp_path / f"{SCRATCH}without-a-journal").mkdir()
    write_atomically(tmp_path / "out" / "deep" / "b", b"b")
    assert (tmp_path / "out" / "deep" / "a").read_text() == "left"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "b", "deep", "out"]
    assert not scratch.exists()


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"to": "../outside"}, id="a folder above"),
        pytest.param({"to": "/ABSOLUTE/outside"}, id="a whole path"),
        pytest.param({"to": "link/outside"}, id="a link out of the folder"),
        pytest.param({"to": "in", "name": "../../outside"}, id="a name that is a path"),
        pytest.param({"to": "in", "folders": ("../outside",)}, id="a folder to be made above"),
        pytest.param({"to": "in", "how": "format"}, id="something else to be done"),
    ],
)
def test_a_journal_that_came_from_somewhere_leads_nowhere(tmp_path: Path, how: dict[str, Any]) -> None:
    place, outside = tmp_path / "unpacked", tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").touch()
    how["to"] = how["to"].replace("/ABSOLUTE", str(tmp_path))
    leave(place, **how)
    (place / "link").symlink_to(tmp_path)
    write_atomically(place / "new", b"new")
    assert [path.name for path in outside.iterdir()] == ["kept"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["outside", "unpacked"]
    assert (place / "new").read_bytes() == b"new"


def test_what_a_process_still_writes_is_left_to_it(tmp_path: Path) -> None:
    with writing(tmp_path / "out") as unit:
        unit.write(tmp_path / "out" / "a", b"a")
        write_atomically(tmp_path / "out" / "b", b"b")
        unit.write(tmp_path / "out" / "c", b"c")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a", "b", "c"]


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP], ids=["no locks left", "no locks at all"])
def test_a_disk_without_locks_is_written_to_and_nothing_on_it_is_tidied_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(_handle: int, **_how: bool) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("ctm_rules.journals.lock", refuse)
    left = leave(tmp_path, "out")
    write_atomically(tmp_path / "a", b"a")
    assert sorted(path.name for path in tmp_path.iterdir()) == [left.name, "a"]


# --- Files that go ---------------------------------------------------------------------------------


def test_files_go_together_with_what_is_written_or_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    write_together({out / name: b"old" for name in ("a", "b", "c")}, out)
    replace = Path.replace

    def refuse(path: Path, target: Path) -> Path:
        if target.name == "c" and not path.name.endswith(".before"):
            raise PermissionError(13, "Permission denied", str(path), None, str(target))
        return replace(path, target)

    def written() -> None:
        with writing(out, scratch_in=out) as unit:
            unit.remove(out / "a")
            unit.write(out / "b", b"new")
            unit.write(out / "c", b"new")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refuse)
        with pytest.raises(DiagnosticError, match="cannot be written"):
            written()
    assert {path.name: path.read_bytes() for path in out.iterdir()} == {"a": b"old", "b": b"old", "c": b"old"}
    written()
    assert {path.name: path.read_bytes() for path in out.iterdir()} == {"b": b"new", "c": b"new"}


@pytest.mark.parametrize("is_done", [True, False], ids=["it was gone", "it was there"])
def test_a_file_that_was_to_go_goes_when_the_rest_is_finished(tmp_path: Path, is_done: bool) -> None:
    scratch = leave(tmp_path, "gone", how="remove")
    (scratch / "0").unlink()
    if is_done:
        (scratch / "0.before").write_text("old")
    else:
        (tmp_path / "gone").write_text("old")
    finish_interrupted(tmp_path)
    assert list(tmp_path.iterdir()) == []
