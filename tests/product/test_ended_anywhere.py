"""Whatever ends a command that writes, and whenever: all of it is there or nothing, and the next one tidies up.

What only reads never takes half of it for the whole, and leaves it as it is.
"""

from __future__ import annotations

import os

import pytest

from tests.support.ended import COMMANDS, end


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is copied on Unix alone")
@pytest.mark.parametrize("command", list(COMMANDS.values()), ids=list(COMMANDS))
def test_all_or_nothing_is_there_wherever_a_command_is_ended(command: list[str]) -> None:
    before, new, calls, mistakes = end(command, 6)
    assert new != before
    assert calls > 3
    assert mistakes == []
