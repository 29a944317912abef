"""A node that is told to end, by SIGTERM: what it has been asked it answers, whole, and then it leaves the roster."""

import re
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.cli.processes import Served, until
from tests.fleet.roles import KEY, SETTINGS, Fleet, admin_of
from tests.fleet.tap import Tap

pytestmark = pytest.mark.timeout(300)

QUESTION = f"GET {SETTINGS} HTTP/1.1\r\nHost: edge.test\r\n\r\n".encode()


@contextmanager
def connected(path: Path) -> Iterator[socket.socket]:
    """Raises OSError where nobody accepts."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(30)
        connection.connect(str(path))
        yield connection


class Load:
    """Requests on connections of their own, one after the other, byte for byte, until they are told to end.

    Through a Unix socket, which tells what became of a request that got no answer (unix(7)). A server may close a
    kept-alive connection at any time, and the request that crosses that was not read: it cannot be written (EPIPE), or
    the connection is reset (ECONNRESET), and a client asks again elsewhere. An end without either comes from a server
    that had read the request: that answer was dropped.
    """

    def __init__(self, path: Path, threads: int = 4) -> None:
        self.path = path
        self.whole = 0
        self.wrong: list[str] = []
        """Answers that did not come, did not end, or were none."""
        self._ending = threading.Event()
        self._threads = [threading.Thread(target=self._run) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while not self._ending.is_set():
            # Not accepted any more: nobody has been asked.
            with suppress(FileNotFoundError, ConnectionRefusedError, BlockingIOError), connected(self.path) as line:
                self._ask(line)
                continue
            return

    def _ask(self, line: socket.socket) -> None:
        while not self._ending.is_set():
            answer = b""
            try:
                line.sendall(QUESTION)
                while not _whole(answer):
                    if not (part := line.recv(65536)):
                        self.wrong.append(f"closed after {answer!r}")
                        return
                    answer += part
            except (BrokenPipeError, ConnectionResetError) as error:
                if answer:
                    self.wrong.append(f"{type(error).__name__} after {answer!r}")
                return
            except TimeoutError:
                self.wrong.append(f"silent after {answer!r}")
                return
            if answer.startswith(b"HTTP/1.1 200 "):
                self.whole += 1
            else:
                self.wrong.append(repr(answer))


def _whole(answer: bytes) -> bool:
    head, separator, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head)
    return bool(separator) and length is not None and len(body) >= int(length[1])


def in_roster(fleet: Fleet) -> bool:
    return "edge" in [row["host"] for row in fleet.nodes()]


def on_a_socket(path: Path, **more: str) -> dict[str, str]:
    return {"EDGE_UDS": str(path), "EDGE_PUBLIC_URL": "http://edge.test", **more}


def test_told_to_end_under_load_it_drops_and_tears_no_answer_and_leaves_the_roster(
    fleet: Fleet, tmp_path: Path
) -> None:
    path = tmp_path / "edge.sock"
    with fleet.control() as control, fleet.edge(admin_of(control), **on_a_socket(path)) as edge:
        assert in_roster(fleet)
        load = Load(path)
        try:
            until(lambda: load.whole > 200, "it is under load")
            assert edge.end(signal.SIGTERM) == 0
        finally:
            load.end()
        assert load.wrong == []
        assert not in_roster(fleet)
        assert "Traceback" not in edge.log.read_text()


def test_told_to_end_it_finishes_the_answer_that_is_under_way_and_then_leaves_the_roster(
    fleet: Fleet, tmp_path: Path
) -> None:
    path = tmp_path / "edge.sock"
    # Who audits would ask for the document first.
    with fleet.control(EDGE_AUDIT_INTERVAL="0") as control, tapped(control) as tap:
        settings = on_a_socket(path, EDGE_READ_TIMEOUT="30")
        with fleet.edge(tap.url, **settings) as edge, connected(path) as line:
            with tap.keeping_back(f"/documents/settings/{KEY}".encode()):
                line.sendall(QUESTION)
                until(lambda: tap.holding, "its answer is under way")
                edge.process.send_signal(signal.SIGTERM)
                until(lambda: not accepts(path), "it takes no more requests")
                assert in_roster(fleet)
                assert edge.process.poll() is None
            answer = b""
            while not _whole(answer) and (part := line.recv(65536)):
                answer += part
            assert answer.startswith(b"HTTP/1.1 200 ")
            assert _whole(answer)
            assert edge.process.wait(30) == 0
            assert not in_roster(fleet)


@contextmanager
def tapped(control: Served) -> Iterator[Tap]:
    """What stands before the control node's origin calls."""
    origin = urlsplit(admin_of(control))
    assert origin.hostname is not None
    assert origin.port is not None
    tap = Tap((origin.hostname, origin.port))
    tap.start()
    try:
        yield tap
    finally:
        tap.stop()


def accepts(path: Path) -> bool:
    try:
        with connected(path):
            return True
    except OSError:
        return False


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"], ids=["none", "half"])
def test_the_load_notices_an_answer_that_is_dropped_or_torn_and_none_that_was_not_asked_for(
    tmp_path: Path, answer: bytes
) -> None:
    path = tmp_path / "server.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        load = Load(path, threads=1)
        # Closed with the request unread, as HTTP allows.
        listener.accept()[0].close()
        assert load.wrong == []
        connection, _ = listener.accept()
        assert connection.recv(65536) == QUESTION
        connection.sendall(answer)
        connection.close()
        until(lambda: bool(load.wrong), "the load has noticed")
    load.end()
    assert load.wrong == [f"closed after {answer!r}"]
