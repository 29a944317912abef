"""Revokes, and nodes that start with nothing else there: from the disk, marked, and never what they know is revoked."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from loadtest.sources import LoadSource
from tests.fleet.faults import ALONE, BEHIND, CONTROL, node_of, restarted
from tests.fleet.history import Purge
from tests.fleet.judge import NGINX, Excuse, Seen
from tests.fleet.scene import ON_ERROR, Scene, target_of
from tests.fleet.watch import Line, look, questions

pytestmark = pytest.mark.timeout(300)

OTHERS = (*BEHIND, CONTROL)
EVERYBODY = (ALONE, *OTHERS, NGINX)
EXCUSES: tuple[Excuse, ...] = ("failing", "stale", "deserted")


def asked(scene: Scene, name: str, source: LoadSource) -> list[Seen]:
    """What a node answers for every variant of ``source``."""
    line = Line(target_of(node_of(scene, name)))
    answers = [look(line, question) for question in questions([source])]
    line.close()
    return answers


def refuses(answers: list[Seen]) -> bool:
    return all([fault.got for fault in seen.faults] == ["503"] for seen in answers)


def last_known_good(answers: list[Seen]) -> bool:
    return all(not seen.faults and seen.marked for seen in answers)


def kept_on_disk(scene: Scene, name: str, sources: list[LoadSource]) -> None:
    """Ask for what nobody else asks for, so that the host has copies of it, as of now."""
    for source in sources:
        assert not any(seen.faults for seen in asked(scene, name, source))
    node = node_of(scene, name)
    # A graceful end writes down what still waits for the disk.
    node.end()


def revoked(scene: Scene, source: LoadSource) -> Purge:
    purge = scene.purge([source], "revoke")
    purge.live = scene.wait(purge.position)
    return purge


@contextmanager
def nothing_but(scene: Scene, name: str) -> Iterator[None]:
    """Everything is gone, and one node starts; at the end all is there again, and shows everything."""
    fleet = scene.fleet
    assert fleet.redis is not None
    assert fleet.postgres is not None
    with scene.excused([(excuse, target) for excuse in EXCUSES for target in EVERYBODY]):
        for other in (ALONE, *OTHERS):
            node_of(scene, other).kill()
        fleet.redis.process.kill()
        fleet.postgres.stop()
        node = node_of(scene, name)
        node.launch()
        node.process.wait_until(node.alive, "it answers")
        yield
        fleet.postgres.start()
        fleet.redis.start()
        others = [node_of(scene, other) for other in (CONTROL, ALONE, *BEHIND) if other != name]
        for other_node in others:
            other_node.launch()
        for one in (*others, node):
            one.wait_ready()
    scene.live_everywhere()


def test_i20_a_node_that_knows_of_a_revoke_obeys_it_when_it_starts_with_nothing_else_there(scene: Scene) -> None:
    secret, kept = scene.fleet.sources[4:6]
    with scene.excused(restarted(ALONE)):
        kept_on_disk(scene, ALONE, [secret, kept])
        node_of(scene, ALONE).start()
        purge = revoked(scene, secret)
    assert purge.position
    with nothing_but(scene, ALONE):
        assert last_known_good(asked(scene, ALONE, kept))
        assert refuses(asked(scene, ALONE, secret))
        assert not node_of(scene, ALONE).ready()
    scene.judge()


def test_i20_a_node_that_was_down_when_something_was_revoked_learns_of_it_from_the_disk_of_its_host(
    scene: Scene,
) -> None:
    secret, kept = scene.fleet.sources[4:6]
    with scene.excused(restarted(BEHIND[1])):
        kept_on_disk(scene, BEHIND[1], [secret, kept])
        purge = revoked(scene, secret)
        node_of(scene, BEHIND[1]).start()
    with nothing_but(scene, BEHIND[1]):
        assert last_known_good(asked(scene, BEHIND[1], kept))
        # Either nothing, or what the other node of its host has read since.
        answers = asked(scene, BEHIND[1], secret)
        assert refuses(answers) or min(seen.position for seen in answers) >= purge.position
    scene.judge()


def test_a_receipt_says_for_how_long_a_node_that_was_down_may_show_what_is_revoked(scene: Scene) -> None:
    secret = scene.fleet.sources[4]
    with scene.excused([*restarted(ALONE), ("deaf", ALONE)]):
        kept_on_disk(scene, ALONE, [secret])
        node_of(scene, ALONE).start()
        node_of(scene, ALONE).kill()
        purge = revoked(scene, secret)
        receipt = scene.receipt(purge.position)
        assert receipt["state"] == "live"
        (unreachable,) = receipt["unreachable"]
        assert receipt["committed_at"] < unreachable["until"] <= receipt["committed_at"] + ON_ERROR + scene.patience
        with nothing_but(scene, ALONE):
            answers = asked(scene, ALONE, secret)
            assert last_known_good(answers)
            assert max(seen.position for seen in answers) < purge.position
    assert not any(seen.marked or seen.position < purge.position for seen in asked(scene, ALONE, secret))
    scene.judge()


def test_a_receipt_counts_what_lies_on_the_disk_of_a_node_that_left(scene: Scene) -> None:
    secret = scene.fleet.sources[5]
    with scene.excused([*restarted(ALONE), ("deaf", ALONE)]):
        kept_on_disk(scene, ALONE, [secret])
        try:
            purge = revoked(scene, secret)
            # Whether it is live or settled by now: what may still show it has to be named.
            unreachable = scene.receipt(purge.position)["unreachable"]
        finally:
            node_of(scene, ALONE).start()
    assert [one["host"] for one in unreachable] == ["host-0"]
