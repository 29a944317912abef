"""A failure as a person reads it: what was asked and when, what was expected, what came, and every header of age."""

from collections.abc import Sequence
from datetime import UTC, datetime

from loadtest.checks import Answer, Asked, Fault
from loadtest.documents import UnreadableError, decoded

HEADERS = (
    "age",
    "date",
    "cache-control",
    "cache-status",
    "edge-as-of",
    "edge-revision",
    "etag",
    "vary",
    "content-encoding",
    "content-length",
    "retry-after",
)
"""What says how old an answer is, where it comes from, and which bytes it should have."""
LONGEST = 300


def described(asked: Asked, answer: Answer, faults: Sequence[Fault], *, url: str, sent_at: float, took: float) -> str:
    """``sent_at`` is Unix time, ``took`` seconds until the last byte."""
    floor = asked.floor
    known = "nothing was known to be live"
    if floor.live_at:
        ago = sent_at - floor.live_at
        known = f"counter {floor.counter}, position {floor.position}, live {ago:.3f} s before it was sent"
    lines = [
        *_wrong(faults),
        f"  asked      GET {url} ({asked.kind} of {asked.source.slug}), Accept-Encoding for {asked.encoding}",
        f"             sent {_time(sent_at)}, answered {took * 1000:.1f} ms later",
        f"             If-None-Match: {asked.held.etag if asked.held else '-'}",
        f"  known      {known}",
        f"  answer     {answer.status or 'none'}{f', {answer.error}' if answer.error else ''}",
        *(f"             {name}: {answer.headers.get(name, '-')}" for name in HEADERS),
    ]
    return "\n".join([*lines, f"  body       {len(answer.body)} bytes: {_start(answer)}"])


def described_write(what: str, answer: Answer, faults: Sequence[Fault], *, sent_at: float, took: float) -> str:
    """The same for a change or a purge."""
    lines = [
        *_wrong(faults),
        f"  asked      {what}",
        f"             sent {_time(sent_at)}, answered {took * 1000:.1f} ms later",
        f"  answer     {answer.status or 'none'}{f', {answer.error}' if answer.error else ''}",
        f"             edge-position: {answer.headers.get('edge-position', '-')}",
        f"             edge-receipt: {answer.headers.get('edge-receipt', '-')}",
    ]
    return "\n".join([*lines, f"  body       {len(answer.body)} bytes: {_start(answer)}"])


def _wrong(faults: Sequence[Fault]) -> list[str]:
    lines = []
    for fault in faults:
        lines += [f"FAULT {fault.what}", f"  expected   {fault.expected}", f"  got        {fault.got}"]
    return lines


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")


def _start(answer: Answer) -> str:
    """The first of the body, as a person reads it where that is possible."""
    try:
        readable = decoded(answer.body, answer.headers.get("content-encoding", ""))
    except UnreadableError:
        readable = answer.body
    return repr(readable[:LONGEST])
