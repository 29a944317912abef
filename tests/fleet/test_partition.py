"""A node whose cable is unplugged: packets vanish, and no connection is told."""

import pytest

from tests.fleet.faults import ALONE
from tests.fleet.ordeal import outlast
from tests.fleet.perils import exposed as exposed_fleet
from tests.fleet.scene import LEASE, Scene

pytestmark = pytest.mark.timeout(300)


def test_i12_a_node_whose_cable_is_unplugged_calls_nothing_fresh_and_comes_back_when_it_is_plugged_in(
    exposed: Scene,
) -> None:
    scene, fleet = exposed, exposed_fleet(exposed)
    first, second, third, *_ = scene.watched
    scene.change(first)
    with scene.excused([("stale", ALONE)]):
        fleet.unplug()
        scene.change(second)
        outlast(scene, scene.watch.latest() + LEASE)
        fleet.plug()
        scene.change(third)
    scene.live_everywhere()
    scene.judge()
