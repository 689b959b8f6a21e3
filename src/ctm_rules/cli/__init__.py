"""The command line: one thin module for each command, which parses its call, asks the library and prints.

Hands on: `run`, the entry point of the script ``ctm-rules``.
Private: commands, main, output, shown, standards.
"""

import signal
import sys
from types import FrameType


def run() -> None:
    """Run the command line; the entry point of the ``ctm-rules`` script.

    Ctrl-C ends it quietly with 130, whatever it is doing, and whatever the libraries on the way make of it.
    """
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
