"""A fleet whose surroundings fail as well: the clock of the host with nginx can be set, the node without a front has a
cable that can be unplugged, and what nodes answer to nginx goes through proxies."""

from dataclasses import replace
from pathlib import Path

from loadtest.fleet.edgewise import NodeOptions
from loadtest.fleet.namespace import Namespace, create, refusal
from loadtest.fleet.plan import Plan
from tests.fleet.faults import ALONE
from tests.fleet.stepped import SteppedFleet
from tests.fleet.tap import Tap
from tests.fleet.wired import LOOPBACK

SERVERS = ("control", "redis")
"""All that the node on the cable reaches through it."""


class ExposedFleet(SteppedFleet):
    """``passages`` by the name of the node: what stands where nginx looks for it.

    The node on the cable is in a network namespace of its own; where a machine allows none its proxies stall instead.
    Either way packets vanish and no connection is told. It is asked through a Unix socket, which needs no network.
    """

    def __init__(self, plan: Plan, directory: Path) -> None:
        self._space: Namespace | None = None
        self.passages: dict[str, Tap] = {}
        super().__init__(plan, directory)

    def unplug(self) -> None:
        if self._space is not None:
            self._space.unplug()
            return
        for server in SERVERS:
            self.taps[ALONE, server].stall()

    def plug(self) -> None:
        if self._space is not None:
            self._space.plug()
            return
        for server in SERVERS:
            self.taps[ALONE, server].heal()

    def network_of(self, name: str) -> str:
        return self._space.outside if name == ALONE and self._space is not None else LOOPBACK

    def altered(self, options: NodeOptions) -> NodeOptions:
        if options.name == ALONE and self._space is None and refusal() is None:
            self._space = create()
        made, own = super().altered(options), self.directory / f"{options.name}.sock"
        if made.uds is not None:
            passage = self.passages[options.name] = Tap(own, made.uds)
            passage.start()
            return replace(made, uds=own)
        if options.name != ALONE:
            return made
        if self._space is None:
            return replace(made, uds=own)
        # Where the control node reaches it, to audit it.
        listens = {"EDGE_NODE_BIND": f"{self._space.inside}:0"}
        return replace(made, uds=own, before=self._space.within(), settings={**made.settings, **listens})

    def stop(self) -> None:
        try:
            super().stop()
        finally:
            for passage in self.passages.values():
                passage.stop()
            if self._space is not None:
                self._space.remove()
