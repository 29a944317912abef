"""A small real ASGI server on nginx's socket to the nodes, which answers as a test says, however badly."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn
from starlette.types import Receive, Scope, Send

DEADLINE = 30.0
CLIENT = "public, max-age=60"


def lifetimes(expires: str, for_nginx: str = "max-age=1", client: str = CLIENT) -> tuple[tuple[str, str], ...]:
    """The three lines of a node, in its order."""
    return (("Cache-Control", for_nginx), ("X-Accel-Expires", expires), ("X-Client-Cache-Control", client))


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it reached the upstream."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Say:
    """An answer. ``lifetimes`` are header lines in the order in which they are sent, before all others.

    With ``hold``, a request that gets this answer has looked at it, and waits with it until the event is set.
    """

    body: bytes = b"v1"
    status: int = 200
    lifetimes: tuple[tuple[str, str], ...] = lifetimes("60")
    more: tuple[tuple[str, str], ...] = (("Vary", "Accept-Encoding"), ("ETag", '"of-v1"'))
    hold: threading.Event | None = None

    def lines(self) -> list[tuple[bytes, bytes]]:
        pairs = [*self.lifetimes, *self.more, ("Content-Length", str(len(self.body)))]
        return [(name.lower().encode(), value.encode("latin-1")) for name, value in pairs]


@dataclass
class Upstream:
    """``say`` is what the next requests get, ``asked`` those that came."""

    say: Say = field(default_factory=Say)
    asked: list[Asked] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body", False):
                break
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        query = scope["query_string"].decode()
        target = scope["raw_path"].decode() + (f"?{query}" if query else "")
        say = self.say
        self.asked.append(Asked(scope["method"], target, headers, body))
        if say.hold is not None:
            await asyncio.to_thread(say.hold.wait, DEADLINE)
        await send({"type": "http.response.start", "status": say.status, "headers": say.lines()})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else say.body})

    def until_asked(self, times: int) -> None:
        """Wait until as many requests have come."""
        deadline = time.monotonic() + DEADLINE
        while len(self.asked) < times:
            assert time.monotonic() < deadline, f"asked {len(self.asked)} times, not {times}"
            time.sleep(0.005)


@contextmanager
def upstream(path: Path) -> Iterator[Upstream]:
    """An upstream that listens on the Unix socket ``path`` until the block ends."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    answering = Upstream()
    config = uvicorn.Config(answering, uds=str(path), lifespan="off", log_config=None, server_header=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="upstream")
    thread.start()
    try:
        deadline = time.monotonic() + DEADLINE
        while not server.started:
            assert thread.is_alive(), "the upstream ended"
            assert time.monotonic() < deadline, "the upstream does not start"
            time.sleep(0.005)
        yield answering
    finally:
        server.should_exit = server.force_exit = True
        thread.join(DEADLINE)
        path.unlink(missing_ok=True)
