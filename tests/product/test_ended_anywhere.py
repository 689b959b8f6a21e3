"""Whatever ends a command that writes, and whenever: all of it is there or nothing, and the next one tidies up."""

from __future__ import annotations

import os

import pytest

from tests.support.ended import COMMANDS, end, wrong


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is copied on Unix alone")
@pytest.mark.parametrize("command", list(COMMANDS.values()), ids=list(COMMANDS))
def test_all_or_nothing_is_there_wherever_a_command_is_ended(command: list[str]) -> None:
    before, new, calls, ended = end(command, 6)
    assert new != before
    assert calls > 3
    assert [f"at call {each.at} of {calls}: {what}" for each in ended for what in wrong(each, before, new)] == []
