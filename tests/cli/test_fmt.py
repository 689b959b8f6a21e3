from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.commands import Run


@pytest.fixture
def untidy(tmp_path: Path) -> Path:
    file = tmp_path / "a.yaml"
    file.write_text("id:   a  # first\nof: [ b,c ]\n")
    (tmp_path / "tidy.yaml").write_text("id: b\n")
    return file


def test_fmt_lays_out_and_says_which_files_it_changed(run: Run, untidy: Path) -> None:
    assert run("fmt", untidy.parent) == (0, f"formatted: {untidy}\n", "")
    assert untidy.read_text(encoding="utf-8") == "id: a                                          # first\nof: [b, c]\n"
    assert run("fmt", untidy.parent) == (0, "", "")


def test_check_writes_nothing_and_exits_with_1(run: Run, untidy: Path) -> None:
    before = untidy.read_bytes()
    assert run("fmt", "--check", untidy.parent) == (1, f"to format: {untidy}\n", "")
    assert untidy.read_bytes() == before


def test_diff_shows_the_lines_and_writes_nothing(run: Run, untidy: Path) -> None:
    before = untidy.read_bytes()
    code, out, _ = run("fmt", "--check", "--diff", untidy)
    assert code == 1
    assert {"-of: [ b,c ]", "+of: [b, c]"} <= set(out.splitlines())
    assert untidy.read_bytes() == before


def test_a_change_that_no_line_shows_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbfid: a\n")
    assert run("fmt", "--diff", tmp_path)[1] == f"{tmp_path / 'a.yaml'}: only line ends or a byte-order mark change\n"


def test_a_file_that_does_not_parse_is_reported_and_untouched_and_the_others_are_formatted(
    run: Run, untidy: Path
) -> None:
    broken = untidy.with_name("broken.yaml")
    broken.write_text("id:  a: b\n")
    code, out, err = run("fmt", untidy.parent)
    assert (code, out) == (2, f"formatted: {untidy}\n")
    assert f"{broken}:1:7: error:" in err
    assert broken.read_text(encoding="utf-8") == "id:  a: b\n"
