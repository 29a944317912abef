"""A node that has missed entries of the journal, and what it does before it calls anything fresh again."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx
import orjson
import pytest

from edge.journal.announcer import stream_name
from edge.journal.membership import Presence
from edge.observe.asking import NO_TLS
from edge.observe.snapshot import read_snapshot
from tests.fleet.backup import postgres_of
from tests.fleet.faults import ALONE, forget_stream, node_of
from tests.fleet.scene import Scene

pytestmark = pytest.mark.timeout(300)


def present(scene: Scene) -> Mapping[str, str]:
    """The id of the node without a front, and where it tells what it has counted."""
    return Presence(Path(node_of(scene, ALONE).options.settings["EDGE_DATA_DIR"]) / "nodes").urls()


def counted(scene: Scene, name: str) -> int:
    """What the node without a front has counted since it was started."""
    (url,) = present(scene).values()
    answer = httpx.get(f"{url}/stats", trust_env=False, verify=NO_TLS).raise_for_status()
    return int(read_snapshot(answer.content).values[name])


def reached(scene: Scene) -> int:
    """Where the node without a front is, as it has reported."""
    return max((int(one["cursor"]) for one in scene.status()["nodes"] if one["node"] in present(scene)), default=0)


def told(scene: Scene) -> int:
    """The last position in the journal's stream."""
    redis = scene.fleet.redis
    assert redis is not None
    (stream,) = (name for name in redis.streams() if name.startswith(stream_name("")))
    return int(orjson.loads(redis.entries(stream)[-1]["entry"])["position"])


@contextmanager
def cut_off(scene: Scene) -> Iterator[None]:
    """The node without a front hears nothing while the block runs, until it has noticed that."""
    servers = [scene.fleet.taps[ALONE, server] for server in ("control", "redis")]
    scene.live_everywhere()
    with scene.excused([("stale", ALONE)]):
        began = scene.watch.latest()
        for tap in servers:
            tap.cut()
        yield
        scene.until(partial(scene.watch.marked, ALONE, began), "it gives last known good")
        for tap in servers:
            tap.heal()
    # While it was cut off, changes were live without it.
    scene.until(lambda: reached(scene) == scene.head(), "it has caught up")
    scene.live_everywhere()


@pytest.mark.parametrize("forgotten", [False, True], ids=["the stream has it", "the stream has forgotten it"])
def test_i10_a_node_that_was_cut_off_applies_exactly_what_it_missed_before_it_calls_anything_fresh(
    scene: Scene, forgotten: bool
) -> None:
    scene.change(scene.watched[0])
    applied, resyncs = counted(scene, "applied"), counted(scene, "resyncs")
    with cut_off(scene):
        for source in scene.watched:
            scene.change(source)
        if forgotten:
            forget_stream(scene)
    assert counted(scene, "applied") - applied == len(scene.watched)
    assert counted(scene, "resyncs") == resyncs
    scene.judge()


def test_i11_a_node_that_missed_what_the_journal_has_forgotten_by_then_calls_nothing_fresh_that_it_had(
    scene: Scene,
) -> None:
    scene.change(scene.watched[0])
    resyncs = counted(scene, "resyncs")
    with cut_off(scene):
        for source in scene.watched:
            scene.change(source)
        scene.live_everywhere()
        # A moment after the others have heard of it.
        scene.until(lambda: told(scene) == scene.head(), "the stream has all of it")
        # As a store does with what is older than its horizon: the head's own entry stays.
        postgres_of(scene).query(f"DELETE FROM journal WHERE position < {scene.head()}")
        # Or else the stream brings what was missed.
        forget_stream(scene)
    assert counted(scene, "resyncs") == resyncs + 1
    scene.judge()
