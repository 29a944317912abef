"""The shares of the budget, as seconds: how long what was replaced is used with no node left to say so, and what a
cache is told when it asks again."""

import time
from collections.abc import Callable
from contextlib import closing

import httpx
import pytest

from edge.model.budget import Budget
from edge.publish.variants import ENCODINGS, Encoding
from loadtest.checks import ACCEPTED
from loadtest.documents import PATHS, Kind, path_of, shown
from loadtest.sources import LoadSource
from tests.fleet.faults import BEHIND, node_of, restarted
from tests.fleet.judge import GRAIN, NGINX
from tests.fleet.scene import Scene
from tests.fleet.watch import Line, Target
from tests.support.private_cache import Cache, Response, Server

pytestmark = pytest.mark.timeout(300)

OF_A_BODY = {"content-type", "content-length", "content-encoding", "accept-ranges"}
PASSING = {"date", "cache-status", "connection", "age"}


class Crowd:
    """At every look a browser comes to nginx, a shared cache is put before nginx, and a browser comes to that: all of
    them keep what they get for as long as they may. Who has to ask again goes."""

    def __init__(self, client: httpx.Client, source: LoadSource, is_old: Callable[[Response], bool]) -> None:
        self._server, self._path, self._is_old = Server(client), path_of("settings", source.key), is_old
        self._direct: list[Cache] = []
        self._shared: list[Cache] = []
        self._behind: list[Cache] = []
        self.last = {"nginx": 0.0, "browser": 0.0, "browser behind a shared cache": 0.0}
        """When the old bytes were last used, and by whom."""
        self.unmarked = 0.0
        """When nginx last gave them without a word."""

    def look(self) -> bool:
        """Whether anybody has used the old bytes now."""
        self._direct = self._using(self._direct, "browser")
        self._behind = self._using(self._behind, "browser behind a shared cache")
        self._shared = [cache for cache in self._shared if self._keeps(cache)]
        for kind, is_shared in ((self._direct, False), (self._shared, True)):
            cache = Cache(self._server, time.time, shared=is_shared)
            got = cache.use(self._path).response
            if self._is_old(got):
                self.last["nginx"] = time.monotonic()
                if "detail=stale" not in got.headers["cache-status"]:
                    self.unmarked = time.monotonic()
                kind.append(cache)
        for shared in self._shared:
            self._behind.append(Cache(shared, time.time))
            self._behind[-1].use(self._path)
        return bool(self._direct or self._shared or self._behind)

    def _using(self, caches: list[Cache], name: str) -> list[Cache]:
        using = [cache for cache in caches if self._keeps(cache)]
        if using:
            self.last[name] = time.monotonic()
        return using

    def _keeps(self, cache: Cache) -> bool:
        used = cache.use(self._path)
        return used.how != "network" and self._is_old(used.response)


def through_nginx(scene: Scene) -> httpx.Client:
    assert scene.fleet.nginx is not None
    return httpx.Client(base_url=scene.fleet.nginx.url, trust_env=False)


def counter_of(response: Response) -> int | None:
    """What settings show; ``None`` for an answer that is none."""
    return shown("settings", response.body).counter if response.status == 200 else None


def test_i25_i27_with_no_node_left_no_byte_is_used_longer_than_the_shares_and_none_past_its_deadline_unmarked(
    scene: Scene,
) -> None:
    source, *_ = scene.watched
    budget = budget_of(scene)
    with scene.excused([*restarted(*BEHIND), ("failing", NGINX), ("deserted", NGINX)]), through_nginx(scene) as client:
        # The worst moment: nginx has just been given what the next change makes old.
        old = scene.change(source).counter
        for name in BEHIND:
            node_of(scene, name).kill()
        replaced = scene.change(source).answered
        crowd = Crowd(client, source, lambda response: counter_of(response) == old)
        scene.until(lambda: not crowd.look(), "nobody uses the old bytes any more", 2.0 * budget.worst())
        for name in BEHIND:
            node_of(scene, name).launch()
        for name in BEHIND:
            node_of(scene, name).wait_ready()
    last = {name: at - replaced for name, at in crowd.last.items()}
    front, browser = budget.front_fresh + budget.front_error, budget.browser_fresh + budget.browser_revalidate
    # Each share is used up but for what looks are apart, or this would be a test of nothing.
    assert budget.front_fresh < last["nginx"] < front + GRAIN
    assert last["nginx"] < last["browser"] < front + browser + GRAIN
    # The two end at about the same moment, and each is looked at in turn.
    assert last["browser"] - GRAIN < last["browser behind a shared cache"] <= budget.worst()
    assert crowd.unmarked - replaced < budget.front_fresh + GRAIN
    scene.judge()


def budget_of(scene: Scene) -> Budget:
    settings = scene.fleet.plan.settings
    return Budget(
        front_fresh=int(settings["EDGE_FRONT_FRESH"]),
        front_error=int(settings["EDGE_FRONT_ERROR"]),
        front_revalidate=int(settings["EDGE_FRONT_REVALIDATE"]),
        shared_fresh=int(settings["EDGE_SHARED_MAX_AGE"]),
        shared_revalidate=int(settings["EDGE_SHARED_REVALIDATE"]),
        browser_fresh=int(settings["EDGE_BROWSER_MAX_AGE"]),
        browser_revalidate=int(settings["EDGE_BROWSER_REVALIDATE"]),
        guard=int(settings["EDGE_GUARD"]),
    )


def test_i26_a_304_says_what_the_200_of_its_tag_says_and_a_change_is_told_as_a_whole(scene: Scene) -> None:
    source, *_ = scene.watched
    scene.change(source)
    tags: dict[tuple[str, Kind, Encoding], str] = {}
    for target in scene.targets():
        for kind in PATHS:
            for encoding in ENCODINGS:
                full = asked(target, source, kind, encoding)
                unchanged = asked(target, source, kind, encoding, full.headers["etag"])
                assert (full.status, unchanged.status) == (200, 304)
                assert said(unchanged) == said(full)
                tags[target.name, kind, encoding] = full.headers["etag"]
    scene.change(source)
    for target in scene.targets():
        for encoding in ENCODINGS:
            # Lists of destinations show no settings, so that this change leaves them as they are.
            for kind in ("settings", "loader"):
                tag = tags[target.name, kind, encoding]
                answer = asked(target, source, kind, encoding, tag)
                assert answer.status == 200
                assert answer.headers["etag"] != tag
            assert (
                asked(target, source, "integrations", encoding, tags[target.name, "integrations", encoding]).status
                == 304
            )
    scene.judge()


def asked(target: Target, source: LoadSource, kind: Kind, encoding: Encoding, tag: str = "") -> Response:
    with closing(Line(target)) as line:
        condition = {"If-None-Match": tag} if tag else {}
        line.request("GET", path_of(kind, source.key), headers={"Accept-Encoding": ACCEPTED[encoding], **condition})
        answer = line.getresponse()
        return Response(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())


def said(response: Response) -> dict[str, str]:
    """The headers, but for those of a body and those of one exchange."""
    return {name: value for name, value in response.headers.items() if name not in OF_A_BODY | PASSING}
