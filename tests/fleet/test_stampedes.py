"""A thousand who ask at once for what nobody has: each node reads the store once (I31, over processes)."""

import math
import time

import pytest

from edge.publish.variants import ENCODINGS
from loadtest.documents import path_of
from loadtest.sources import LoadSource
from tests.fleet.crowd import Came, stampede
from tests.fleet.faults import ALONE
from tests.fleet.judge import NGINX
from tests.fleet.ordeal import outlast
from tests.fleet.scene import FRESH, Scene

pytestmark = pytest.mark.timeout(300)

CROWD = 1000
FLUSHED = 2.0
"""Seconds after which a request is in nginx's log."""
LOCK = 3
"""Seconds for which nginx lets others wait for one who asks a node (proxy_cache_lock_age)."""


def asked_of_the_store(scene: Scene, source: LoadSource) -> dict[str, int]:
    """How often each node has asked for the loader of ``source``, since it was first started."""
    marker = f"/documents/loader/{source.key}".encode()
    return {node.name: scene.fleet.taps[node.name, "control"].count(marker) for node in scene.fleet.nodes}


def came_to(scene: Scene, names: set[str], source: LoadSource) -> tuple[list[Came], float]:
    """A crowd at these targets, and how many seconds it took."""
    begun = time.monotonic()
    targets = [target for target in scene.targets() if target.name in names]
    came = stampede(targets, path_of("loader", source.key), CROWD)
    return came, time.monotonic() - begun


def assert_one_document(came: list[Came]) -> None:
    assert [one.status for one in came] == [200] * CROWD
    (document,) = {one.document() for one in came}
    assert document


def asked_of_nodes(scene: Scene, source: LoadSource) -> int:
    """How many requests for the loader of ``source`` nginx has passed on to its nodes, since it was first started."""
    outlast(scene, scene.watch.latest() + FLUSHED)
    return scene.fleet.asked_by_nginx(path_of("loader", source.key))


def most(seconds: float) -> int:
    """One for each variant, and one more for each time that nginx's lock ran out."""
    return len(ENCODINGS) * math.ceil(seconds / LOCK)


def test_i31_a_thousand_cold_requests_at_once_are_one_read_for_each_node_at_most(unaudited: Scene) -> None:
    scene, source = unaudited, unaudited.fleet.sources[-1]
    assert set(asked_of_the_store(scene, source).values()) == {0}
    came, _ = came_to(scene, set(scene.names()) - {scene.fleet.control.name}, source)
    assert_one_document(came)
    asked = asked_of_the_store(scene, source)
    assert max(asked.values()) == 1
    # One that another node has read already is in the shared cache.
    assert 1 <= sum(asked.values()) <= len(scene.fleet.nodes)


def test_i29_i31_of_a_thousand_cold_requests_to_nginx_and_of_those_at_expiry_a_node_gets_one_for_each_variant(
    unaudited: Scene,
) -> None:
    scene, source = unaudited, unaudited.fleet.sources[-2]
    assert set(asked_of_the_store(scene, source).values()) == {0}
    begun = time.monotonic()
    came, seconds = came_to(scene, {NGINX}, source)
    assert_one_document(came)
    asked = asked_of_the_store(scene, source)
    assert (max(asked.values()), asked[ALONE]) == (1, 0)
    cold = asked_of_nodes(scene, source)
    assert len(ENCODINGS) <= cold <= most(seconds)
    # Every copy has expired by then, and may still be shown while one is fetched.
    outlast(scene, begun + seconds + FRESH)
    came, seconds = came_to(scene, {NGINX}, source)
    assert_one_document(came)
    expired = asked_of_nodes(scene, source) - cold
    assert len(ENCODINGS) <= expired <= most(seconds)
    # The nodes have it in memory, and it is proven: nobody has asked for it but the crowds.
    assert asked_of_the_store(scene, source) == asked
