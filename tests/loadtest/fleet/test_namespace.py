"""A network namespace that can be unplugged."""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from loadtest.fleet.namespace import Namespace, create, refusal

REFUSAL = refusal()
pytestmark = pytest.mark.skipif(REFUSAL is not None, reason=REFUSAL or "")
ASKS = (
    "import socket, sys; print(socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=1).recv(9).decode())"
)


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
    with socket.create_server((namespace.outside, 0)) as listener:
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


def test_two_have_different_networks(namespace: Namespace) -> None:
    other = create()
    try:
        assert len({namespace.inside, namespace.outside, other.inside, other.outside}) == 4
    finally:
        other.remove()
