"""Revokes, and nodes that start with nothing else there: from the disk, marked, and never what they know is revoked."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from loadtest.sources import LoadSource
from tests.fleet import solitude
from tests.fleet.faults import ALONE, BEHIND, node_of, restarted
from tests.fleet.history import Purge
from tests.fleet.judge import NGINX, Seen
from tests.fleet.scene import ON_ERROR, Scene, target_of
from tests.fleet.watch import Line, look, questions

pytestmark = pytest.mark.timeout(300)


def asked(scene: Scene, name: str, source: LoadSource) -> list[Seen]:
    """What a node answers for every variant of ``source``."""
    line = Line(target_of(node_of(scene, name)))
    answers = [look(line, question) for question in questions([source])]
    line.close()
    return answers


def not_refused(answers: list[Seen]) -> list[str]:
    """What was answered otherwise, variant by variant."""
    return [_said(seen) for seen in answers if [fault.got for fault in seen.faults] != ["503"]]


def not_last_known_good(answers: list[Seen]) -> list[str]:
    return [_said(seen) for seen in answers if seen.faults or not seen.marked]


def _said(seen: Seen) -> str:
    faults = [f"{fault.what}: {fault.got}" for fault in seen.faults]
    shown = f"as of position {seen.position}, {'marked stale' if seen.marked else 'called fresh'}"
    return f"{seen.kind} ({seen.encoding}): {', '.join(faults) or shown}"


def kept_on_disk(scene: Scene, name: str, sources: list[LoadSource]) -> None:
    """Ask for what nobody else asks for, so that the host has copies of it, as of now."""
    for source in sources:
        assert not any(seen.faults for seen in asked(scene, name, source))
    node = node_of(scene, name)
    # A graceful end writes down what still waits for the disk.
    node.end()


@contextmanager
def unread(scene: Scene, source: LoadSource, name: str) -> Iterator[ExitStack]:
    """What a node has of ``source`` stays what it is, until the block ends or what is given is closed. Otherwise
    somebody asks for it: the auditor, for what was changed lately. It would be read from the control node, or from what
    another node has put into Redis: newer than a revoke, and so nothing that has to be refused."""
    with ExitStack() as stack:
        for server in ("control", "redis"):
            stack.enter_context(scene.fleet.taps[name, server].keeping_back(source.key.encode(), every=True))
        yield stack


def revoked(scene: Scene, source: LoadSource) -> Purge:
    purge = scene.purge([source], "revoke")
    purge.live = scene.wait(purge.position)
    return purge


def cursor_of(scene: Scene, purge: Purge) -> int:
    """How far the one node behind nginx that runs has come."""
    (nodes,) = (host["nodes"] for host in scene.receipt(purge.position)["hosts"] if host["front"]["kind"] == NGINX)
    return int(nodes[0]["cursor"]) if len(nodes) == 1 else 0


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
