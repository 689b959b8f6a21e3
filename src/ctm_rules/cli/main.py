"""The commands by name (dispatch), and what happens to an error that none of them expected to print itself."""

from __future__ import annotations

import errno
import importlib
import os
import sys
from collections.abc import Sequence

import typer

from ctm_rules.cli.output import CALL_OR_INPUT_IS_WRONG, ERRORS_SHOWN, THE_DATA_SAYS_NO, say_error, show_diagnostics
from ctm_rules.diagnostics.findings import CtmRulesError, DiagnosticError

# Each command is the function `command` of its module (or its `app`, where it has commands of its own), imported
# when it is called: starting stays quick.
_MODULES = {
    "check": "check",
    "rate": "rate",
    "report": "report",
    "explain": "explain",
    "fmt": "fmt",
    "test": "test",
    "diff": "diff",
    "what-if": "what_if",
    "schema": "schema",
    "new": "new",
    "docs": "docs",
}


def _about() -> None:
    """Standards, prompts and rating bands as data, evaluated by a rules engine, published as ratings.

    Exit codes: 0 fine; 1 the data says no (findings, failing scenarios, no rating); 2 the call or the input is wrong.
    """


def build_app(arguments: Sequence[str]) -> typer.Typer:
    """Return the command line for these arguments: only the command that is called is imported."""
    app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich", pretty_exceptions_enable=False)
    app.callback()(_about)
    called = [name for name in arguments[:1] if name in _MODULES]
    for name in called or _MODULES:
        module = importlib.import_module(f"ctm_rules.cli.commands.{_MODULES[name]}")
        if hasattr(module, "app"):
            app.add_typer(module.app, name=name)
        else:
            app.command(name)(module.command)
    return app


def main() -> None:
    """Run the command that was called; whatever the user can get wrong ends in a sentence and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without ✓ shows ? rather than failing
    ERRORS_SHOWN.clear()
    try:
        build_app(sys.argv[1:])(prog_name="ctm-rules")
    except SystemExit as end:
        if ERRORS_SHOWN and not end.code:
            sys.exit(THE_DATA_SAYS_NO)  # whatever the command thinks: an error never ends in 0
        raise
    except DiagnosticError as error:
        show_diagnostics(error.diagnostics)
        sys.exit(CALL_OR_INPUT_IS_WRONG)
    except CtmRulesError as error:
        say_error(str(error))
        sys.exit(CALL_OR_INPUT_IS_WRONG)
    except OSError as error:
        if _says_that_the_reader_is_gone(error):
            # (`| head`) Nothing more can be said to it, not even at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)
        # What only this machine can say no to: a name too long for a file, a disk that is full.
        say_error(f"{error.filename or 'a file'} cannot be used: {(error.strerror or str(error)).lower()}")
        sys.exit(CALL_OR_INPUT_IS_WRONG)


def _says_that_the_reader_is_gone(error: OSError) -> bool:
    # Windows has no signal for it and calls it an invalid argument.
    on_windows = sys.platform == "win32" and error.errno == errno.EINVAL and error.filename is None
    return isinstance(error, BrokenPipeError) or on_windows
