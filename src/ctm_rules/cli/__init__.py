"""The command line: one thin module for each command, which parses its call, asks the library and prints.

Hands on: `run`, the entry point of the script ``ctm-rules``.
Private: commands, main, output, shown, standards.
"""

import gc
import signal
import sys
from types import FrameType


def run() -> None:
    """Run the command line; the entry point of the ``ctm-rules`` script.

    Ctrl-C ends it quietly with 130, whatever it is doing, and whatever the libraries on the way make of it.
    """
    # A command keeps most of what it makes until it ends, and then all of it goes at once. To look for what could be
    # given back after every few hundred objects, and once more at the end, takes a fifth of the time of a short one.
    gc.set_threshold(100_000)
    interrupted = False

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        nonlocal interrupted
        interrupted = True
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
    try:
        try:
            from ctm_rules.cli.main import main
        except ModuleNotFoundError as error:
            if error.name not in ("typer", "rich", "click"):
                raise
            print('the command line needs typer and rich: pip install "ctm-rules[cli]"', file=sys.stderr)
            sys.exit(2)
        main()
    except BaseException:
        if not interrupted:
            raise
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # once is enough
        sys.exit(130)
    finally:
        gc.freeze()
