"""Revokes, and nodes that start with nothing else there: from the disk, marked, and never what they know is revoked."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from loadtest.sources import LoadSource
from tests.fleet import solitude
from tests.fleet.aside import asked, cursor_of, kept_on_disk, not_last_known_good, not_refused, unread
from tests.fleet.faults import ALONE, BEHIND, node_of, restarted
from tests.fleet.history import Purge
from tests.fleet.judge import NGINX
from tests.fleet.scene import ON_ERROR, Scene

pytestmark = pytest.mark.timeout(300)


def revoked(scene: Scene, source: LoadSource) -> Purge:
    purge = scene.purge([source], "revoke")
    purge.live = scene.wait(purge.position)
    return purge


@contextmanager
def nothing_but(scene: Scene, name: str) -> Iterator[None]:
    """Everything is gone, and one node starts; at the end all is there again, and shows everything."""
    with scene.excused([*solitude.ABANDONED, ("deserted", NGINX)]):
        solitude.begins(scene, name)
        yield
        solitude.ends(scene, name)
    scene.live_everywhere()


def test_i20_a_node_that_knows_of_a_revoke_obeys_it_when_it_starts_with_nothing_else_there(scene: Scene) -> None:
    secret, kept = scene.fleet.sources[4:6]
    with scene.excused(restarted(ALONE)):
        kept_on_disk(scene, ALONE, [secret, kept])
        with unread(scene, secret, ALONE) as held:
            node_of(scene, ALONE).start()
            purge = revoked(scene, secret)
            with nothing_but(scene, ALONE):
                held.close()
                assert not_last_known_good(asked(scene, ALONE, kept)) == []
                assert not_refused(asked(scene, ALONE, secret)) == [], f"revoked at {purge.position}"
                assert not node_of(scene, ALONE).ready()
    scene.judge()


def test_i20_a_node_that_was_down_when_something_was_revoked_learns_of_it_from_the_disk_of_its_host(
    scene: Scene,
) -> None:
    secret, kept = scene.fleet.sources[4:6]
    with scene.excused(restarted(*BEHIND)):
        kept_on_disk(scene, BEHIND[1], [secret, kept])
        with unread(scene, secret, BEHIND[0]) as held:
            purge = scene.purge([secret], "revoke")
            scene.until(lambda: cursor_of(scene, purge) >= purge.position, "the other node of its host knows of it")
            with nothing_but(scene, BEHIND[1]):
                held.close()
                assert not_last_known_good(asked(scene, BEHIND[1], kept)) == []
                assert not_refused(asked(scene, BEHIND[1], secret)) == [], f"revoked at {purge.position}"
        purge.live = scene.wait(purge.position)
    scene.judge()


def test_i20_a_node_that_hears_of_a_revoke_refuses_what_it_has_in_memory_though_it_reaches_no_control_node(
    scene: Scene,
) -> None:
    """The stream says it, whoever else is silent; and what is in memory is all that there is to answer with."""
    secret, kept = scene.fleet.sources[4:6]
    for source in (secret, kept):
        assert not any(seen.faults or seen.marked for seen in asked(scene, ALONE, source))
    with scene.excused([("stale", ALONE)]):
        scene.fleet.taps[ALONE, "control"].cut()
        scene.until(lambda: not not_last_known_good(asked(scene, ALONE, secret)), "it answers from memory, marked")
        purge = scene.purge([secret], "revoke")
        scene.until(lambda: not not_refused(asked(scene, ALONE, secret)), "it refuses what is revoked")
        assert not_last_known_good(asked(scene, ALONE, kept)) == []
        scene.fleet.taps[ALONE, "control"].heal()
        purge.live = scene.wait(purge.position)
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
            assert not_last_known_good(answers) == []
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
