"""A fleet in which every connection between two processes goes through a proxy of its own, and can fail by itself."""

from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from loadtest.fleet.fleet import Fleet
from loadtest.fleet.plan import Plan
from tests.fleet.tap import Tap

SERVERS = {"EDGE_DATABASE_URL": "postgres", "EDGE_REDIS_URL": "redis", "EDGE_ORIGIN_URL": "control"}


class WiredFleet(Fleet):
    """``taps`` by the name of the node and that of the server that it reaches through it."""

    def __init__(self, plan: Plan, directory: Path) -> None:
        self.taps: dict[tuple[str, str], Tap] = {}
        super().__init__(plan, directory)

    def wired(self, name: str, settings: dict[str, str]) -> dict[str, str]:
        changed = {}
        for setting, server in SERVERS.items():
            if setting in settings:
                url = urlsplit(settings[setting])
                assert url.hostname is not None
                assert url.port is not None
                tap = self.taps[name, server] = Tap((url.hostname, url.port))
                tap.start()
                user = f"{url.username}@" if url.username else ""
                changed[setting] = urlunsplit(url._replace(netloc=f"{user}{tap.host}:{tap.port}"))
        return settings | changed

    def stop(self) -> None:
        try:
            super().stop()
        finally:
            for tap in self.taps.values():
                tap.stop()
