"""Ports that are ours until this process ends, or gives them back: whoever listens on them, and however often.

A socket is bound to each and never listens. So the kernel gives it to nobody who asks for just any port, and to nobody
who binds it without SO_REUSEADDR; servers set that, and may listen on it, one at a time (socket(7)). A connection finds
nobody there while none does. A server that is down for a moment would otherwise come back to a port that is taken.
"""

import random
import socket
from contextlib import suppress

# Below what Linux hands out for outgoing connections (ip_local_port_range, 32768 by default): one that is under way
# would keep a server from listening, and one to the port that it comes from itself would be answered by nobody but it.
LOWEST, HIGHEST = 12000, 32000
_TRIES = 200

_choice = random.SystemRandom()
_held: dict[tuple[str, int], socket.socket] = {}


def free_port(host: str = "127.0.0.1") -> int:
    """A port of ``host`` that nobody else has, ours from now on. Raises OSError when none is found."""
    for _ in range(_TRIES):
        port = _choice.randrange(LOWEST, HIGHEST)
        with suppress(OSError):
            _held[host, port] = _bound(host, port)
            return port
    raise OSError(f"no free port of {host} found between {LOWEST} and {HIGHEST}")


def give_back(port: int, host: str = "127.0.0.1") -> None:
    """Somebody else may have it."""
    _held.pop((host, port)).close()


def _bound(host: str, port: int) -> socket.socket:
    """Raises OSError where anybody has the port, one of these sockets included."""
    holder = socket.socket()
    try:
        holder.bind((host, port))
        # Only now: with it the port could be had beside a server that is down.
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    except OSError:
        holder.close()
        raise
    return holder
