"""Readers in the background: every target, document and encoding, again and again; nothing that they see is lost."""

import http.client
import socket
import threading
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fcntl import ioctl
from itertools import cycle, takewhile
from pathlib import Path
from termios import TIOCOUTQ

from edge.publish.variants import ENCODINGS, Encoding
from loadtest.checks import ACCEPTED, Answer, Asked, copy_of, position_of
from loadtest.checks import faults_of as faults_of_form
from loadtest.documents import PATHS, Kind, UnreadableError, path_of, read
from loadtest.expected import Floor
from loadtest.sources import LoadSource
from tests.fleet.judge import Seen

PATIENCE = 8.0
"""Seconds until a reader calls an answer missing: more than nginx gives its nodes."""
PACE = 0.01
"""Seconds between two questions of one reader: the fleet, and other tests, are on the same processors. Each variant of
each source is asked for several times within a lease all the same."""
NOTHING = Floor()

Question = tuple[LoadSource, Kind, Encoding]
Note = Callable[[Seen, Answer], None]
"""What is done with an answer besides, in the thread of its reader."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where documents are asked for: a port of ``host``, or a Unix socket."""

    name: str
    port: int = 0
    uds: Path | None = None
    host: str = "127.0.0.1"


class Line(http.client.HTTPConnection):
    """One keep-alive connection, which gives bytes as they were sent."""

    def __init__(self, target: Target, patience: float = PATIENCE) -> None:
        super().__init__(target.host, target.port or 80, timeout=patience)
        self.target = target

    def connect(self) -> None:
        if self.target.uds is None:
            super().connect()
            return
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.target.uds))

    def sent(self) -> bool:
        """Whether the other end of a Unix socket has read all that was written to it (unix(7), SIOCOUTQ)."""
        unread = array("i", [0])
        ioctl(self.sock, TIOCOUTQ, unread)
        return unread[0] == 0

    def ask(self, path: str, encoding: Encoding) -> Answer:
        """Never raises for what the network does: that is an Answer with ``error``, after one more attempt where a
        resting connection turns out to be closed, as every client makes it."""
        rested = self.sock is not None
        answer = self._ask(path, encoding)
        if rested and answer.status == 0 and answer.error is not None and "timed out" not in answer.error:
            answer = self._ask(path, encoding)
        return answer

    def _ask(self, path: str, encoding: Encoding) -> Answer:
        status = 0
        headers: dict[str, str] = {}
        try:
            self.request("GET", path, headers={"Accept-Encoding": ACCEPTED[encoding]})
            response = self.getresponse()
            status = response.status
            for name, value in response.getheaders():
                known = headers.get(name.lower())
                headers[name.lower()] = value if known is None else f"{known}, {value}"
            return Answer(status, headers, response.read())
        except (OSError, http.client.HTTPException) as error:
            self.close()
            return Answer(status, headers, error=f"{type(error).__name__}: {error}")


def look(line: Line, question: Question, note: Note = lambda _seen, _answer: None) -> Seen:
    """Ask once, and take down what came; ``note`` is given all of it."""
    source, kind, encoding = question
    sent = time.monotonic()
    answer = line.ask(path_of(kind, source.key), encoding)
    done = time.monotonic()
    # Its form alone: what is too old is judged later, when more is known.
    faults = tuple(faults_of_form(Asked(source, kind, encoding, NOTHING), answer))
    status = answer.headers.get("cache-status", "")
    seen = Seen(
        line.target.name,
        source,
        kind,
        encoding,
        sent,
        done,
        faults,
        _counter(kind, answer) if not faults else None,
        position_of(answer.headers.get("edge-as-of", "")) or 0,
        marked="edgewise; fwd=stale" in status,
        lapsed="nginx; hit; detail=stale" in status,
        headers=answer.headers,
    )
    note(seen, answer)
    return seen


def _counter(kind: Kind, answer: Answer) -> int | None:
    try:
        coding = "" if (copy := copy_of(answer)).encoding == "identity" else copy.encoding
        return read(kind, copy.body, coding).counter
    except UnreadableError:
        return None


def questions(sources: Sequence[LoadSource]) -> list[Question]:
    """Every variant of every document of each source."""
    return [(source, kind, encoding) for source in sources for kind in PATHS for encoding in ENCODINGS]


class Watch:
    """A thread for each target. ``seen`` only grows while it runs; ``taken`` hands out what nobody has judged yet."""

    def __init__(self, targets: Sequence[Target], sources: Sequence[LoadSource]) -> None:
        self.note: Note = lambda _seen, _answer: None
        self._questions = questions(sources)
        self._seen: list[Seen] = []
        self._judged = 0
        self._ending = threading.Event()
        self._threads = [threading.Thread(target=self._read, args=(target,), daemon=True) for target in targets]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join(2 * PATIENCE)

    def latest(self) -> float:
        """When the last answer came that was seen."""
        return self._seen[-1].done if self._seen else 0.0

    def marked(self, target: str, since: float) -> bool:
        """Whether ``target`` was seen to give last known good, asked after ``since``."""
        new = takewhile(lambda seen: seen.done > since, reversed(self._seen))
        return any(seen.marked and seen.target == target for seen in new)

    def taken(self) -> list[Seen]:
        """What was seen since the last time."""
        new = self._seen[self._judged :]
        self._judged += len(new)
        return new

    def _read(self, target: Target) -> None:
        line = Line(target)
        asked: Iterator[Question] = cycle(self._questions)
        # A pace, not a wait: what is looked for is looked for again and again.
        while not self._ending.wait(PACE):
            self._seen.append(look(line, next(asked), self.note))
        line.close()
