"""A purge of everything: nginx is refreshed key by key, the receipt says how far, and nothing from before is left."""

import time
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import pytest

from tests.fleet.faults import BEHIND, node_of, restarted
from tests.fleet.history import Purge
from tests.fleet.judge import NGINX, Excuse, Seen
from tests.fleet.scene import Scene
from tests.fleet.watch import Line, look, questions

pytestmark = pytest.mark.timeout(300)


FAR = 16
"""Write keys: more than the pace allows at once (EDGE_PURGE_RATE), and fewer than there are."""


class Count(NamedTuple):
    """``after``: seconds from before the purge was sent until its receipt was read."""

    after: float
    done: int
    total: int | None


def purged(scene: Scene) -> Purge:
    """A purge of everything, which has begun, when nginx has every variant of every source."""
    asked(scene, NGINX)
    everybody = frozenset(source.id for source in scene.fleet.sources)
    purge = scene.history.purge(Purge("invalidate", everybody, time.monotonic()))
    body = {"tags": ["all"], "verb": "invalidate", "reason": "test"}
    answer = scene.api.post("/v1beta/purges", json=body).raise_for_status()
    purge.position = int(answer.headers["edge-position"])
    return purge


def fronts_in(receipt: dict[str, Any]) -> list[dict[str, Any]]:
    """How far nginx is; nothing while its host has no live node."""
    return [host["front"] for host in receipt["hosts"] if host["front"]["kind"] == NGINX]


def asked(scene: Scene, name: str) -> list[Seen]:
    """What one target answers for every variant of every source."""
    (target,) = (one for one in scene.targets() if one.name == name)
    line = Line(target)
    answers = [look(line, question) for question in questions(scene.fleet.sources)]
    line.close()
    return answers


def has_come_far(scene: Scene, purge: Purge) -> bool:
    return any(front["done"] >= FAR for front in fronts_in(scene.receipt(purge.position)))


def counted_until_live(scene: Scene, purge: Purge) -> list[Count]:
    """How many write keys its receipt says that nginx shows, look for look, until the purge is live there: all of
    them, at the end."""
    seen: list[Count] = []

    def ended() -> bool:
        receipt = scene.receipt(purge.position)
        fronts = fronts_in(receipt)
        seen.extend(Count(time.monotonic() - purge.sent, front["done"], front["total"]) for front in fronts)
        return bool(fronts) and receipt["state"] != "pending"

    scene.until(ended, "the purge is live")
    purge.live, everybody = time.monotonic(), len(scene.fleet.sources)
    assert (seen[-1].done, seen[-1].total) == (everybody, everybody)
    return seen


def assert_paced(scene: Scene, counted: Sequence[Count]) -> None:
    """No further than a bucket gives that was full when the purge was sent. A slow machine only makes it less."""
    rate = int(scene.fleet.plan.settings["EDGE_PURGE_RATE"])
    hurried = [count for count in counted if count.done > rate + rate * count.after]
    assert not hurried, f"more than {rate} at once and {rate} a second: {hurried[0]}"


def assert_nothing_is_left_from_before(scene: Scene, purge: Purge, names: Sequence[str]) -> None:
    for name in names:
        assert min(seen.position for seen in asked(scene, name)) >= purge.position, name


def test_i34_a_purge_of_everything_is_paced_and_counted_while_it_goes_on_and_leaves_no_variant_from_before(
    unaudited: Scene,
) -> None:
    scene, everybody = unaudited, len(unaudited.fleet.sources)
    purge = purged(scene)
    counted = counted_until_live(scene, purge)
    assert_paced(scene, counted)
    assert all(one.done <= other.done for one, other in pairwise(counted))
    assert [count for count in counted if 0 < count.done < everybody]
    assert_nothing_is_left_from_before(scene, purge, scene.names())
    scene.wait(purge.position, states=("settled",))
    scene.judge()


@pytest.mark.parametrize("killed", [BEHIND[:1], BEHIND[1:], BEHIND], ids=["one", "the other", "all"])
def test_i34_a_purge_of_everything_goes_on_where_it_was_though_the_nodes_that_refresh_nginx_are_killed_in_its_midst(
    unaudited: Scene, killed: tuple[str, ...]
) -> None:
    """One of the two refreshes nginx: without it the other goes on. Without both, those that are started again do."""
    scene = unaudited
    alone: list[tuple[Excuse, str]] = [("failing", NGINX), ("deserted", NGINX)] if killed == BEHIND else []
    with scene.excused([*restarted(*killed), *alone]):
        purge = purged(scene)
        scene.until(lambda: has_come_far(scene, purge), "nginx is refreshed further than at once")
        for name in killed:
            node_of(scene, name).kill()
        assert scene.receipt(purge.position)["state"] == "pending"
        if killed == BEHIND:
            for name in killed:
                node_of(scene, name).launch()
        # Whoever goes on begins where the one before was, as far as the receipt had come.
        assert min(count.done for count in counted_until_live(scene, purge)) >= FAR
        for name in killed if killed == BEHIND else ():
            node_of(scene, name).wait_ready()
        assert_nothing_is_left_from_before(scene, purge, [NGINX])
        if killed != BEHIND:
            node_of(scene, killed[0]).start()
    assert_nothing_is_left_from_before(scene, purge, scene.names())
    scene.judge()
