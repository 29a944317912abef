"""The cable of one node: everything between that node and its servers goes by it, and so does what asks the node."""

from loadtest.fleet.namespace import create
from loadtest.fleet.proxy import Address, Proxy
from tests.fleet.tap import Tap


class Cable:
    """Raises what ``create`` does. ``within`` are the words that run the node at its end; ``bind`` is its
    EDGE_NODE_BIND, which stands for it at this end as well: the control node, when it audits, asks there."""

    def __init__(self) -> None:
        self._space = create()
        self._asked = Proxy(("", 0), self._space.inside, asks=self._space.socket)
        # An address of the node's own at the other end, where nobody else has the port.
        self._asked.target = self._space.inside, self._asked.port
        self._asked.start()
        self.within = self._space.within()
        self.bind = f"{self._space.inside}:{self._asked.port}"

    def tap(self, server: Address) -> Tap:
        """To ``server``, where the node finds it."""
        return Tap(server, self._space.outside, listens=self._space.socket)

    def unplug(self) -> None:
        # Or whoever asks the node would be told that there is no way to it.
        self._asked.stall()
        self._space.unplug()

    def plug(self) -> None:
        self._space.plug()
        self._asked.heal()

    def remove(self) -> None:
        """The node must have ended, and the taps stopped."""
        self._asked.stop()
        self._space.remove()
