"""A purge of everything: nginx is refreshed key by key, the receipt says how far, and nothing from before is left."""

import time
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest

from tests.fleet.faults import BEHIND, node_of, restarted
from tests.fleet.history import Purge
from tests.fleet.judge import NGINX, Excuse, Seen
from tests.fleet.scene import Scene
from tests.fleet.watch import Line, look, questions

pytestmark = pytest.mark.timeout(300)


def purged(scene: Scene) -> Purge:
    """A purge of everything, which has begun, when nginx has every variant of every source."""
    asked(scene, NGINX)
    everybody = frozenset(source.id for source in scene.fleet.sources)
    purge = scene.history.purge(Purge("invalidate", everybody, time.monotonic()))
    body = {"tags": ["all"], "verb": "invalidate", "reason": "test"}
    answer = scene.api.post("/v1beta/purges", json=body).raise_for_status()
    purge.position = int(answer.headers["edge-position"])
    return purge


def front_of(receipt: dict[str, Any]) -> dict[str, Any]:
    """How far nginx is."""
    fronts: list[dict[str, Any]] = [host["front"] for host in receipt["hosts"] if host["front"]["kind"] == NGINX]
    (front,) = fronts
    return front


def asked(scene: Scene, name: str) -> list[Seen]:
    """What one target answers for every variant of every source."""
    (target,) = (one for one in scene.targets() if one.name == name)
    line = Line(target)
    answers = [look(line, question) for question in questions(scene.fleet.sources)]
    line.close()
    return answers


def under_way(scene: Scene, purge: Purge) -> bool:
    front = front_of(scene.receipt(purge.position))
    return bool(0 < front["done"] < front["total"])


def assert_nothing_is_left_from_before(scene: Scene, purge: Purge, names: Sequence[str]) -> None:
    for name in names:
        assert min(seen.position for seen in asked(scene, name)) >= purge.position, name


def test_i34_a_purge_of_everything_is_counted_while_it_goes_on_and_leaves_no_variant_from_before(
    unaudited: Scene,
) -> None:
    scene, everybody = unaudited, len(unaudited.fleet.sources)
    purge = purged(scene)
    counted = []
    while (receipt := scene.receipt(purge.position))["state"] == "pending":
        counted.append(front_of(receipt)["done"])
    purge.live = time.monotonic()
    front = front_of(receipt)
    assert (front["done"], front["total"]) == (everybody, everybody)
    assert all(one <= other for one, other in pairwise(counted))
    assert [done for done in counted if 0 < done < everybody]
    assert_nothing_is_left_from_before(scene, purge, scene.names())
    scene.wait(purge.position, states=("settled",))
    scene.judge()


@pytest.mark.parametrize("killed", [BEHIND[:1], BEHIND[1:], BEHIND], ids=["one", "the other", "all"])
def test_i34_a_purge_of_everything_ends_though_the_nodes_that_refresh_nginx_are_killed_in_its_midst(
    unaudited: Scene, killed: tuple[str, ...]
) -> None:
    """One of the two refreshes nginx: without it the other goes on. Without both, those that are started again do."""
    scene = unaudited
    alone: list[tuple[Excuse, str]] = [("failing", NGINX), ("deserted", NGINX)] if killed == BEHIND else []
    with scene.excused([*restarted(*killed), *alone]):
        purge = purged(scene)
        scene.until(lambda: under_way(scene, purge), "nginx is being refreshed")
        for name in killed:
            node_of(scene, name).kill()
        assert scene.receipt(purge.position)["state"] == "pending"
        if killed == BEHIND:
            for name in killed:
                node_of(scene, name).start()
        purge.live = scene.wait(purge.position)
        assert front_of(scene.receipt(purge.position))["done"] == len(scene.fleet.sources)
        assert_nothing_is_left_from_before(scene, purge, [NGINX])
        if killed != BEHIND:
            node_of(scene, killed[0]).start()
    assert_nothing_is_left_from_before(scene, purge, scene.names())
    scene.judge()
