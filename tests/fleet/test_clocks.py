"""A host whose wall clock is set, forwards and back: deadlines travel by it, and durations must not lie."""

import time
from functools import partial
from typing import Any

import pytest

from edge.fronts.term import IDLE
from tests.fleet.faults import BEHIND, restarted
from tests.fleet.history import Reign
from tests.fleet.judge import NGINX
from tests.fleet.ordeal import outlast
from tests.fleet.perils import BACK, FORWARDS, set_clock
from tests.fleet.perils import exposed as exposed_fleet
from tests.fleet.scene import BOUNDS, Scene

pytestmark = pytest.mark.timeout(300)


def test_a_wall_clock_that_is_set_leaves_no_copy_that_outlives_its_share_and_no_change_that_is_forgotten(
    exposed: Scene,
) -> None:
    """A deadline is a time of day. What is to be seen not to happen:

    nginx has a copy until 12:00:06 ── the clock is set back to 11:59:00 ── no node is left that could refresh it
    ── something is changed ── the copy is shown for a minute

    Neither one from before the step, nor one that a node has read since: from a host whose clock was not set.

    What nginx cannot show any more need not be refreshed. By a clock that is ahead that is true of whatever is changed:

    something is changed, and one node of the host does not hear of it ── the other has no use for it, and forgets it
    ── when both have it, nobody refreshes nginx

    Only where nothing from before the clock was set is waiting: on nodes that were started after it.
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
        set_clock(scene, FORWARDS)
        for node in fleet.behind:
            node.start()
    # Either of them may be the one that refreshes nginx.
    for deaf in BEHIND:
        changes_behind_the_back_of(scene, deaf)
    set_clock(scene, 0.0)
    scene.arrives()
    scene.live_everywhere()
    scene.judge()


def changes_behind_the_back_of(scene: Scene, deaf: str) -> None:
    """Something that one node behind nginx hears of later than the other. When both have it, nginx is refreshed."""
    servers = [scene.fleet.taps[deaf, server] for server in ("control", "redis")]
    with scene.excused([("stale", deaf), ("stale", NGINX)]):
        for server in servers:
            server.stall()
        reign = scene.write(scene.watched[1])
        scene.until(lambda: farthest(scene, reign) >= reign.position, f"it is known to another than {deaf}")
        # That long, and a little longer, until what is of no use is forgotten.
        outlast(scene, time.monotonic() + 1.5 * IDLE)
        for server in servers:
            server.heal()
        # Not that it is live: that it is too when it has waited for so long that nginx shows nothing older any more.
        scene.until(partial(refreshed, scene, reign), f"nginx was refreshed after {deaf} had it")
    reign.live = scene.wait(reign.position)


def at_nginx(scene: Scene, reign: Reign) -> dict[str, Any]:
    """What the receipt says of the host with nginx."""
    host: dict[str, Any]
    (host,) = (host for host in scene.receipt(reign.position)["hosts"] if host["front"]["kind"] == NGINX)
    return host


def farthest(scene: Scene, reign: Reign) -> int:
    """How far the node of that host has come that is ahead of the other."""
    return max(int(node["cursor"]) for node in at_nginx(scene, reign)["nodes"])


def refreshed(scene: Scene, reign: Reign) -> bool:
    return at_nginx(scene, reign)["front"]["acked_at"] is not None
