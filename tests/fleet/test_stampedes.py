"""A thousand who ask at once for what nobody has: each node reads the store once (I31, over processes)."""

import pytest

from loadtest.documents import path_of
from loadtest.sources import LoadSource
from tests.fleet.crowd import Came, stampede
from tests.fleet.judge import NGINX
from tests.fleet.ordeal import outlast
from tests.fleet.scene import FRESH, Scene

pytestmark = pytest.mark.timeout(300)

CROWD = 1000


def asked_of_the_store(scene: Scene, source: LoadSource) -> dict[str, int]:
    """How often each node has asked for the loader of ``source``, since the first question about it."""
    marker = f"/documents/loader/{source.key}".encode()
    return {node.name: scene.fleet.taps[node.name, "control"].count(marker) for node in scene.fleet.nodes}


def assert_one_document(came: list[Came]) -> None:
    assert [one.status for one in came] == [200] * CROWD
    for encoding in {one.encoding for one in came}:
        assert len({one.etag for one in came if one.encoding == encoding}) == 1


def test_i31_a_thousand_cold_requests_at_once_are_one_read_for_each_node_at_most(scene: Scene) -> None:
    source = scene.fleet.sources[-1]
    assert set(asked_of_the_store(scene, source).values()) == {0}
    everything = [target for target in scene.targets() if target.name != scene.fleet.control.name]
    assert_one_document(stampede(everything, path_of("loader", source.key), CROWD))
    # One that another node has read already is in the shared cache.
    assert max(asked_of_the_store(scene, source).values()) <= 1


def test_i31_a_thousand_cold_requests_to_nginx_are_one_read_for_each_node_at_most(scene: Scene) -> None:
    source = scene.fleet.sources[-2]
    assert set(asked_of_the_store(scene, source).values()) == {0}
    nginx = [target for target in scene.targets() if target.name == NGINX]
    assert_one_document(stampede(nginx, path_of("loader", source.key), CROWD))
    asked = asked_of_the_store(scene, source)
    assert max(asked.values()) <= 1
    assert asked["alone-0"] == 0
    outlast(scene, scene.watch.latest() + FRESH + 1)
    assert_one_document(stampede(nginx, path_of("loader", source.key), CROWD))
    assert max(asked_of_the_store(scene, source).values()) <= 1
