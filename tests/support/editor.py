"""An editor as the language server sees one: a client of the protocol over the standard streams of `ctm-rules lsp`."""

from __future__ import annotations

import json
import queue
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

Place = dict[str, int]

SECONDS = 60
"""How long an answer is waited for: a server that gives none is broken."""


class Editor:
    """Opens texts and edits them, asks, and keeps what it is told. Columns count UTF-16 code units.

    Attributes:
        texts: the texts that are open, by their files.
        findings: what is shown of each file.
        capabilities: what the server says that it can do.
    """

    def __init__(self, *folders: Path, options: dict[str, Any] | None = None) -> None:
        self.texts: dict[Path, str] = {}
        self.findings: dict[Path, list[dict[str, Any]]] = {}
        self._versions: dict[Path, int] = {}
        self._number = 0
        self._server = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "ctm_rules", "lsp"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._told: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        answer = self.ask(
            "initialize",
            {
                "processId": None,
                "rootUri": None,
                "capabilities": {"workspace": {"workspaceEdit": {"documentChanges": True}}},
                "workspaceFolders": [{"uri": folder.as_uri(), "name": folder.name} for folder in folders],
                "initializationOptions": options,
            },
        )
        self.capabilities: dict[str, Any] = answer["capabilities"]
        self.tell("initialized", {})

    def __enter__(self) -> Editor:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            if self._server.poll() is None:
                self.ask("shutdown", None)
                self.tell("exit", None)
            self._server.wait(SECONDS)
        finally:
            self._server.kill()
            self._server.wait()
            self._reader.join(SECONDS)
            assert self._server.stdin is not None
            assert self._server.stdout is not None
            assert self._server.stderr is not None
            self.said_beside = self._server.stderr.read().decode()
            for stream in (self._server.stdin, self._server.stdout, self._server.stderr):
                stream.close()
        assert self._server.returncode == 0, self.said_beside
        assert self.said_beside == ""

    # --- the protocol ------------------------------------------------------------------------------

    def _read(self) -> None:
        output = self._server.stdout
        assert output is not None
        while header := output.readline():
            length = int(header.partition(b":")[2])
            while output.readline().strip():
                pass
            self._told.put(json.loads(output.read(length)))
        self._told.put(None)

    def tell(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        content = json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False).encode()
        assert self._server.stdin is not None
        self._server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(content) + content)
        self._server.stdin.flush()

    def ask(self, method: str, params: Any) -> Any:
        """Return the answer to a request; one that says why there is none fails."""
        answer = self._asked(method, params)
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def refused(self, method: str, params: Any) -> str:
        """Return why a request is not answered."""
        return str(self._asked(method, params)["error"]["message"])

    def _asked(self, method: str, params: Any) -> dict[str, Any]:
        self._number += 1
        number = self._number
        self._send({"id": number, "method": method, "params": params})
        while True:
            told = self._next()
            if told.get("id") == number and "method" not in told:
                return told

    def _next(self) -> dict[str, Any]:
        told = self._told.get(timeout=SECONDS)
        assert told is not None, "the server has ended"
        if told.get("method") == "textDocument/publishDiagnostics":
            self.findings[path_of(told["params"]["uri"])] = told["params"]["diagnostics"]
        elif "id" in told and "method" in told:
            self._send({"id": told["id"], "result": None})
        return told

    # --- what people do ----------------------------------------------------------------------------

    def open(self, file: Path) -> None:
        self.texts[file] = file.read_bytes().decode("utf-8-sig")
        self._versions[file] = 1
        document = {"uri": file.as_uri(), "languageId": "yaml", "version": 1, "text": self.texts[file]}
        self.tell("textDocument/didOpen", {"textDocument": document})

    def write(self, file: Path, text: str) -> None:
        """Let a text say something else, and do not save it."""
        self.texts[file] = text
        self._versions[file] += 1
        document = {"uri": file.as_uri(), "version": self._versions[file]}
        self.tell("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})

    def replace(self, file: Path, old: str, new: str) -> None:
        assert old in self.texts[file]
        self.write(file, self.texts[file].replace(old, new, 1))

    def save(self, file: Path) -> None:
        file.write_text(self.texts[file], encoding="utf-8", newline="")
        self.tell("textDocument/didSave", {"textDocument": {"uri": file.as_uri()}})

    def close(self, file: Path) -> None:
        del self.texts[file]
        self.tell("textDocument/didClose", {"textDocument": {"uri": file.as_uri()}})

    def wait_for(self, file: Path, *codes: str) -> list[dict[str, Any]]:
        """Wait until exactly these findings are shown of a file."""
        while file not in self.findings or sorted(each["code"] for each in self.findings[file]) != sorted(codes):
            self._next()
        return self.findings[file]

    def at(self, file: Path, words: str, part: str = "") -> dict[str, Any]:
        """Return the place of a text where some words stand, or a part of them does."""
        text = self.texts[file] if file in self.texts else file.read_text(encoding="utf-8")
        start = text.index(words) + (words.index(part) if part else 0)
        before = text[:start]
        line = before.count("\n")
        return {"textDocument": {"uri": file.as_uri()}, "position": {"line": line, "character": units(before, line)}}

    def said_at(self, location: dict[str, Any]) -> str:
        """Return what stands at a location."""
        file = path_of(location["uri"])
        text = self.texts[file] if file in self.texts else file.read_bytes().decode("utf-8-sig")
        start, end = (offset(text, location["range"][each]) for each in ("start", "end"))
        return text[start:end]

    def apply(self, edit: dict[str, Any]) -> None:
        """Change texts as an edit says: those that are open in the editor, others on the disk."""
        for each in edit["documentChanges"]:
            file = path_of(each["textDocument"]["uri"])
            assert each["textDocument"]["version"] == self._versions.get(file)
            text = self.texts[file] if file in self.texts else file.read_bytes().decode("utf-8-sig")
            for change in sorted(each["edits"], key=lambda one: offset(text, one["range"]["start"]), reverse=True):
                start, end = (offset(text, change["range"][side]) for side in ("start", "end"))
                text = text[:start] + change["newText"] + text[end:]
            if file in self.texts:
                self.write(file, text)
            else:
                file.write_text(text, encoding="utf-8", newline="")


def path_of(uri: str) -> Path:
    from urllib.parse import unquote, urlparse

    return Path(unquote(urlparse(uri).path))


def units(before: str, line: int) -> int:
    """Return how many UTF-16 code units stand before a place in its line."""
    start = before.rfind("\n") + 1 if line else 0
    return len(before[start:].encode("utf-16-le")) // 2


def offset(text: str, place: Place) -> int:
    """Return where a place is in a text."""
    starts = [0, *(found.end() for found in re.finditer("\r\n|\r|\n", text))]
    start = starts[place["line"]]
    line = text[start:].encode("utf-16-le")[: 2 * place["character"]]
    return start + len(line.decode("utf-16-le"))
