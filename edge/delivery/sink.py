"""The sink: where events go when a source has no API host. Answered, counted, discarded.

Without it the official client would send them to its vendor (analytics-next ``plugins/segmentio``: default host).
"""

from collections.abc import Callable

import orjson
from starlette.types import Receive, Scope, Send

from edge.delivery.documents import JSON, error_reply
from edge.delivery.headers import ALWAYS, HeaderWriter
from edge.delivery.http import Reply, header_list, read_body
from edge.model.stats import Stats

EVENT_LIMIT = 512 * 1024
"""Bytes of one request; the official limit for a batch is 500 KB."""

CALLS = {
    "t": "track", "p": "page", "i": "identify", "g": "group", "a": "alias", "s": "screen", "b": "batch", "m": "metrics",
}  # fmt: skip
"""Path segment -> call; the long names are accepted too."""

TOO_LARGE = f"an event request may have at most {EVENT_LIMIT} bytes: send fewer events at a time"

Witness = Callable[[str, bytes], None]
"""Told of each call and its body; the demo page shows them. Must not raise."""


class Sink:
    def __init__(self, headers: HeaderWriter, stats: Stats, witness: Witness | None = None) -> None:
        self._headers = headers
        self._stats = stats
        self._witness = witness

    async def answer(self, call: str, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            reply = error_reply(self._headers, 405, "events are sent with POST", [("Allow", "POST, OPTIONS")])
            await reply.send(send, head=scope["method"] == "HEAD")
            return
        body = await read_body(receive, EVENT_LIMIT)
        if body is None:
            await error_reply(self._headers, 413, TOO_LARGE).send(send, head=False)
            return
        self._stats.sink_events += 1
        if self._witness is not None:
            self._witness(CALLS.get(call, call), body)
        accepted = orjson.dumps({"success": True})
        pairs = [*self._headers.error(), *ALWAYS, ("Content-Type", JSON), ("Content-Length", str(len(accepted)))]
        await Reply(200, header_list(pairs), accepted).send(send, head=False)
