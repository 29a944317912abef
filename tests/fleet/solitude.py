"""Everything is gone, and one node starts, from its disk; then everything is there again."""

from tests.fleet.faults import ALONE, BEHIND, CONTROL, Excused, node_of
from tests.fleet.judge import NGINX
from tests.fleet.scene import Scene

NODES_OF_A_FLEET = (CONTROL, ALONE, *BEHIND)
ABANDONED: Excused = tuple((excuse, target) for target in (*NODES_OF_A_FLEET, NGINX) for excuse in ("failing", "stale"))
"""Whoever is gone answers nothing, and whoever starts gives last known good, marked so, until there is a journal."""


def begins(scene: Scene, name: str) -> None:
    """Kill every node, Redis and PostgreSQL, whatever of it runs, and start one node of them."""
    fleet = scene.fleet
    assert fleet.redis is not None
    assert fleet.postgres is not None
    # The control node last: a node that lost it first, with a read under way, would look at its disk, and take from it
    # what is revoked.
    for one in reversed(NODES_OF_A_FLEET):
        node_of(scene, one).kill()
    fleet.redis.process.kill()
    fleet.postgres.stop()
    node = node_of(scene, name)
    node.launch()
    node.process.wait_until(node.alive, "it answers")


def ends(scene: Scene, name: str) -> None:
    """Start everything else, until every node is ready."""
    fleet = scene.fleet
    assert fleet.redis is not None
    assert fleet.postgres is not None
    fleet.postgres.start()
    fleet.redis.start()
    for other in NODES_OF_A_FLEET:
        if other != name:
            node_of(scene, other).launch()
    for one in NODES_OF_A_FLEET:
        node_of(scene, one).wait_ready()
