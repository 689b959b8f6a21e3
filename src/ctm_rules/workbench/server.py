"""The workbench served on this machine: one port of 127.0.0.1, until it is ended."""

from __future__ import annotations

import gc
import socket
from collections.abc import Callable

from ctm_rules.editing.session import Session
from ctm_rules.extras import needs_extra
from ctm_rules.limits import MAX_HEAD_BYTES
from ctm_rules.workbench.guard import ADDRESS, Guard


def serve(session: Session, *, port: int = 0, language: str = "en", opened: Callable[[str], None]) -> None:
    """Serve the workbench until somebody ends it (Ctrl-C).

    Args:
        session: what is edited.
        port: the port (0: one that is free).
        language: the code of the language to begin with.
        opened: is told the address to open, once it answers.

    Raises:
        MissingExtraError: a library of the extra is not installed.
        OSError: the port is taken.
    """
    with needs_extra("workbench", "The workbench"):
        import uvicorn

        from ctm_rules.workbench.app import make_app

    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((ADDRESS, port))
        guard = Guard(make_app(session, language), listening.getsockname()[1])
        settle()

        class Server(uvicorn.Server):
            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                await super().startup(sockets)
                opened(guard.start_address)

        config = uvicorn.Config(
            guard,
            log_level="warning",
            access_log=False,  # the address that opens it would stand there
            ws="none",
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=2,
            h11_max_incomplete_event_size=MAX_HEAD_BYTES,
        )
        Server(config).run(sockets=[listening])


def settle() -> None:
    """Have Python no longer look through what is there by now for what it could give back.

    Nearly all of it stays until the end, and looking takes a tenth of a second now and then while somebody types.
    """
    gc.collect()
    gc.freeze()
