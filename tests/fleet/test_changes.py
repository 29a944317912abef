"""A change reaches every node, and nginx in every variant of every document, and nothing turns back."""

import time
from collections.abc import Callable
from contextlib import closing

import pytest

from loadtest.checks import position_of
from loadtest.documents import PATHS, Kind, path_of
from loadtest.fleet.edgewise import Node
from loadtest.sources import LoadSource
from tests.fleet.history import Purge, Reign
from tests.fleet.judge import NGINX
from tests.fleet.ordeal import outlast
from tests.fleet.scene import Scene, target_of
from tests.fleet.watch import Line, look, questions

pytestmark = pytest.mark.timeout(300)

MOST_ROUNDS = 4
MOST_PURGES = 10
FILL_BEGINS = 3.0
"""Seconds within which a purged document is asked for by its node, or by none: the watch asks it more often."""
STEADY = 5.0
"""Seconds for which nothing may turn back: more than nginx gives its nodes, and all that buffers hold."""


def assert_shown_everywhere(scene: Scene, source: LoadSource) -> None:
    """One question for each variant at each target, asked now."""
    newest = scene.history.newest(source)
    for target in scene.targets():
        line = Line(target)
        for seen in (look(line, asked) for asked in questions([source])):
            assert not seen.faults, (target.name, seen)
            assert seen.counter in (None, newest.counter), (target.name, seen)
            assert seen.position >= newest.position, (target.name, seen)
        line.close()


def test_i15_a_change_that_is_called_live_is_shown_by_every_node_and_every_variant_of_nginx(scene: Scene) -> None:
    for source in scene.watched:
        scene.change(source)
        assert_shown_everywhere(scene, source)
    scene.judge()


def test_i15_a_purge_that_is_called_live_leaves_no_variant_from_before(scene: Scene) -> None:
    purge = scene.purge(scene.watched)
    purge.live = scene.wait(purge.position)
    for target in scene.targets():
        line = Line(target)
        positions = [look(line, asked).position for asked in questions(scene.watched)]
        assert min(positions) >= purge.position, target.name
        line.close()
    scene.judge()


def test_i14_i33_nothing_turns_back_while_a_slow_fill_from_before_a_change_comes_in(scene: Scene) -> None:
    """A fill that began before the change, whose answer comes when others show the new already: it must not be kept,
    nor be given to whoever came after the change.

    fill asks ── store answers: old ── change applied ── a caller joins ── the old answer comes in ── the caller: new
                                                                           └ nginx must not turn back to it
    """
    source = scene.watched[0]
    joined, rounds = False, 0
    # Where the machine is too busy a fill is given up before anybody can join it.
    while not joined and rounds < MOST_ROUNDS:
        rounds += 1
        for kind in PATHS:
            scene.change(source)
            for node in scene.fleet.behind:
                joined |= _in_flight_over_a_change(scene, source, kind, node)
    assert joined
    outlast(scene, scene.watch.latest() + STEADY)
    assert_shown_everywhere(scene, source)
    scene.judge()


def _in_flight_over_a_change(scene: Scene, source: LoadSource, kind: Kind, node: Node) -> bool:
    """Whether somebody came after the change and before the fill was over: a later fill has to be what answers him."""
    # A purge lets go of what is held, so that the watch's next question is a fill; the first of them is kept back.
    tap, line = scene.fleet.taps[node.name, "control"], Line(target_of(node))
    # Kept back for longer than a node waits for its store, it is given up, and last known good is the answer.
    with scene.excused([("stale", node.name), ("stale", NGINX)]), closing(line):
        with tap.keeping_back(f"/documents/{kind}/{source.key}".encode()):
            purges = _purged_until(scene, source, lambda: tap.holding)
            reign = scene.write(source)
            scene.until(lambda: _applied_behind(scene, reign), "the nodes behind nginx have applied the change")
            line.request("GET", path_of(kind, source.key))
            scene.until(line.sent, "the node has read the question")
            joined = tap.holding
        answer = line.getresponse()
        for purge in purges:
            purge.live = scene.wait(purge.position)
        reign.live = scene.wait(reign.position)
    assert answer.status == 200
    if "fwd=stale" in answer.headers["cache-status"]:
        return False
    assert (position_of(answer.headers["edge-as-of"]) or 0) >= reign.position
    return joined


def _purged_until(scene: Scene, source: LoadSource, holding: Callable[[], bool]) -> list[Purge]:
    """Purge, and again where the node found what another had read by then in Redis, and asked nobody."""
    purges: list[Purge] = []
    while not holding():
        assert len(purges) < MOST_PURGES, "no purge made the node ask its control node"
        purges.append(scene.purge([source]))
        until = time.monotonic() + FILL_BEGINS
        scene.until(lambda: holding() or time.monotonic() > until, "a fill is under way")  # noqa: B023 - at once
    return purges


def _applied_behind(scene: Scene, reign: Reign) -> bool:
    """A fill that is under way keeps back what is shown, not what is known."""
    hosts = scene.receipt(reign.position)["hosts"]
    (nodes,) = (host["nodes"] for host in hosts if host["front"]["kind"] == NGINX)
    return len(nodes) == len(scene.fleet.behind) and all(one["cursor"] >= reign.position for one in nodes)
