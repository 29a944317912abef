"""A change reaches every node, and nginx in every variant of every document, and nothing turns back."""

import pytest

from loadtest.documents import PATHS, Kind
from loadtest.sources import LoadSource
from tests.fleet.faults import ALONE
from tests.fleet.judge import NGINX
from tests.fleet.ordeal import outlast
from tests.fleet.scene import Scene
from tests.fleet.watch import Line, look, questions

pytestmark = pytest.mark.timeout(300)

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


def test_i14_nothing_turns_back_while_a_slow_fill_from_before_a_change_comes_in(scene: Scene) -> None:
    """A fill that began before the change, whose answer comes when others show the new already: it must not be kept.

    fill asks ── store answers: old ── change applied ── the old answer comes in ── nginx must not turn back to it
    """
    source = scene.watched[0]
    for kind in PATHS:
        scene.change(source)
        for node in scene.fleet.behind:
            _in_flight_over_a_change(scene, source, kind, node.name)
    outlast(scene, scene.watch.latest() + STEADY)
    assert_shown_everywhere(scene, source)
    scene.judge()


def _in_flight_over_a_change(scene: Scene, source: LoadSource, kind: Kind, node: str) -> None:
    # A purge lets go of what is held, so that the watch's next question is a fill; the first of them is kept back.
    tap = scene.fleet.taps[node, "control"]
    # Kept back for longer than a node waits for its store, it is given up, and last known good is the answer.
    with scene.excused([("stale", node), ("stale", NGINX)]):
        with tap.keeping_back(f"/documents/{kind}/{source.key}".encode()):
            purge = scene.purge([source])
            scene.until(lambda: tap.holding, "a fill is under way")
            reign = scene.write(source)
            scene.until(lambda: _shows(scene, ALONE, source, reign.counter), "another node shows the change")
        purge.live = scene.wait(purge.position)
        reign.live = scene.wait(reign.position)


def _shows(scene: Scene, name: str, source: LoadSource, counter: int) -> bool:
    (target,) = (target for target in scene.targets() if target.name == name)
    line = Line(target)
    seen = look(line, (source, "settings", "br"))
    line.close()
    return seen.counter == counter
