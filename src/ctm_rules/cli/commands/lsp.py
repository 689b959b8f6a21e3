"""``ctm-rules lsp``: the language server for editors."""

from __future__ import annotations

import os
import sys
from contextlib import redirect_stdout
from typing import Annotated

import typer

from ctm_rules.extras import needs_extra


def command(
    _: Annotated[bool, typer.Option("--stdio", help="Said by some editors: there is no other way to talk.")] = False,
) -> None:
    """Answer an editor over standard input and output: findings while typing, names, completion, renaming, quick fixes.

    An editor starts it. Nothing is written to files: what changes, the editor changes, and saves. standards/EDITORS.md
    says how VS Code and Neovim are told.

    Example: [bold]ctm-rules lsp[/bold]
    """
    with needs_extra("lsp", "the language server"):
        from ctm_rules.language_server.server import make_server
    # Whatever would be printed for people would end the conversation.
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as output, redirect_stdout(sys.stderr):
        make_server().start_io(stdout=output)
