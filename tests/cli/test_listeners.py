"""Binding: real sockets on loopback."""

import os
import socket
import stat
from pathlib import Path

import pytest

from edge.cli.errors import CliError
from edge.cli.listeners import bind_tcp, bind_unix, claim, port_of, url_host


def test_port_0_takes_a_free_port_that_answers() -> None:
    with bind_tcp("127.0.0.1", 0, "EDGE_PORT") as listener:
        socket.create_connection(("127.0.0.1", port_of(listener)), timeout=5).close()


def test_a_taken_port_is_named_with_the_setting_to_change() -> None:
    with bind_tcp("127.0.0.1", 0, "EDGE_PORT") as listener:
        with pytest.raises(CliError, match=f"port {port_of(listener)} of 127.0.0.1 is taken") as refused:
            bind_tcp("127.0.0.1", port_of(listener), "EDGE_PORT")
        assert "EDGE_PORT" in refused.value.hint


@pytest.mark.parametrize("host", ["203.0.113.7", "no.such.host.invalid"])
def test_an_address_of_another_machine_is_refused(host: str) -> None:
    with pytest.raises(CliError, match=r"EDGE_ADMIN_BIND: .* is no address of this machine"):
        bind_tcp(host, 0, "EDGE_ADMIN_BIND")


def test_a_socket_file_that_a_killed_process_left_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "edge.sock"
    bind_unix(path).close()
    assert path.exists()
    with bind_unix(path) as listener:
        assert stat.S_IMODE(path.stat().st_mode) == 0o666
        with socket.socket(socket.AF_UNIX) as caller:
            with pytest.raises(ConnectionRefusedError):
                caller.connect(str(path))
            listener.listen()
            caller.connect(str(path))


def test_a_socket_that_answers_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "edge.sock"
    with bind_unix(path) as listener:
        listener.listen()
        with pytest.raises(CliError, match="another process listens"):
            bind_unix(path)
    assert path.exists()


def test_the_path_of_a_process_that_does_not_listen_yet_is_taken_until_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "edge.sock"
    held = claim(path)
    with pytest.raises(CliError, match=f"another process listens on {path}"):
        claim(path)
    os.close(held)
    os.close(claim(path))


def test_a_file_of_another_kind_is_never_removed(tmp_path: Path) -> None:
    path = tmp_path / "precious"
    path.write_text("kept")
    with pytest.raises(CliError, match="is no socket"):
        bind_unix(path)
    assert path.read_text() == "kept"


def test_a_socket_in_no_directory_says_so(tmp_path: Path) -> None:
    with pytest.raises(CliError, match="No such file"):
        bind_unix(tmp_path / "absent" / "edge.sock")
    with pytest.raises(CliError, match="No such file"):
        claim(tmp_path / "absent" / "edge.sock")


def test_an_ipv6_address_stands_in_brackets_in_a_url() -> None:
    assert (url_host("::1"), url_host("127.0.0.1"), url_host("edge.example")) == ("[::1]", "127.0.0.1", "edge.example")
