"""Fast news between the nodes of one host: each tells the others how far it has come, in a datagram.

The roster stays the truth. A datagram that is lost costs a heartbeat; one that arrives spares its round trip, and wakes
whoever has not come so far yet.
"""

import asyncio
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import orjson

from edge.fronts.short_path import short_path
from edge.model.position import AsOf

LONGEST = 512
SUFFIX = ".sock"

Heard = Callable[[str, str, int], None]
"""Told of a node that it has come to a position of an epoch, and that nothing older is answered there any more."""


class Peers:
    """One socket for each node of this machine, in a directory that only their user may enter."""

    def __init__(self, directory: Path, node: str) -> None:
        self._directory = directory
        self._node = node
        self._socket: socket.socket | None = None

    def open(self, heard: Heard) -> None:
        """Listen, and pass on what comes in. Raises OSError."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        own = self._directory / f"{self._node}{SUFFIX}"
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        try:
            own.unlink(missing_ok=True)
            with short_path(own) as address:
                listening.bind(address)
            asyncio.get_running_loop().add_reader(listening, _read, listening, heard)
        except BaseException:
            listening.close()
            raise
        self._socket = listening

    def close(self) -> None:
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._socket = None
            (self._directory / f"{self._node}{SUFFIX}").unlink(missing_ok=True)

    def tell(self, cursor: AsOf) -> None:
        """Tell all others, once, without waiting for any."""
        if self._socket is None:
            return
        news = orjson.dumps({"node": self._node, "epoch": cursor.epoch, "cursor": cursor.position})
        for name in os.listdir(self._directory):
            if not name.endswith(SUFFIX) or name == f"{self._node}{SUFFIX}":
                continue
            other = self._directory / name
            try:
                with short_path(other) as address:
                    self._socket.sendto(news, address)
            except (ConnectionRefusedError, FileNotFoundError):
                # Its process has ended: nobody will ever listen there again, since every node has an id of its own.
                other.unlink(missing_ok=True)
            except OSError:
                # Its queue is full, or ours is: it hears of this from the roster.
                continue


def _read(listening: socket.socket, heard: Heard) -> None:
    while True:
        try:
            data = listening.recv(LONGEST)
        except OSError:
            return
        with suppress(orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            news = orjson.loads(data)
            heard(str(news["node"]), str(news["epoch"]), int(news["cursor"]))
