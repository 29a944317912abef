"""Claims about keeping the admin side to its own listener: by the port of the socket, never by what a request says."""

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edge.delivery.listener import OnlyOnPort

pytestmark = pytest.mark.anyio


class Reached:
    def __init__(self) -> None:
        self.by: list[str] = []

    def app(self, name: str) -> ASGIApp:
        async def answer(_scope: Scope, _receive: Receive, _send: Send) -> None:
            self.by.append(name)

        return answer


@pytest.mark.parametrize(
    ("port", "server", "reached"),
    [
        (8081, ("127.0.0.1", 8081), "admin"),
        (8081, ("127.0.0.1", 8080), "other"),
        (8081, None, "other"),
        (8081, ("/run/edge.sock", None), "other"),
        (None, ("127.0.0.1", 8080), "admin"),
        (None, None, "admin"),
    ],
)
async def test_only_the_listeners_own_port_opens(
    port: int | None, server: tuple[str, int | None] | None, reached: str
) -> None:
    seen = Reached()
    scope: Scope = {"type": "http", "server": server, "headers": [(b"host", b"127.0.0.1:8081")]}

    async def receive() -> Message:
        raise AssertionError

    async def send(_message: Message) -> None:
        raise AssertionError

    await OnlyOnPort(seen.app("admin"), port, seen.app("other"))(scope, receive, send)
    assert seen.by == [reached]
