"""What a node had answered before a change and nginx gets after it was refreshed: no purge can win this race at once.

visitor's miss ── a node answers: old ── change applied, nginx refreshed: live ── nginx gets the answer, and stores: old
    ── not settled ── rebound: new ── settled: never the old one again
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace

import pytest

from edge.publish.variants import Encoding
from loadtest.checks import ACCEPTED, position_of
from loadtest.documents import Kind, path_of
from loadtest.fleet.fleet import running_as
from loadtest.sources import LoadSource
from tests.fleet.conftest import watched
from tests.fleet.exposed import ExposedFleet
from tests.fleet.history import Reign
from tests.fleet.judge import NGINX
from tests.fleet.perils import exposed as exposed_fleet
from tests.fleet.scene import PLAN, Scene
from tests.fleet.watch import Line, Target, look, questions

pytestmark = pytest.mark.timeout(300)

Variant = tuple[Kind, Encoding]
HELD: Sequence[Variant] = (("settings", "identity"), ("loader", "gzip"), ("integrations", "br"))
"""One variant of each document."""
STEADY = 5.0
"""Seconds for which nothing may turn back."""
LASTING = replace(PLAN, alone=0, settings={**PLAN.settings, "EDGE_FRONT_FRESH": "30"})
"""With copies that end long after all is over: an older one that goes has been replaced."""


@pytest.fixture
def lasting() -> Iterator[Scene]:
    with running_as(ExposedFleet, LASTING) as fleet, watched(fleet) as made:
        yield made


class Visitor:
    """Asks nginx for one variant on a connection of its own."""

    def __init__(self, scene: Scene, source: LoadSource, variant: Variant) -> None:
        self.line = Line(_nginx(scene))
        self._path = path_of(variant[0], source.key)
        self._accepts = ACCEPTED[variant[1]]

    def ask(self) -> None:
        self.line.request("GET", self._path, headers={"Accept-Encoding": self._accepts})

    def gets(self) -> int:
        """The position of what comes, in the end."""
        answer = self.line.getresponse()
        answer.read()
        assert answer.status == 200
        return position_of(answer.headers["edge-as-of"]) or 0


def test_i14_an_older_answer_that_nginx_gets_after_its_refresh_is_gone_when_the_change_is_settled(
    lasting: Scene,
) -> None:
    scene = lasting
    # nginx has nothing of what nobody watches. Where the machine is too busy it waits no longer for what is kept back.
    unwatched = (source for source in scene.fleet.sources if source not in scene.watched)
    tried = ((one, reign) for one in unwatched if (reign := _overtaken(scene, one)) is not None)
    overtaken = next(tried, None)
    assert overtaken is not None, "nginx waited for nothing that was kept back"
    source, reign = overtaken
    turned_back: set[Variant] = set()

    def settled() -> bool:
        state = scene.receipt(reign.position)["state"]
        turned_back.update(_older(scene, source, reign))
        return bool(state == "settled")

    scene.until(settled, "the change is settled")
    assert turned_back == set(HELD)
    until = time.monotonic() + STEADY
    while time.monotonic() < until:
        assert _older(scene, source, reign) == set()
    scene.judge()


def _overtaken(scene: Scene, source: LoadSource) -> Reign | None:
    """A change that is live while what nodes had answered before it is on its way into nginx, which then gets it;
    ``None`` where nginx did not wait for that."""
    passages = exposed_fleet(scene).passages.values()
    with ExitStack() as stack:
        visitors = [Visitor(scene, source, variant) for variant in HELD]
        for visitor in visitors:
            stack.callback(visitor.line.close)
        with ExitStack() as held:
            for passage in passages:
                held.enter_context(passage.keeping_back(*(f"GET {path_of(k, source.key)} ".encode() for k, _ in HELD)))
            for visitor in visitors:
                visitor.ask()
            scene.until(lambda: sum(one.held for one in passages) == len(HELD), "every answer is on its way")
            for passage in passages:
                passage.let_pass()
            reign = scene.change(source)
            assert _older(scene, source, reign) == set()
        return reign if all(visitor.gets() < reign.position for visitor in visitors) else None


def _nginx(scene: Scene) -> Target:
    return next(target for target in scene.targets() if target.name == NGINX)


def _older(scene: Scene, source: LoadSource, reign: Reign) -> set[Variant]:
    """Which variants nginx shows as of before ``reign``."""
    line = Line(_nginx(scene))
    answers = [look(line, question) for question in questions([source])]
    line.close()
    assert [seen for seen in answers if seen.faults or seen.marked] == []
    return {(seen.kind, seen.encoding) for seen in answers if seen.position < reign.position}
