"""The commands by name (dispatch), and what happens to an error that none of them expected to print itself."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import typer

from ctm_rules.cli.output import (
    CALL_OR_INPUT_IS_WRONG,
    ERRORS_SHOWN,
    INTERRUPTED,
    THE_DATA_SAYS_NO,
    OutputGoneError,
    inert_streams,
    print_for_programs,
    say_error,
    show_diagnostics,
    show_values_again,
)
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
    "form": "form",
    "read": "read",
    "verify": "verify",
    "where": "where",
    "rename": "rename",
    "apply": "apply",
    "lsp": "lsp",
    "workbench": "workbench",
    "schema": "schema",
    "new": "new",
    "docs": "docs",
}


def _print_version(is_asked: bool) -> None:
    if is_asked:
        from ctm_rules.version import library_version

        print_for_programs(f"ctm-rules {library_version()}\n")
        raise typer.Exit


def _about(
    _: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version, and do nothing else."
        ),
    ] = False,
) -> None:
    """Standards, prompts and rating bands as data, evaluated by a rules engine, published as ratings.

    Exit codes: 0 fine; 1 the data says no (findings, failing scenarios, no rating); 2 the call or the input is wrong;
    130 interrupted.
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


_MAY_BE_EMPTY = ("-k", "--by")


def _names_nothing(arguments: Sequence[str]) -> bool:
    """Return whether an argument is empty: where a script's variable was, it would stand for the working folder."""
    return any(given == "" and before not in _MAY_BE_EMPTY for before, given in pairwise(["", *arguments]))


def _asking_for_help(arguments: Sequence[str]) -> list[str]:
    """Return the arguments, and of those that ask for help the words before the first option: nothing else is done.

    An option that takes a value would take ``--help`` for its value: ``schema --write --help`` wrote a folder.
    """
    given = list(arguments)
    options = given[: given.index("--")] if "--" in given else given
    if "--help" not in options:
        return given
    first = next(number for number, each in enumerate(options) if each.startswith("-"))
    return [*options[:first], "--help"]


def main() -> None:
    """Run the command that was called; whatever goes wrong ends in a sentence and an exit code."""
    ERRORS_SHOWN.clear()
    show_values_again()
    try:
        with inert_streams():
            code = _run(sys.argv[1:])
    except OutputGoneError as gone:
        code = _say_that_output_is_gone(gone)
    except KeyboardInterrupt:
        code = INTERRUPTED
    sys.exit(code)


def _run(arguments: Sequence[str]) -> int:
    try:
        if _names_nothing(arguments):
            say_error("one of the arguments is empty: name what is meant, or leave it out")
            return CALL_OR_INPUT_IS_WRONG
        asked = _asking_for_help(arguments)
        build_app(asked)(asked, prog_name="ctm-rules")
    except SystemExit as end:
        if ERRORS_SHOWN and not end.code:
            return THE_DATA_SAYS_NO  # whatever the command thinks: an error never ends in 0
        return end.code if isinstance(end.code, int) else CALL_OR_INPUT_IS_WRONG if end.code else 0
    except DiagnosticError as error:
        show_diagnostics(error.diagnostics)
    except CtmRulesError as error:
        say_error(str(error))
    except OSError as error:
        # What only this machine can say no to: a name too long for a file, a disk that is full.
        say_error(f"{error.filename or 'a file'} cannot be used: {(error.strerror or str(error)).lower()}")
    except (KeyboardInterrupt, OutputGoneError):
        raise
    except BaseException as error:  # what a library in Rust raises where it fails is no Exception
        _say_that_it_is_our_mistake(error)
    return CALL_OR_INPUT_IS_WRONG


def _say_that_it_is_our_mistake(error: BaseException) -> None:
    """Say where the library failed; what the error itself says may be a cell of somebody's table, and is not said."""
    if os.environ.get(TRACEBACK):
        traceback.print_exception(error)
    from importlib.metadata import version  # it takes its time to be imported, and is needed here alone

    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(_HOUSE)]
    place = f" in {Path(ours[-1].filename).relative_to(_HOUSE).as_posix()}, line {ours[-1].lineno}" if ours else ""
    say_error(
        f"ctm-rules {version('ctm-rules')} has a mistake, and nothing more was done: {type(error).__name__}{place}. "
        f"Please report this line with the command that you gave; {TRACEBACK}=1 in front of it shows more"
    )


TRACEBACK = "CTM_RULES_TRACEBACK"
"""The variable of the environment that has a mistake of the library shown in full."""

_HOUSE = Path(__file__).parents[1]


def _say_that_output_is_gone(gone: OutputGoneError) -> int:
    with suppress(OSError, ValueError):
        # (`| head`) Nothing more can be said to it, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), gone.stream.fileno())
    if gone.stream is not sys.stderr and not gone.is_read_no_more:
        with suppress(OSError, ValueError):
            say_error(f"what was printed did not all arrive: {gone}")
    return CALL_OR_INPUT_IS_WRONG
