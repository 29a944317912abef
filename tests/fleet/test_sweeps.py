"""A purge of everything: nginx is refreshed key by key, the receipt says how far, and nothing from before is left."""

import time

import pytest

from tests.fleet.history import Purge
from tests.fleet.judge import NGINX
from tests.fleet.scene import Scene
from tests.fleet.watch import Line, look, questions

pytestmark = pytest.mark.timeout(300)


def test_i34_a_purge_of_everything_is_counted_while_it_goes_on_and_leaves_no_variant_from_before(scene: Scene) -> None:
    everybody = frozenset(source.id for source in scene.fleet.sources)
    purge = scene.history.purge(Purge("invalidate", everybody, time.monotonic()))
    body = {"tags": ["all"], "verb": "invalidate", "reason": "test"}
    answer = scene.api.post("/v1beta/purges", json=body).raise_for_status()
    purge.position = int(answer.headers["edge-position"])
    purge.live = scene.wait(purge.position)
    (front,) = (host["front"] for host in scene.receipt(purge.position)["hosts"] if host["front"]["kind"] == NGINX)
    assert front["done"] == front["total"] == len(everybody)
    for target in scene.targets():
        line = Line(target)
        positions = [look(line, asked).position for asked in questions(scene.fleet.sources)]
        assert min(positions) >= purge.position, target.name
        line.close()
    scene.wait(purge.position, states=("settled",))
    scene.judge()
