"""A network that fails: the proxy between two ends that notice nothing, or too much."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from loadtest.fleet.proxy import Proxy

SECONDS = 20.0
QUIET = 0.2
"""How long nothing is expected to come; what is wrong comes at once."""


class Echo:
    """A server that sends back what it gets."""

    def __init__(self, listener: socket.socket) -> None:
        self.accepted = 0
        self.listener = listener
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.accepted += 1
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            while data := connection.recv(65536):
                connection.sendall(data)


@pytest.fixture
def echo() -> Iterator[Echo]:
    made = Echo(socket.create_server(("127.0.0.1", 0)))
    yield made
    made.listener.close()


@pytest.fixture
def proxy(echo: Echo) -> Iterator[Proxy]:
    made = Proxy(echo.listener.getsockname()[:2])
    made.start()
    yield made
    made.stop()


def connect(proxy: Proxy) -> socket.socket:
    return socket.create_connection((proxy.host, proxy.port), timeout=SECONDS)


def echoed(connection: socket.socket, data: bytes) -> bytes:
    connection.sendall(data)
    return exactly(connection, len(data))


def exactly(connection: socket.socket, length: int) -> bytes:
    found = b""
    while len(found) < length and (part := connection.recv(length - len(found))):
        found += part
    return found


def is_quiet(connection: socket.socket) -> bool:
    connection.settimeout(QUIET)
    try:
        return not connection.recv(1)
    except TimeoutError:
        return True
    finally:
        connection.settimeout(SECONDS)


def test_bytes_pass_both_ways_in_any_amount(proxy: Proxy) -> None:
    with closing(connect(proxy)) as connection:
        assert echoed(connection, b"one") == b"one"
        large = bytes(range(256)) * 4096
        sender = threading.Thread(target=connection.sendall, args=(large,))
        sender.start()
        assert exactly(connection, len(large)) == large
        sender.join(SECONDS)


def test_an_end_of_one_side_is_passed_on(proxy: Proxy) -> None:
    with closing(connect(proxy)) as connection:
        connection.sendall(b"last words")
        connection.shutdown(socket.SHUT_WR)
        assert exactly(connection, 100) == b"last words"


def test_cutting_ends_open_connections_and_refuses_new_ones(proxy: Proxy) -> None:
    with closing(connect(proxy)) as connection:
        assert echoed(connection, b"one") == b"one"
        proxy.cut()
        with suppress(ConnectionResetError):
            assert connection.recv(1) == b""
    with closing(connect(proxy)) as connection, suppress(ConnectionResetError):
        assert connection.recv(1) == b""


def assert_it_stalls_and_heals(connection: socket.socket, proxy: Proxy) -> None:
    assert echoed(connection, b"one") == b"one"
    proxy.stall()
    connection.sendall(b"two")
    assert is_quiet(connection)
    proxy.heal()
    assert exactly(connection, 3) == b"two"


def test_a_stalled_connection_looks_alive_and_delivers_when_it_heals(proxy: Proxy) -> None:
    with closing(connect(proxy)) as connection:
        assert_it_stalls_and_heals(connection, proxy)


def test_a_connection_made_while_stalled_is_accepted_and_silent_until_it_heals(proxy: Proxy, echo: Echo) -> None:
    proxy.stall()
    with closing(connect(proxy)) as connection:
        connection.sendall(b"one")
        assert is_quiet(connection)
        assert echo.accepted == 0
        proxy.heal()
        assert exactly(connection, 3) == b"one"


def test_after_a_cut_heals_new_connections_pass(proxy: Proxy) -> None:
    proxy.cut()
    proxy.heal()
    with closing(connect(proxy)) as connection:
        assert echoed(connection, b"one") == b"one"


def test_a_stalled_proxy_can_be_cut_and_stopped(proxy: Proxy) -> None:
    proxy.stall()
    with closing(connect(proxy)) as connection:
        connection.sendall(b"one")
        proxy.cut()
        with suppress(ConnectionResetError):
            assert connection.recv(1) == b""
        proxy.stall()


def test_it_stands_between_two_unix_sockets_as_between_two_ports(tmp_path: Path) -> None:
    before, behind = tmp_path / "before.sock", tmp_path / "behind.sock"
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as connection:
        listener.bind(str(behind))
        listener.listen()
        Echo(listener)
        proxy = Proxy(behind, before)
        proxy.start()
        connection.settimeout(SECONDS)
        connection.connect(str(before))
        assert_it_stalls_and_heals(connection, proxy)
        proxy.stop()
