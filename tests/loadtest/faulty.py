"""An edge behind something that is at fault: a real proxy over HTTP before a real edge, with one planted fault."""

import asyncio
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, get_args

import httpx
import uvicorn
from starlette.types import Receive, Scope, Send

from loadtest.fleet.ports import free_port
from tests.support.polling import DEADLINE

Plant = Literal["none", "turned back", "unchanged for ever", "swapped", "unavailable", "short", "cut", "wrong etag"]
PLANTS: tuple[Plant, ...] = get_args(Plant)
_KEY = re.compile(r"load_key_(\d{5})")
_EVERY_HOP = ("connection", "keep-alive", "transfer-encoding", "date")


class FaultyEdge:
    """An ASGI application.

    ``turned back``: the first answer for each URL and coding, again and again, as from a cache that nobody purges.
    ``swapped``: the answer for another source. ``short``: fewer bytes than announced. ``cut``: fewer, with a length
    that fits.
    """

    def __init__(self, origin: str, plant: Plant) -> None:
        self._client = httpx.AsyncClient(base_url=origin, timeout=DEADLINE)
        self._plant = plant
        self._first: dict[tuple[str, str], httpx.Response] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        status, sent, body = self._spoiled(await self._fetched(scope["path"], headers), headers)
        pairs = [(name.encode(), value.encode()) for name, value in sent.items() if name not in _EVERY_HOP]
        await send({"type": "http.response.start", "status": status, "headers": pairs})
        await send({"type": "http.response.body", "body": body})

    async def _fetched(self, path: str, headers: dict[str, str]) -> httpx.Response:
        asked = {name: value for name, value in headers.items() if name in {"accept-encoding", "if-none-match"}}
        if self._plant == "swapped":
            path = _KEY.sub(lambda found: f"load_key_{int(found[1]) ^ 1:05d}", path)
        if self._plant == "turned back":
            asked.pop("if-none-match", None)
        place = (path, asked.get("accept-encoding", ""))
        if self._plant == "turned back" and place in self._first:
            return self._first[place]
        request = self._client.build_request("GET", path, headers=asked)
        response = await self._client.send(request, stream=True)
        # As sent: what is passed on must be the bytes that the ETag is of.
        response.extensions["raw"] = b"".join([part async for part in response.aiter_raw()])
        await response.aclose()
        return self._first.setdefault(place, response) if self._plant == "turned back" else response

    def _spoiled(self, response: httpx.Response, asked: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        headers, body = dict(response.headers), bytes(response.extensions["raw"])
        match self._plant:
            case "unavailable":
                return 503, {"content-length": "0", "retry-after": "1"}, b""
            case "unchanged for ever" if "if-none-match" in asked:
                return 304, {**headers, "etag": asked["if-none-match"]}, b""
            case "short":
                return response.status_code, headers, body[:-7]
            case "cut" if body:
                return response.status_code, {**headers, "content-length": str(len(body) - 7)}, body[:-7]
            case "wrong etag":
                return response.status_code, {**headers, "etag": '"0123456789abcdef0123456789abcdef"'}, body
            case _:
                return response.status_code, headers, body


@contextmanager
def served(origin: str, plant: Plant) -> Iterator[str]:
    """Its base URL, while the block runs; in a thread of its own."""
    port = free_port()
    config = uvicorn.Config(
        FaultyEdge(origin, plant), port=port, log_level="critical", lifespan="off", access_log=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(DEADLINE)
