"""The workbench without a network: its application behind its guard, asked as a browser asks."""

from __future__ import annotations

import asyncio
import html
import re
import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import uvicorn
from attrs import field, frozen

from ctm_rules.editing.session import Session
from ctm_rules.workbench.app import make_app
from ctm_rules.workbench.guard import ADDRESS, App, Guard

FORMS = "application/x-www-form-urlencoded"
PORT = 49152
HOST = f"{ADDRESS}:{PORT}"
ORIGIN = f"http://{HOST}"

HOSTILE_WORDS = '"><script>alert(1)</script>{{ 7 * 7 }}&amp; \u202e\u00a0%00 </textarea>'
"""What somebody may type into any field: it stays words."""


@frozen
class Answer:
    """What was answered."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()

    @property
    def words(self) -> str:
        """What people read of a page, on one line."""
        without = re.sub(r"<(script|style|option)\b.*?</\1>", " ", self.text, flags=re.DOTALL)
        return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", without)).split())

    def hidden(self, name: str) -> str:
        """The value of a hidden field."""
        found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', self.text)
        assert found is not None, self.words
        return html.unescape(found[1])


def ask(
    app: App,
    method: str,
    address: str,
    body: bytes = b"",
    headers: Sequence[tuple[str, str]] = (),
    kind: str = "http",
) -> Answer:
    """Ask an application once."""
    parts = urlsplit(address)
    scope = {
        "type": kind,
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers],
        "client": (ADDRESS, 50000),
        "server": (ADDRESS, PORT),
    }
    sent: list[Mapping[str, object]] = []
    given = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> dict[str, object]:
        return dict(next(given, {"type": "http.disconnect"}))

    async def send(message: Mapping[str, object]) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    start = sent[0]
    if kind != "http":
        return Answer(int(str(start.get("code", 0))), {}, b"")
    listed = start["headers"]
    assert isinstance(listed, list)
    said = {name.decode(): value.decode() for name, value in listed}
    content = b"".join(bytes(each.get("body", b"")) for each in sent[1:])  # type: ignore[call-overload]
    return Answer(int(str(start["status"])), said, content)


@contextmanager
def served(session: Session) -> Iterator[str]:
    """Serve the workbench from a thread, and give the address that opens it once."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
        listening.bind((ADDRESS, 0))
        guard = Guard(make_app(session), listening.getsockname()[1])
        config = uvicorn.Config(
            guard, log_level="warning", access_log=False, ws="none", lifespan="off", timeout_keep_alive=600
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            yield guard.start_address
        finally:
            server.should_exit = True
            thread.join()


@frozen
class Browser:
    """A browser that opened the workbench."""

    session: Session
    guard: Guard
    cookie: str = field(default="")

    @classmethod
    def opened(cls, path: Path, inspection: Path | None = None, **options: bool) -> Browser:
        """Open the workbench over some standards."""
        session = Session(path, inspection, **options)
        guard = Guard(make_app(session), PORT)
        answer = ask(guard, "GET", guard.start_address, headers=[("Host", HOST)])
        assert answer.status == 303
        return cls(session, guard, answer.headers["set-cookie"].partition(";")[0])

    def get(self, address: str, /, **query: str) -> Answer:
        """Return a page."""
        where = f"{address}?{urlencode(query)}" if query else address
        return ask(self.guard, "GET", where, headers=[("Host", HOST), ("Cookie", self.cookie)])

    def post(self, address: str, fields: Mapping[str, str | Sequence[str]]) -> Answer:
        """Post a form as one of the workbench's own pages does."""
        body = urlencode(fields, doseq=True).encode()
        headers = [
            ("Host", HOST),
            ("Cookie", self.cookie),
            ("Origin", ORIGIN),
            ("Sec-Fetch-Site", "same-origin"),
            ("Content-Type", FORMS),
            ("Content-Length", str(len(body))),
        ]
        return ask(self.guard, "POST", address, body, headers)

    def change(self, file: str, at: str, fields: Mapping[str, str | Sequence[str]], do: str = "keep") -> Answer:
        """Change an element by its form, as the page says it now."""
        page = self.get("/change", file=file, at=at)
        assert page.status == 200, page.words
        address = f"/change?{urlencode({'file': file, 'at': at})}"
        return self.post(address, {"was": page.hidden("was"), "do": do, **fields})
