"""A network namespace that can be unplugged."""

import errno
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from loadtest.fleet.namespace import Namespace, create, refusal

REFUSAL = refusal()
pytestmark = pytest.mark.skipif(REFUSAL is not None, reason=REFUSAL or "")
ASKS = (
    "import socket, sys; print(socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=1).recv(9).decode())"
)

GREETS = """import socket, sys
listener = socket.create_server((sys.argv[1], 0))
print(listener.getsockname()[1], flush=True)
connection, _ = listener.accept()
connection.sendall(b"from here")
connection.recv(1)
"""
SECONDS = 20.0
LINKS_AND_ADDRESSES = 0x1 | 0x10 | 0x100
"""Of what rtnetlink(7) tells everybody: RTMGRP_LINK, RTMGRP_IPV4_IFADDR, RTMGRP_IPV6_IFADDR."""


@pytest.fixture
def namespace() -> Iterator[Namespace]:
    made = create()
    yield made
    made.remove()


def asked(namespace: Namespace, port: int) -> subprocess.CompletedProcess[str]:
    """What a process inside gets from a port outside."""
    words = [*namespace.within(), sys.executable, "-c", ASKS, namespace.outside, str(port)]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=20)


def test_a_process_inside_reaches_the_machine_until_it_is_unplugged_and_again_when_plugged(
    namespace: Namespace,
) -> None:
    with namespace.socket() as listener:
        listener.bind((namespace.outside, 0))
        listener.listen()
        port = listener.getsockname()[1]

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.sendall(b"from here")

        threading.Thread(target=accept, daemon=True).start()
        assert asked(namespace, port).stdout.strip() == "from here"
        namespace.unplug()
        assert asked(namespace, port).returncode != 0
        namespace.plug()
        assert asked(namespace, port).stdout.strip() == "from here"


def test_a_process_inside_sees_nothing_else_of_the_machine(namespace: Namespace) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        words = [*namespace.within(), sys.executable, "-c", ASKS, "127.0.0.1", str(listener.getsockname()[1])]
        assert subprocess.run(words, capture_output=True, check=False, timeout=20).returncode != 0


def test_this_process_reaches_one_inside_by_the_cable_and_by_nothing_else(namespace: Namespace) -> None:
    program = [*namespace.within(), sys.executable, "-c", GREETS, namespace.inside]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        place = namespace.inside, int(process.stdout.readline())
        try:
            with socket.socket() as machines, namespace.socket() as outer:
                machines.settimeout(SECONDS)
                outer.settimeout(SECONDS)
                assert machines.connect_ex(place) == errno.ECONNREFUSED
                outer.connect(place)
                assert outer.recv(9) == b"from here"
        finally:
            process.kill()


def test_what_listens_on_the_machine_at_the_inner_address_stands_for_the_process_inside(namespace: Namespace) -> None:
    with (
        socket.create_server((namespace.inside, 0)) as listener,
        socket.create_connection(listener.getsockname(), timeout=SECONDS),
    ):
        pass


def test_no_interface_of_the_machine_comes_changes_or_goes() -> None:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as told:
        told.bind((0, LINKS_AND_ADDRESSES))
        made = create()
        made.unplug()
        made.plug()
        made.remove()
        told.setblocking(False)
        heard = []
        with suppress(BlockingIOError):
            while True:
                heard.append(told.recv(65536))
    assert [message for message in heard if made.cable.encode() in message] == []


def test_two_have_different_networks(namespace: Namespace) -> None:
    other = create()
    try:
        assert len({namespace.inside, namespace.outside, other.inside, other.outside}) == 4
    finally:
        other.remove()
