"""Ports that stay free until somebody listens on them."""

import random
import socket

# Below what Linux hands out for outgoing connections (ip_local_port_range, 32768 by default): under load one of those
# would sooner or later take the port of a server that is down for a moment, and the server could not come back.
LOWEST, HIGHEST = 12000, 32000
_TRIES = 200

_choice = random.SystemRandom()


def free_port(host: str = "127.0.0.1") -> int:
    """A port of ``host`` on which nothing listens. Raises OSError when none is found."""
    for _ in range(_TRIES):
        port = _choice.randrange(LOWEST, HIGHEST)
        if is_free(port, host):
            return port
    raise OSError(f"no free port of {host} found between {LOWEST} and {HIGHEST}")


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True
