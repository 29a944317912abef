"""A rolling upgrade under load: nodes of two builds side by side, and no answer that only one of them would give."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
import pytest

from loadtest.checks import Answer, copy_of
from loadtest.documents import decoded
from loadtest.fleet.edgewise import Node
from loadtest.fleet.fleet import running_as
from tests.fleet.conftest import watched
from tests.fleet.faults import CONTROL, restarted
from tests.fleet.judge import Excuse, Seen
from tests.fleet.scene import PLAN, Scene
from tests.fleet.second_build import HIDES, MARK, make
from tests.fleet.wired import WiredFleet

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def scene() -> Iterator[Scene]:
    with running_as(WiredFleet, PLAN) as fleet, watched(fleet) as made:
        yield made


@dataclass(slots=True)
class Notes:
    """What documents were made of: files that they name, hidden settings that they show, and whose client."""

    files: set[str] = field(default_factory=set)
    hidden: list[tuple[float, str]] = field(default_factory=list)
    newer: dict[str, float] = field(default_factory=dict)
    older: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, seen: Seen, answer: Answer) -> None:
        if seen.faults or seen.kind == "integrations":
            return
        copy = copy_of(answer)
        body = decoded(copy.body, "" if copy.encoding == "identity" else copy.encoding)
        with self._lock:
            if seen.kind == "settings":
                self._manifest(seen, json.loads(body)["remotePlugins"])
            else:
                (self.newer if MARK in body else self.older)[seen.target] = seen.sent

    def _manifest(self, seen: Seen, plugins: list[dict[str, object]]) -> None:
        for plugin in plugins:
            self.files.add(str(plugin["url"]))
            settings = plugin["settings"]
            assert isinstance(settings, dict)
            if HIDES[1] in settings:
                self.hidden.append((seen.sent, seen.target))


def upgraded(node: Node, build: Path) -> Node:
    """The same node, at the same address, of another build."""
    node.end()
    newer = Node(replace(node.options, build=build))
    newer.start()
    return newer


def every_file_is_there(scene: Scene, notes: Notes) -> None:
    """Each file that was ever named, from each node and through nginx."""
    for node in scene.fleet.nodes:
        with node.client() as client:
            for url in list(notes.files):
                assert client.get(httpx.URL(url).path).status_code == 200, (node.name, url)
    for url in list(notes.files):
        assert httpx.get(url, trust_env=False).status_code == 200, url


def test_i22_a_rolling_upgrade_loses_no_file_and_publishes_nothing_that_the_newer_definition_hides(
    scene: Scene, tmp_path: Path
) -> None:
    build, notes, fleet = make(tmp_path), Notes(), scene.fleet
    scene.watch.note = notes.take
    scene.until(lambda: bool(notes.hidden and notes.older), "the older build's documents are seen")
    every_file_is_there(scene, notes)
    head = scene.head()
    # A control node brings what its release ships into the store; nodes of the older build publish it from there.
    outage: list[tuple[Excuse, str]] = [("failing", CONTROL), *(("stale", name) for name in scene.names())]
    with scene.excused(outage):
        fleet.control = upgraded(fleet.control, build)
        scene.until(lambda: scene.head() > head, "the newer release is imported")
        imported = scene.wait(scene.head())
    every_file_is_there(scene, notes)
    for nodes in (fleet.behind, fleet.alone):
        for place, node in enumerate(nodes):
            scene.change(scene.watched[0])
            with scene.excused(restarted(node.name)):
                nodes[place] = upgraded(node, build)
            every_file_is_there(scene, notes)
    scene.live_everywhere()
    done = time.monotonic()
    scene.until(lambda: all(notes.newer.get(name, 0.0) > done for name in scene.names()), "everybody was asked")
    assert [(sent - imported, target) for sent, target in notes.hidden if sent > imported] == []
    assert {target: sent for target, sent in notes.older.items() if sent > imported} == {}
    scene.judge()
