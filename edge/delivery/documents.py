"""The documents by write key: settings, integrations, and the loader, also in halves."""

from collections.abc import Callable

from starlette.types import Receive, Scope, Send

from edge.cache.cache import Answer, Cache
from edge.delivery.headers import ALWAYS, HeaderWriter, Pairs, cache_status
from edge.delivery.http import HeaderList, Reply, error_body, header_list, request_header
from edge.delivery.negotiate import choose_encoding, confirmed
from edge.delivery.prepared import Prepared
from edge.model.outcome import Found, Missing, Unavailable
from edge.publish.publication import Kind, Wanted
from edge.publish.variants import Variant

JSON = "application/json; charset=utf-8"
JAVASCRIPT = "text/javascript; charset=utf-8"
CONTENT_TYPES: dict[Kind, str] = {
    "settings": JSON,
    "loader": JAVASCRIPT,
    "integrations": JSON,
    "manifest": JAVASCRIPT,
    "code": JAVASCRIPT,
}
UNKNOWN_KEY = "no source has this write key: check its spelling, or whether the key was retired or its source deleted"
NOT_READY = "this edge is starting and does not know its sources yet: try again in a second"
UNAVAILABLE = "this source's settings cannot be read at the moment: try again in a few seconds"


class UntaggedError(AssertionError):
    """What has no tags could never be purged; it is answered as an error rather than published (I17)."""


class Documents:
    """Answers GET and HEAD for one document of one write key. ``polish`` is told of what is asked for and ``rough``."""

    def __init__(self, cache: Cache[Wanted, Prepared], headers: HeaderWriter, polish: Callable[[Wanted], None]) -> None:
        self._cache = cache
        self._headers = headers
        self._polish = polish

    async def answer(self, wanted: Wanted, scope: Scope, _receive: Receive, send: Send) -> None:
        head = scope["method"] == "HEAD"
        answer = self._cache.hit(wanted) or await self._cache.get(wanted)
        # No await between the cache's answer and the reply: a floor raised later belongs to later requests.
        match answer:
            case Unavailable():
                reply = self._error(503, UNAVAILABLE if self._cache.ready else NOT_READY)
            case Answer(known=Missing() as missing):
                reply = self._missing(answer, missing)
            case Answer(known=Found() as found):
                reply = self._found(wanted, answer, found, scope)
        await reply.send(send, head=head)

    def _found(self, wanted: Wanted, answer: Answer[Prepared], found: Found[Prepared], scope: Scope) -> Reply:
        prepared = found.value
        variant = prepared.publication.variants[choose_encoding(request_header(scope, b"accept-encoding"))]
        if variant.encoding == "br" and prepared.publication.rough():
            self._polish(wanted)
        known_there = confirmed(request_header(scope, b"if-none-match"), variant)
        # A fresh answer is the same for everybody, except that nginx is told an absolute deadline.
        shared = answer.freshness == "fresh" and self._headers.front == "none"
        place = (variant.encoding, known_there, answer.hit)
        reply = prepared.replies.get(place) if shared else None
        if reply is None:
            cached = self._headers.found(answer.freshness, answer.confirmed_at, wanted.write_key)
            reply = self._build(cached, answer, found, variant, known_there)
            if shared:
                prepared.replies[place] = reply
        return reply

    def _build(
        self, cached: Pairs, answer: Answer[Prepared], found: Found[Prepared], variant: Variant, known_there: str | None
    ) -> Reply:
        if not found.tags:
            raise UntaggedError
        publication = found.value.publication
        pairs = [
            *cached,
            ("ETag", known_there or variant.etag),
            ("Edge-Revision", str(publication.revision)),
            ("Edge-As-Of", str(found.as_of)),
            ("Cache-Status", cache_status(answer.freshness, hit=answer.hit)),
            *ALWAYS,
        ]
        if known_there is not None:
            return Reply(304, header_list(pairs), b"")
        return Reply(200, _content(pairs, CONTENT_TYPES[publication.kind], variant), variant.body)

    def _missing(self, answer: Answer[Prepared], missing: Missing) -> Reply:
        if not missing.tags:
            raise UntaggedError
        body = error_body(UNKNOWN_KEY)
        pairs = [
            *self._headers.missing(answer.freshness),
            ("Edge-As-Of", str(missing.as_of)),
            ("Cache-Status", cache_status(answer.freshness, hit=answer.hit)),
            *ALWAYS,
            ("Content-Type", JSON),
            ("Content-Length", str(len(body))),
        ]
        return Reply(404, header_list(pairs), body)

    def _error(self, status: int, message: str) -> Reply:
        return error_reply(self._headers, status, message, [("Retry-After", "1")])


def error_reply(headers: HeaderWriter, status: int, message: str, extra: list[tuple[str, str]] | None = None) -> Reply:
    """A JSON error with everything that an answer must carry, and nothing about this request's secrets."""
    body = error_body(message)
    pairs = [*headers.error(), *(extra or []), *ALWAYS, ("Content-Type", JSON), ("Content-Length", str(len(body)))]
    return Reply(status, header_list(pairs), body)


def _content(pairs: list[tuple[str, str]], content_type: str, variant: Variant) -> HeaderList:
    described = [*pairs, ("Content-Type", content_type), ("Content-Length", str(len(variant.body)))]
    if variant.encoding != "identity":
        described.append(("Content-Encoding", variant.encoding))
    return header_list(described)
