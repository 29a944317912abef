"""A node in a network namespace of its own, whose cable is unplugged; where a machine has none, behind proxies that
stall. Packets vanish, and no connection is told. It is asked through a Unix socket, which needs no network."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial

import pytest

from loadtest.fleet.edgewise import Node
from loadtest.fleet.fleet import running_as
from loadtest.fleet.namespace import create, refusal
from tests.fleet.conftest import watched
from tests.fleet.faults import ALONE
from tests.fleet.ordeal import outlast
from tests.fleet.scene import LEASE, PLAN
from tests.fleet.tap import Tap
from tests.fleet.wired import WiredFleet, rewired

pytestmark = pytest.mark.timeout(300)

Act = Callable[[], None]


@contextmanager
def on_a_cable(fleet: WiredFleet) -> Iterator[tuple[Act, Act]]:
    """The fleet's node without a front, on a cable while the block runs: how to unplug it, and how to plug it in."""
    (node,) = fleet.alone
    with ExitStack() as stack:
        space = create() if refusal() is None else None
        if space is not None:
            stack.callback(space.remove)
        settings, taps = rewired(node.options.settings, space.outside if space is not None else "127.0.0.1")
        for tap in taps.values():
            stack.callback(tap.stop)
        within = space.within() if space is not None else ()
        node.end()
        moved = Node(replace(node.options, settings=settings, uds=fleet.directory / "alone.sock", before=within))
        stack.callback(moved.kill)
        fleet.alone[:] = [moved]
        moved.start()
        if space is not None:
            yield space.unplug, space.plug
        else:
            yield partial(_each, Tap.stall, taps), partial(_each, Tap.heal, taps)


def _each(act: Callable[[Tap], None], taps: dict[str, Tap]) -> None:
    for tap in taps.values():
        act(tap)


def test_i12_a_node_whose_cable_is_unplugged_calls_nothing_fresh_and_comes_back_when_it_is_plugged_in() -> None:
    plan = replace(PLAN, behind=0)
    with running_as(WiredFleet, plan) as fleet, on_a_cable(fleet) as (unplug, plug), watched(fleet) as scene:
        first, second, third, *_ = scene.watched
        scene.change(first)
        with scene.excused([("stale", ALONE)]):
            unplug()
            scene.change(second)
            outlast(scene, scene.watch.latest() + LEASE)
            plug()
            scene.change(third)
        scene.live_everywhere()
        scene.judge()
