"""Who may talk to the workbench (same-origin policy): the browser of whoever started it, from its own pages alone.

Other pages in that browser, other programs' pages on other ports of this machine, and names that lead here from
elsewhere (DNS rebinding) are told apart by what a browser says of every request and no page can change.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any as Anything

from ctm_rules.limits import MAX_FORM_BYTES

Scope = MutableMapping[str, Anything]
Message = MutableMapping[str, Anything]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

ADDRESS = "127.0.0.1"
"""The only address that the workbench listens at: no other machine can reach it."""

START = "/start"

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    # Without a referrer, Chromium says of a form that it comes from nowhere (Origin: null).
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}
"""What every answer says."""


class Guard:
    """Lets through what the browser that opened the printed address asks from the workbench's own pages.

    Args:
        app: what is asked.
        port: the port that is listened at.

    Attributes:
        token: what the address that is printed ends with; it opens the workbench once.
    """

    def __init__(self, app: App, port: int) -> None:
        self._app, self._port = app, port
        self.token = secrets.token_urlsafe(24)
        self._is_opened = False
        # Cookies ignore ports, so that the port is in the name: two workbenches do not sign each other out.
        self._cookie = f"ctm-rules-workbench-{port}"
        self._session = secrets.token_urlsafe(32)

    @property
    def start_address(self) -> str:
        """The address to open, once."""
        return f"http://{ADDRESS}:{self._port}{START}?token={self.token}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await receive()
                await send({"type": "websocket.close", "code": 1008})
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message = {**message, "headers": [*message.get("headers", ()), *own]}
            await send(message)

        headers = _headers(scope)
        refused = self._refused(scope, headers)
        if refused is not None:
            await _answer(guarded, *refused)
        elif scope["path"] == START:
            await self._start(scope, guarded)
        elif not self._is_ours(headers):
            said = "Open the address that the command printed. It opens the workbench once: start the command again."
            await _answer(guarded, 403, said)
        else:
            await self._app(scope, receive, guarded)

    def _refused(self, scope: Scope, headers: Mapping[str, list[str]]) -> tuple[int, str] | None:
        """Return why a request is refused, whoever it comes from (``None``: it is not)."""
        host = _one(headers, "host")
        if host not in (f"{ADDRESS}:{self._port}", f"localhost:{self._port}"):
            return 421, "This is not the address of the workbench."
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return 405, "The workbench is only read, and posted to by its own forms."
        if _one(headers, "sec-fetch-site", "none") not in ("none", "same-origin"):
            return 403, "Another page asked for this, and is not answered."
        if scope["method"] == "POST":
            if _one(headers, "origin") != f"http://{host}":
                return 403, "Another page sent this, and nothing was done."
            length = _one(headers, "content-length")
            if length is None or not (length.isascii() and length.isdigit()):
                return 411, "It was not said how long this is, and nothing was done."
            if int(length[:20]) > MAX_FORM_BYTES:
                return 413, f"This is longer than {MAX_FORM_BYTES:,} bytes, and nothing was done."
        return None

    def _is_ours(self, headers: Mapping[str, list[str]]) -> bool:
        said = [part.strip().partition("=") for line in headers.get("cookie", ()) for part in line.split(";")]
        return any(
            name == self._cookie and hmac.compare_digest(value.encode(), self._session.encode())
            for name, _, value in said
        )

    async def _start(self, scope: Scope, send: Send) -> None:
        given = scope["query_string"].removeprefix(b"token=")
        if scope["method"] != "GET" or self._is_opened or not hmac.compare_digest(given, self.token.encode()):
            await _answer(send, 403, "This address opens the workbench once. Start the command again for another one.")
            return
        self._is_opened = True
        cookie = f"{self._cookie}={self._session}; Path=/; HttpOnly; SameSite=Strict"
        await _answer(send, 303, "", location="/", **{"set-cookie": cookie})


def _headers(scope: Scope) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return found


def _one(headers: Mapping[str, list[str]], name: str, absent: str | None = None) -> str | None:
    """Return what a header says; one that stands there twice says nothing that is believed."""
    values = headers.get(name, [])
    if not values:
        return absent
    return values[0] if len(values) == 1 else ""


async def _answer(send: Send, status: int, said: str, **headers: str) -> None:
    content = said.encode()
    own = {"content-type": "text/plain; charset=utf-8", "content-length": str(len(content)), **headers}
    listed = [(name.encode(), value.encode()) for name, value in own.items()]
    await send({"type": "http.response.start", "status": status, "headers": listed})
    await send({"type": "http.response.body", "body": content})
