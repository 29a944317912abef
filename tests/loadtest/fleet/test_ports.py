"""Ports that are held: real sockets on loopback."""

import socket
from pathlib import Path

import pytest

from loadtest.fleet.ports import HIGHEST, LOWEST, free_port, give_back


def test_a_free_port_is_none_that_outgoing_connections_get() -> None:
    first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    for _ in range(50):
        port = free_port()
        assert LOWEST <= port < min(HIGHEST, first)
        give_back(port)


def test_a_server_may_come_and_go_on_a_port_that_nobody_else_gets() -> None:
    port = free_port()
    for _ in range(3):
        with socket.create_server(("127.0.0.1", port)), socket.create_connection(("127.0.0.1", port)):
            pass
        with socket.socket() as other, pytest.raises(OSError, match="in use"):
            other.bind(("127.0.0.1", port))
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))
    give_back(port)
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))


def test_two_servers_cannot_have_one_port() -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", port)), pytest.raises(OSError, match="in use"):
        socket.create_server(("127.0.0.1", port))
    give_back(port)


def test_a_port_on_which_somebody_listens_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    give_back(port)
    with socket.create_server(("127.0.0.1", port)):
        monkeypatch.setattr("loadtest.fleet.ports._choice.randrange", lambda _low, _high: port)
        with pytest.raises(OSError, match="no free port"):
            free_port()
