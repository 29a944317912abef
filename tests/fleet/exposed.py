"""A fleet whose surroundings fail as well: the clock of the host with nginx can be set, the node without a front has a
cable that can be unplugged, and what nodes answer to nginx goes through proxies."""

from dataclasses import replace
from pathlib import Path

from loadtest.fleet.edgewise import NodeOptions
from loadtest.fleet.namespace import refusal
from loadtest.fleet.plan import Plan
from loadtest.fleet.proxy import Address
from tests.fleet.cable import Cable
from tests.fleet.faults import ALONE
from tests.fleet.stepped import SteppedFleet
from tests.fleet.tap import Tap

SERVERS = ("control", "redis")
"""All that the node on the cable reaches through it."""


class ExposedFleet(SteppedFleet):
    """``passages`` by the name of the node: what stands where nginx looks for it.

    The node on the cable is in a network namespace of its own; where a machine allows none its proxies stall instead.
    Either way packets vanish and no connection is told. It is asked through a Unix socket, which needs no network; but
    the control node audits it by the cable.
    """

    def __init__(self, plan: Plan, directory: Path) -> None:
        self._cable: Cable | None = None
        self.passages: dict[str, Tap] = {}
        super().__init__(plan, directory)

    def unplug(self) -> None:
        if self._cable is not None:
            self._cable.unplug()
            return
        for server in SERVERS:
            self.taps[ALONE, server].stall()

    def plug(self) -> None:
        if self._cable is not None:
            self._cable.plug()
            return
        for server in SERVERS:
            self.taps[ALONE, server].heal()

    def tapped(self, name: str, server: Address) -> Tap:
        return self._cable.tap(server) if name == ALONE and self._cable is not None else super().tapped(name, server)

    def altered(self, options: NodeOptions) -> NodeOptions:
        if options.name == ALONE and self._cable is None and refusal() is None:
            self._cable = Cable()
        made, own = super().altered(options), self.directory / f"{options.name}.sock"
        if made.uds is not None:
            passage = self.passages[options.name] = Tap(own, made.uds)
            passage.start()
            return replace(made, uds=own)
        if options.name != ALONE:
            return made
        if self._cable is None:
            return replace(made, uds=own)
        settings = {**made.settings, "EDGE_NODE_BIND": self._cable.bind}
        return replace(made, uds=own, before=self._cable.within, settings=settings)

    def stop(self) -> None:
        try:
            super().stop()
        finally:
            for passage in self.passages.values():
                passage.stop()
            if self._cable is not None:
                self._cable.remove()
