"""What nodes have in memory of sources that nobody changes or watches: a lost store takes none of it away (I35)."""

from collections.abc import Sequence
from contextlib import closing
from functools import partial

from tests.fleet.faults import node_of
from tests.fleet.judge import Seen
from tests.fleet.scene import Scene, target_of, told
from tests.fleet.watch import Line, look, questions

HIT = "edgewise; hit"
"""The Cache-Status of what was in memory, and is called fresh."""


def remembered(scene: Scene, names: Sequence[str]) -> None:
    """Have each of these nodes in memory what nobody watches. The auditor asks for it as well, now and then: for two
    sources at a time, so that one round does not hide that all are gone."""
    for name in names:
        scene.until(partial(_nothing_read, scene, name), f"{name} has everything in memory")


def assert_last_known_good(scene: Scene, name: str) -> None:
    """While the store is lost: each is there, and none is called fresh (I12)."""
    for seen in _asked(scene, name):
        assert seen.marked, told(seen, scene.history)


def assert_nothing_evicted(scene: Scene, names: Sequence[str]) -> None:
    """Once a node has its lease again, its first answers are what it had in memory all the while: nothing is read."""
    for name in names:
        scene.until(partial(_leased, scene, name), f"{name} has its lease again")
        read = _read(scene, name)
        assert not read, "\n".join([f"{len(read)} documents had to be read anew", told(read[0], scene.history)])


def _asked(scene: Scene, name: str) -> list[Seen]:
    quiet = [source for source in scene.fleet.sources if source not in scene.watched]
    with closing(Line(target_of(node_of(scene, name)))) as line:
        # The encodings of a document are one thing in memory.
        return [look(line, question) for question in questions(quiet) if question[2] == "identity"]


def _read(scene: Scene, name: str) -> list[Seen]:
    return [seen for seen in _asked(scene, name) if seen.headers.get("cache-status") != HIT]


def _nothing_read(scene: Scene, name: str) -> bool:
    return not _read(scene, name)


def _leased(scene: Scene, name: str) -> bool:
    with node_of(scene, name).client() as client:
        return bool(client.get("/readyz").json().get("status") == "ready")
