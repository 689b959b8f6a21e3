"""Typst, in a program of its own, which can fetch nothing, and takes along what it keeps.

Typst keeps all that it has set for as long as the program runs that called it: 300 MB for 150 pages. And it fetches a
package from its makers' server when a template names one, which no option keeps it from. It goes by the proxies of its
environment, and another program can have an environment of its own: one whose only proxy is at a port to which nothing
can be connected. Packages in the folder ``packages`` beside a template are used.
"""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from attrs import frozen

from ctm_rules.report.fonts import Fonts

PACKAGES = "packages"
"""The folder for packages of Typst within a folder of templates: NAMESPACE/NAME/VERSION."""

_NOWHERE = "http://127.0.0.1:0"
_SETTING = """
import base64, datetime, json, sys
given = json.load(sys.stdin)
sys.path[:] = given["path"]
import typst
options = {"pdf_standards": ["ua-1"]} if given["format"] == "pdf" else {"ppi": given["pixels_per_inch"]}
if given["written"]:
    options["timestamp"] = datetime.datetime.fromisoformat(given["written"])
try:
    made = typst.compile(
        base64.b64decode(given["source"]),
        root=given["root"],
        sys_inputs=given["inputs"],
        font_paths=typst.Fonts(include_system_fonts=given["of_this_machine"], font_paths=given["fonts"]),
        package_path=given["packages"],
        package_cache_path=given["packages"],
        format=given["format"],
        **options,
    )
    pages = made if isinstance(made, list) else [made]
    result = {"pages": [base64.b64encode(page).decode() for page in pages]}
except RuntimeError as error:  # what Typst raises is one, and so is what says that a file is no text
    result = {"reason": str(error), "place": getattr(error, "diagnostic", "")}
json.dump(result, sys.stdout)
"""
_PLACE = re.compile(r"┌─ (.*):(\d+):(\d+)")
_MAIN = "__typst_py_bytes__.typ"


@frozen
class Mistake(Exception):  # it is what a person made, and no error of ours
    """What is wrong with a template, and where: the line and column count from 1, and 0 is the file as a whole."""

    reason: str
    file: Path
    line: int = 0
    column: int = 0


def set_pdf(template: Path, fonts: Fonts, inputs: Mapping[str, str], written: str) -> bytes:
    """Return what a template sets as tagged PDF (PDF/UA-1).

    Args:
        template: the file; it can read what lies in its folder, and nothing else.
        fonts: those that it is set with.
        inputs: what it reads from ``sys.inputs``.
        written: the time of writing that the PDF carries, as ISO 8601 has it.

    Raises:
        Mistake: the template cannot be used.
    """
    (made,) = _set(template.read_bytes(), template, fonts, inputs, {"format": "pdf", "written": written})
    return made


def set_pngs(source: bytes, fonts: Fonts, inputs: Mapping[str, str], pixels_per_inch: float) -> list[bytes]:
    """Return the pages that a source sets, each as PNG; a box stands for a letter that no font has."""
    options = {"format": "png", "written": "", "pixels_per_inch": pixels_per_inch}
    return _set(source, Path(__file__), fonts, inputs, options)


def _set(
    source: bytes, template: Path, fonts: Fonts, inputs: Mapping[str, str], options: Mapping[str, object]
) -> list[bytes]:
    given = {
        "path": sys.path,
        "source": base64.b64encode(source).decode(),
        "root": str(template.parent),
        "packages": str(template.parent / PACKAGES),
        "inputs": inputs,
        "fonts": [str(folder) for folder in fonts.folders],
        "of_this_machine": fonts.of_this_machine,
        **options,
    }
    proxies = {name: _NOWHERE for kind in ("https_proxy", "http_proxy", "all_proxy") for name in (kind, kind.upper())}
    done = subprocess.run(
        [sys.executable, "-c", _SETTING],
        input=json.dumps(given).encode(),
        capture_output=True,
        check=False,
        env={**os.environ, **proxies, "no_proxy": "", "NO_PROXY": "", "PYTHONIOENCODING": "utf-8"},
    )
    if done.returncode:
        raise Mistake("setting it ended in a failure of Typst itself", template)
    result = json.loads(done.stdout)
    if "pages" in result:
        return [base64.b64decode(page) for page in result["pages"]]
    reason = result["reason"]
    if "failed to download package" in reason:
        reason = f"it names a package, and none is fetched; put it into the folder {PACKAGES} beside the template"
    place = _PLACE.search(result["place"])
    if place is None:
        raise Mistake(reason, template)
    named = template if place[1].endswith(_MAIN) else template.parent / Path(place[1]).name
    raise Mistake(reason, named, int(place[2]), int(place[3]) + 1)
