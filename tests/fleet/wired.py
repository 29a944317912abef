"""A fleet in which every connection between two processes goes through a proxy of its own, and can fail by itself."""

import json
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from loadtest.fleet.edgewise import NodeOptions
from loadtest.fleet.fleet import Fleet
from loadtest.fleet.plan import Plan
from loadtest.fleet.proxy import Address
from tests.fleet.tap import Tap
from tests.support.forked import Forked

ANEW = "control"
"""The node that is not forked: the order of sets is the same in all that are, and documents must not depend on it."""
SERVERS = {"EDGE_DATABASE_URL": "postgres", "EDGE_REDIS_URL": "redis", "EDGE_ORIGIN_URL": "control"}
"""Setting -> the server that it names."""


class WiredFleet(Fleet):
    """``taps`` by the name of the node and that of the server that it reaches through it."""

    def __init__(self, plan: Plan, directory: Path) -> None:
        self.taps: dict[tuple[str, str], Tap] = {}
        super().__init__(plan, directory)
        if self.nginx is not None:
            # What it asks a node for in the background, to refresh what it has, is a request of its own in the log.
            self.nginx.more = "log_subrequest on;"

    def altered(self, options: NodeOptions) -> NodeOptions:
        settings, taps = rewired(options.settings, partial(self.tapped, options.name))
        self.taps |= {(options.name, server): tap for server, tap in taps.items()}
        return replace(options, settings=settings, start=options.start if options.name == ANEW else Forked)

    def tapped(self, _name: str, server: Address) -> Tap:
        """A tap to ``server``, where a node finds it."""
        return Tap(server)

    def asked_by_nginx(self, path: str) -> int:
        """How many requests for ``path`` nginx has passed on to nodes, as far as they are in its log (flush=1s)."""
        assert self.nginx is not None
        lines = (self.nginx.directory / "logs" / "access.log").read_text().splitlines()
        answered = (json.loads(line) for line in lines)
        return sum(one["path"] == path and one["upstream_seconds"] != "" for one in answered)

    def stop(self) -> None:
        with ExitStack() as stack:
            for tap in self.taps.values():
                stack.callback(tap.stop)
            super().stop()


def rewired(settings: Mapping[str, str], tapped: Callable[[Address], Tap]) -> tuple[dict[str, str], dict[str, Tap]]:
    """``settings`` with a tap, running, in the place of each server; and the taps."""
    changed, taps = dict(settings), {}
    for setting in SERVERS.keys() & settings.keys():
        url = urlsplit(settings[setting])
        assert url.hostname is not None
        assert url.port is not None
        tap = taps[SERVERS[setting]] = tapped((url.hostname, url.port))
        tap.start()
        user = f"{url.username}@" if url.username else ""
        changed[setting] = urlunsplit(url._replace(netloc=f"{user}{tap.host}:{tap.port}"))
    return changed, taps
