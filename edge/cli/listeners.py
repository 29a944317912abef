"""The sockets that `serve` answers on, bound before anything starts: a taken port is known at once, port 0 is resolved,
and every worker inherits the same ones.

| | until the first worker has answers | why |
|---|---|---|
| a port | connections wait | browsers come there, and would take a refusal for an answer |
| a Unix socket | connections are refused | nginx comes there, and asks another node, or shows what it has |
"""

import errno
import fcntl
import os
import socket
import stat
from contextlib import suppress
from pathlib import Path

from edge.cli.errors import CliError

BACKLOG = 2048


def bind_tcp(host: str, port: int, setting: str) -> socket.socket:
    """Listen on ``host:port``; ``setting`` is named in the CliError of an address that cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        raise CliError(
            f"{setting}: {host} is no address of this machine: {error.strerror}", "127.0.0.1 always is."
        ) from error
    listener = socket.socket(family, kind, protocol)
    try:
        # A restart must not wait for the connections of the process before it.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(address)
        # Two sockets may be bound to one port with SO_REUSEADDR; only listening tells.
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise _refusal(error, host, port, setting) from error
    listener.set_inheritable(True)
    return listener


def _refusal(error: OSError, host: str, port: int, setting: str) -> CliError:
    match error.errno:
        case errno.EADDRINUSE:
            return CliError(
                f"port {port} of {host} is taken",
                f"End what listens there, or choose another port with {setting}; 0 takes any that is free.",
            )
        case errno.EACCES:
            return CliError(
                f"this user may not listen on port {port} of {host}", f"Choose a port from 1024 up with {setting}."
            )
        case errno.EADDRNOTAVAIL:
            return CliError(f"{setting}: {host} is no address of this machine", "127.0.0.1 always is.")
        case _:
            return CliError(f"cannot listen on port {port} of {host}: {error.strerror}", f"Look at {setting}.")


def claim(path: Path) -> int:
    """A lock beside the Unix socket ``path``, held until the answered descriptor is closed, or this process ends.

    Raises CliError where another process holds it: a socket that does not listen yet looks like one that is left over.
    """
    try:
        descriptor = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _unusable(path, error) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise _in_use(path) from error
    return descriptor


def bind_unix(path: Path) -> socket.socket:
    """A Unix socket that anybody on this machine may connect to, as they could to a port, once a server listens on it.

    A socket file that a killed process left is replaced; one that answers, or a file of another kind, is not.
    """
    with suppress(FileNotFoundError):
        if not stat.S_ISSOCK(path.stat().st_mode):
            raise CliError(f"EDGE_UDS: {path} exists and is no socket", "Name a path where nothing is.")
        if is_answered(path):
            raise _in_use(path)
        path.unlink()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(str(path))
        os.chmod(path, 0o666)  # noqa: S103 - as open as a port: nginx runs as another user
    except OSError as error:
        listener.close()
        raise _unusable(path, error) from error
    listener.set_inheritable(True)
    return listener


def _in_use(path: Path) -> CliError:
    return CliError(f"EDGE_UDS: another process listens on {path}", "End it, or name another path.")


def _unusable(path: Path, error: OSError) -> CliError:
    return CliError(
        f"EDGE_UDS: cannot listen on {path}: {error.strerror or error}",
        "The directory must exist and be writable, and the path shorter than 108 bytes.",
    )


def is_answered(path: Path) -> bool:
    """Whether somebody listens on the Unix socket ``path``."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
        try:
            caller.connect(str(path))
        except OSError:
            return False
        return True


def port_of(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])


def url_host(host: str) -> str:
    """``host`` as it stands in a URL (RFC 3986 section 3.2.2: an IPv6 address in brackets)."""
    return f"[{host}]" if ":" in host else host
