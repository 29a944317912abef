"""A rolling upgrade under load: nodes of two builds side by side, and no answer that only one of them would give."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import pytest

from loadtest.checks import Answer, copy_of
from loadtest.documents import decoded
from loadtest.fleet.edgewise import Node
from loadtest.fleet.fleet import running_as
from tests.fleet.conftest import watched
from tests.fleet.faults import CONTROL, restarted
from tests.fleet.judge import NGINX, Excuse, Seen
from tests.fleet.scene import PLAN, Scene
from tests.fleet.second_build import HIDES, MARK, make
from tests.fleet.watch import PACE, PATIENCE, Line, Target
from tests.fleet.wired import WiredFleet

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def own_scene() -> Iterator[Scene]:
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

    def named(self) -> set[str]:
        with self._lock:
            return set(self.files)

    def take(self, seen: Seen, answer: Answer) -> None:
        if seen.faults or seen.kind == "integrations":
            return
        copy = copy_of(answer)
        body = decoded(copy.body, "" if copy.encoding == "identity" else copy.encoding)
        with self._lock:
            if seen.kind == "settings":
                self._manifest(seen, json.loads(body)["remotePlugins"])
            # Its other half has the client.
            elif seen.kind != "manifest":
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


@dataclass(frozen=True, slots=True)
class Asked:
    """``status`` is 0 where no answer came."""

    target: str
    url: str
    sent: float
    status: int


class Browsing:
    """Somebody who asks for every file that any document has named, at each target, again and again."""

    def __init__(self, scene: Scene, notes: Notes) -> None:
        self._notes = notes
        self._ending = threading.Event()
        self.asked: list[Asked] = []
        self._threads = [threading.Thread(target=self._run, args=(target,), daemon=True) for target in scene.targets()]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join(2 * PATIENCE)

    def since(self, began: float) -> set[tuple[str, str]]:
        """Which files were had from which target, in answers to what was asked after ``began``."""
        return {(one.target, one.url) for one in list(self.asked) if one.sent > began and one.status == 200}

    def missed(self) -> list[Asked]:
        """What said that there is no such file; and through nginx, which always has a node, whatever was not that file.
        A node itself answers nothing while it is replaced."""
        return [one for one in self.asked if one.status == 404 or (one.target == NGINX and one.status != 200)]

    def _run(self, target: Target) -> None:
        line = Line(target)
        # A pace, not a wait: what is asked for is asked for again and again.
        while not self._ending.wait(PACE):
            for url in sorted(self._notes.named()):
                sent = time.monotonic()
                self.asked.append(Asked(target.name, url, sent, line.ask(urlsplit(url).path, "br").status))
        line.close()


def every_file_is_there(scene: Scene, notes: Notes, browsing: Browsing) -> None:
    """Each file that was ever named is had from each node, and through nginx, in answers to what is asked from now."""
    began = time.monotonic()
    wanted = {(name, url) for name in scene.names() for url in notes.named()}
    scene.until(lambda: wanted <= browsing.since(began), "every file is had from everybody")


def test_i22_a_rolling_upgrade_loses_no_file_and_publishes_nothing_that_the_newer_definition_hides(
    own_scene: Scene, tmp_path: Path
) -> None:
    scene = own_scene
    build, notes, fleet = make(tmp_path), Notes(), scene.fleet
    scene.watch.note = notes.take
    scene.until(lambda: bool(notes.hidden and notes.older), "the older build's documents are seen")
    with Browsing(scene, notes) as browsing:
        every_file_is_there(scene, notes, browsing)
        head = scene.head()
        # A control node brings what its release ships into the store; nodes of the older build publish it from there.
        outage: list[tuple[Excuse, str]] = [("failing", CONTROL), *(("stale", name) for name in scene.names())]
        with scene.excused(outage):
            fleet.control = upgraded(fleet.control, build)
            scene.until(lambda: scene.head() > head, "the newer release is imported")
            imported = scene.wait(scene.head())
        every_file_is_there(scene, notes, browsing)
        for nodes in (fleet.behind, fleet.alone):
            for place, node in enumerate(nodes):
                scene.change(scene.watched[0])
                with scene.excused(restarted(node.name)):
                    nodes[place] = upgraded(node, build)
                every_file_is_there(scene, notes, browsing)
        scene.live_everywhere()
        done = time.monotonic()
        scene.until(lambda: all(notes.newer.get(name, 0.0) > done for name in scene.names()), "everybody was asked")
    assert browsing.missed() == []
    assert [(sent - imported, target) for sent, target in notes.hidden if sent > imported] == []
    assert {target: sent for target, sent in notes.older.items() if sent > imported} == {}
    scene.judge()
