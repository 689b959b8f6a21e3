"""The picture of the report's first screen that the README shows, and whether it shows the page as it is today.

``python -m tests.browser.first_screen`` makes it anew. It carries a digest of the words that it shows, so that a test
can tell without a browser whether they are still those of the page.
"""

from __future__ import annotations

import hashlib
import shutil
import struct
import subprocess
import tempfile
import zlib
from pathlib import Path

from ctm_rules import load_inspection, rate_inspection
from ctm_rules.report import write_report
from tests.support.paths import EXAMPLE, ROOT
from tests.support.report_page import Page, words_of

PICTURE = ROOT / "tests" / "data" / "report-first-screen.png"
KEYWORD = b"Words"
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def digest_of(page: Page) -> str:
    """Return a digest of what stands on a page before its downloads."""
    main = page.document.get_element_by_id("main")
    shown = []
    for each in main:
        if each.tag == "nav":
            break
        shown.append(words_of(each))
    return hashlib.sha256("\n".join(shown).encode()).hexdigest()


def digest_in(picture: bytes) -> str:
    """Return the digest that a picture carries (nothing: it carries none)."""
    at = len(_SIGNATURE)
    while at < len(picture):
        length, kind = struct.unpack(">I4s", picture[at : at + 8])
        content = picture[at + 8 : at + 8 + length]
        if kind == b"tEXt" and content.startswith(KEYWORD + b"\0"):
            return content.partition(b"\0")[2].decode()
        at += length + 12
    return ""


def with_digest(picture: bytes, digest: str) -> bytes:
    """Return a picture that carries a digest, right before its end."""
    content = KEYWORD + b"\0" + digest.encode()
    chunk = struct.pack(">I", len(content)) + b"tEXt" + content + struct.pack(">I", zlib.crc32(b"tEXt" + content))
    return picture[:-12] + chunk + picture[-12:]


def main() -> None:
    """Make the picture anew."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    node = shutil.which("node")
    if chromium is None or node is None:
        raise SystemExit("this needs chromium, node and npm install --prefix tests/browser")
    with tempfile.TemporaryDirectory() as folder:
        write_report(rate_inspection(load_inspection(EXAMPLE)), folder, formats=["html"])
        page, picture = Path(folder) / "report.html", Path(folder) / "picture.png"
        script = Path(__file__).with_suffix(".mjs")
        subprocess.run([node, str(script), chromium, str(page), str(picture)], check=True, timeout=120)
        PICTURE.write_bytes(with_digest(picture.read_bytes(), digest_of(Page(page.read_bytes()))))


if __name__ == "__main__":
    main()
