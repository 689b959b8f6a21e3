"""A watch over readers that might hang."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

LONGEST = 30
"""Seconds of computing after which a reader is taken to hang: far more than any file within the limits takes."""

LONGEST_WAIT = 600
"""Seconds after which the same holds even where it does not compute."""


@contextmanager
def watched() -> Iterator[None]:
    """Fail when what runs inside hangs, but not because the machine is busy."""

    def hangs(*_: object) -> None:
        raise AssertionError(f"it was still reading after {LONGEST} seconds of computing or {LONGEST_WAIT} of waiting")

    if not hasattr(signal, "setitimer"):  # there is no such watch on Windows, and nothing in the readers depends on it
        yield
        return
    watches = [
        (signal.ITIMER_PROF, LONGEST, signal.signal(signal.SIGPROF, hangs)),
        (signal.ITIMER_REAL, LONGEST_WAIT, signal.signal(signal.SIGALRM, hangs)),
    ]
    for timer, seconds, _ in watches:
        signal.setitimer(timer, seconds)
    try:
        yield
    finally:
        for timer, _, _ in watches:
            signal.setitimer(timer, 0)
        for number, (*_, before) in zip((signal.SIGPROF, signal.SIGALRM), watches, strict=True):
            signal.signal(number, before)
