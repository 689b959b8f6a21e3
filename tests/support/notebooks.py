"""Notebooks run cell by cell in this Python: what Jupyter shows of them, without it."""

from __future__ import annotations

import ast
import contextlib
import io
import json
from pathlib import Path


def run_notebook(path: Path) -> list[str]:
    """Return what each cell of code shows: what it prints, and how its last expression looks."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    names: dict[str, object] = {"__name__": "__main__"}
    shown = []
    for cell in cells:
        if cell["cell_type"] != "code":
            continue
        body = ast.parse("".join(cell["source"])).body
        last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(compile(ast.Module(body, []), str(path), "exec"), names)
            if isinstance(last, ast.Expr):
                value = eval(compile(ast.Expression(last.value), str(path), "eval"), names)
                html = getattr(value, "_repr_html_", None)
                if value is not None:
                    print(repr(value) if html is None else html())
        shown.append(out.getvalue())
    return shown
