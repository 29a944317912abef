"""What may not be in a network's answer while everything works: pure functions of a question and its answer.

| fault    | what is wrong                                                                              |
|----------|--------------------------------------------------------------------------------------------|
| failed   | a 5xx, or no answer: refused, reset, timed out                                              |
| status   | any other status than 200, and 304 where it was asked for                                   |
| torn     | fewer bytes than announced, or bytes that are no whole document                             |
| encoding | another content coding than the best that was accepted                                      |
| etag     | an ETag that is not of the bytes sent, or a 304 with another than was asked about           |
| foreign  | a manifest of another source: its write key, a marker, or a list of destinations            |
| older    | a counter below one that was live before the request was sent, or an as-of below a floor    |
| late     | a change or a purge that was not live everywhere within the time that it was given          |
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from edge.publish.variants import Encoding
from loadtest.documents import KEPT, Kind, Shown, UnreadableError, read
from loadtest.expected import Floor
from loadtest.sources import LoadSource

What = Literal["failed", "status", "torn", "encoding", "etag", "foreign", "older", "late"]
ACCEPTED: dict[Encoding, str] = {"br": "gzip, deflate, br", "gzip": "gzip, deflate", "identity": "identity"}
"""The best coding of a client -> its ``Accept-Encoding``."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A document as a client keeps it: its bytes as sent, with their ETag."""

    etag: str
    encoding: Encoding
    body: bytes


@dataclass(frozen=True, slots=True)
class Asked:
    """A request. ``floor`` as it was known before it was sent; ``held`` is what ``If-None-Match`` named."""

    source: LoadSource
    kind: Kind
    encoding: Encoding
    floor: Floor
    held: Copy | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came over the network: names of headers in lower case, ``body`` as sent. ``error``: no whole answer came."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    what: What
    expected: str
    got: str


def faults_of(asked: Asked, answer: Answer) -> list[Fault]:
    """Everything that is wrong with ``answer``; nothing when it may be so."""
    if answer.status >= 500 or (answer.error is not None and answer.status == 0):
        return [Fault("failed", "an answer", answer.error or str(answer.status))]
    if answer.error is not None:
        return [Fault("torn", f"{answer.headers.get('content-length', 'all')} bytes", answer.error)]
    if answer.status == 304 and asked.held is not None:
        return _of_unchanged(asked, asked.held, answer)
    if answer.status != 200:
        return [Fault("status", "200" if asked.held is None else "200 or 304", str(answer.status))]
    copy = copy_of(answer)
    return [*_of_bytes(asked, answer), *_of_document(asked, copy, answer)]


def faults_of_write(answer: Answer, wait: float) -> list[Fault]:
    """The same for the answer to a change or a purge that waited ``wait`` seconds to be live."""
    if answer.status >= 500 or answer.error is not None:
        return [Fault("failed", "an answer", answer.error or _said(answer))]
    if answer.status not in (200, 202):
        return [Fault("status", "200 or 202", _said(answer))]
    receipt = answer.headers.get("edge-receipt", "none")
    if receipt not in ("live", "settled"):
        return [Fault("late", f"live within {wait:g} s", f"{receipt} at position {position_written(answer)}")]
    return []


def position_written(answer: Answer) -> int:
    """Where in the journal a write is."""
    return int(answer.headers.get("edge-position", "0"))


def _said(answer: Answer) -> str:
    return f"{answer.status} {answer.body[:200].decode(errors='replace')}"


def copy_of(answer: Answer) -> Copy:
    """What a client keeps of a 200."""
    coding = answer.headers.get("content-encoding", "")
    encoding: Encoding = "br" if coding == "br" else "gzip" if coding == "gzip" else "identity"
    return Copy(answer.headers.get("etag", ""), encoding, answer.body)


@lru_cache(KEPT)
def strong_etag(body: bytes) -> str:
    """The ETag of these bytes: a digest, so that the same bytes have the same one on every node."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def position_of(as_of: str) -> int | None:
    """The position in ``Edge-As-Of``."""
    position = as_of.rpartition(".")[2]
    return int(position) if position.isdigit() else None


def _of_unchanged(asked: Asked, held: Copy, answer: Answer) -> list[Fault]:
    faults = _of_document(asked, held, answer)
    if answer.headers.get("etag") != held.etag:
        faults.append(Fault("etag", f"{held.etag}, which was asked about", answer.headers.get("etag", "none")))
    return faults


def _of_bytes(asked: Asked, answer: Answer) -> list[Fault]:
    faults = []
    length = answer.headers.get("content-length", "none")
    if length != str(len(answer.body)):
        faults.append(Fault("torn", f"Content-Length {len(answer.body)}, as many as came", length))
    coding = answer.headers.get("content-encoding", "identity")
    if coding != asked.encoding:
        faults.append(Fault("encoding", asked.encoding, coding))
    etag = answer.headers.get("etag", "none")
    if etag != strong_etag(answer.body):
        faults.append(Fault("etag", f"{strong_etag(answer.body)}, of the bytes sent", etag))
    return faults


def _of_document(asked: Asked, copy: Copy, answer: Answer) -> list[Fault]:
    coding = "" if copy.encoding == "identity" else copy.encoding
    try:
        document = read(asked.kind, copy.body, coding)
    except UnreadableError as error:
        return [Fault("torn", f"a whole {asked.kind} document", str(error))]
    return [*_of_owner(asked, document), *_of_age(asked, document, answer)]


def _of_owner(asked: Asked, document: Shown) -> list[Fault]:
    faults = []
    source = asked.source
    if document.key not in (None, source.key):
        faults.append(Fault("foreign", f"write key {source.key}", str(document.key)))
    if document.slugs - {source.slug}:
        faults.append(Fault("foreign", f"settings of {source.slug}", ", ".join(sorted(document.slugs))))
    if document.names != source.names:
        faults.append(Fault("foreign", f"destinations {', '.join(source.names)}", ", ".join(document.names) or "none"))
    return faults


def _of_age(asked: Asked, document: Shown, answer: Answer) -> list[Fault]:
    faults = []
    floor = asked.floor
    if asked.kind != "integrations" and (document.counter is None or document.counter < floor.counter):
        faults.append(Fault("older", f"counter {floor.counter} or more", str(document.counter)))
    as_of = answer.headers.get("edge-as-of", "none")
    position = position_of(as_of)
    if position is None or position < floor.position:
        faults.append(Fault("older", f"read at position {floor.position} or later", as_of))
    return faults
