"""Health by status code: alive, and ready to receive traffic."""

from collections.abc import Mapping

import orjson
from starlette.types import Receive, Scope, Send

from edge.delivery.documents import JSON, error_reply
from edge.delivery.headers import ALWAYS, HeaderWriter
from edge.delivery.http import Reply, header_list
from edge.journal.lease import Proof
from edge.model.instant import Clock


class Health:
    """``readyz`` turns 200 when the journal was caught up with once, and stays: a store that goes away later is a
    matter of the lease and of what answers say, not of taking every node out of service at once."""

    def __init__(self, proof: Proof, clock: Clock, lease: float, headers: HeaderWriter) -> None:
        self._proof = proof
        self._clock = clock
        self._lease = lease
        self._headers = headers

    async def alive(self, _argument: str, scope: Scope, _receive: Receive, send: Send) -> None:
        await self._reply({"status": "alive"}).send(send, head=scope["method"] == "HEAD")

    async def ready(self, _argument: str, scope: Scope, _receive: Receive, send: Send) -> None:
        head = scope["method"] == "HEAD"
        cursor, proven_at, now = self._proof.cursor, self._proof.proven_at, self._clock()
        if cursor is None or proven_at is None:
            message = "not ready: the journal has not been read yet; look at the log for why if this lasts"
            await error_reply(self._headers, 503, message, [("Retry-After", "1")]).send(send, head=head)
            return
        fenced = self._proof.fenced(now, self._lease)
        state = {
            "status": "degraded" if fenced else "ready",
            "position": cursor.position,
            "proof_age_seconds": round(now.elapsed_since(proven_at), 3),
        }
        await self._reply(state).send(send, head=head)

    def _reply(self, state: Mapping[str, object]) -> Reply:
        body = orjson.dumps(state)
        pairs = [*self._headers.error(), *ALWAYS, ("Content-Type", JSON), ("Content-Length", str(len(body)))]
        return Reply(200, header_list(pairs), body)
