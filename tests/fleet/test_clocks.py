"""A host whose wall clock is set, forwards and back: deadlines travel by it, and durations must not lie."""

import pytest

from tests.fleet.faults import BEHIND, restarted
from tests.fleet.judge import NGINX
from tests.fleet.ordeal import outlast
from tests.fleet.perils import BACK, FORWARDS, set_clock
from tests.fleet.perils import exposed as exposed_fleet
from tests.fleet.scene import BOUNDS, Scene

pytestmark = pytest.mark.timeout(300)


def test_a_wall_clock_that_is_set_leaves_no_copy_that_outlives_its_share(exposed: Scene) -> None:
    """A deadline is a time of day. What is to be seen not to happen:

    nginx has a copy until 12:00:06 ── the clock is set back to 11:59:00 ── no node is left that could refresh it
    ── something is changed ── the copy is shown for a minute

    Neither one from before the step, nor one that a node has read since: from a host whose clock was not set.
    """
    scene, fleet = exposed, exposed_fleet(exposed)
    first, second, third, *_ = scene.watched
    scene.change(first)
    set_clock(scene, FORWARDS)
    scene.change(second)
    scene.arrives()
    set_clock(scene, BACK)
    scene.change(first)
    with scene.excused([*restarted(*BEHIND), ("failing", NGINX), ("deserted", NGINX)]):
        for node in fleet.behind:
            node.kill()
        scene.change(first)
        reign = scene.change(third)
        outlast(scene, reign.answered + BOUNDS.front + BOUNDS.lapsed + 2)
        for node in fleet.behind:
            node.start()
    set_clock(scene, 0.0)
    scene.arrives()
    scene.live_everywhere()
    scene.judge()
