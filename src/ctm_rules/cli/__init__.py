"""The command line: one thin module for each command, which parses its call, asks the library and prints.

Hands on: `run`, the entry point of the script ``ctm-rules``.
Private: commands, main, output, shown, standards.
"""

import sys


def run() -> None:
    """Run the command line; the entry point of the ``ctm-rules`` script."""
    try:
        from ctm_rules.cli.main import main
    except ModuleNotFoundError as error:
        if error.name not in ("typer", "rich", "click"):
            raise
        print('the command line needs typer and rich: pip install "ctm-rules[cli]"', file=sys.stderr)
        sys.exit(2)
    main()
