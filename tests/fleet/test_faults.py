"""One fault after the other, each on its own: nothing older than allowed, nothing lost, and nobody has to do anything.

change live ─► fault ─► change ─► its part is started again ─► change live ─► everything is everywhere, and judged
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any

import pytest

from loadtest.fleet.edgewise import Node
from tests.fleet.faults import ALONE, FAULTS, Fault, node_of, restarted
from tests.fleet.lying import COMMAND
from tests.fleet.ordeal import outlast, undergo
from tests.fleet.scene import GUARD, LEASE, Scene, target_of
from tests.fleet.watch import Line, look, questions

pytestmark = pytest.mark.timeout(300)


NGINX_GONE = [fault for fault in FAULTS if fault.meanwhile == "pending"]
UNPROVEN = [fault for fault in FAULTS if fault.marks]
OTHERS = [fault for fault in FAULTS if fault not in NGINX_GONE and fault not in UNPROVEN]
LASTING = LEASE + GUARD + 5.0
"""Seconds in which the auditor comes to say what lasts: a lease and the guard, a poll, and two rounds of its own."""


def named(fault: Fault) -> str:
    return fault.name


@pytest.mark.parametrize("fault", OTHERS, ids=named)
def test_after_a_fault_every_change_arrives_and_no_answer_was_older_than_allowed(scene: Scene, fault: Fault) -> None:
    undergo(scene, fault)
    scene.judge()


@pytest.mark.parametrize("fault", UNPROVEN, ids=named)
def test_i12_i35_who_cannot_prove_what_it_has_calls_nothing_fresh_after_its_lease_and_stays_ready(
    scene: Scene, fault: Fault
) -> None:
    undergo(scene, fault)
    scene.judge()


@pytest.mark.parametrize("fault", NGINX_GONE, ids=named)
def test_i13_a_receipt_is_pending_and_says_why_until_nginx_is_back(scene: Scene, fault: Fault) -> None:
    undergo(scene, fault)
    scene.judge()


def heard_and_content(scene: Scene, since: object) -> bool:
    """Whether the auditor has found nothing, in a round that ended after the one ``since`` then."""
    audit = scene.status()["auditor"]
    return bool(audit["state"] == "running" and audit["at"] != since and audit["findings"] == [])


def test_i36_when_all_is_over_the_auditor_has_nothing_to_say(scene: Scene) -> None:
    scene.change(scene.watched[0])
    over = scene.status()["auditor"]["at"]
    scene.until(lambda: heard_and_content(scene, over), "a round of the auditor in which it finds nothing")
    # What it takes for a difference now it says only when that has lasted.
    outlast(scene, scene.watch.latest() + LASTING)
    assert findings(scene) == []
    scene.judge()


def test_i36_the_auditor_finds_a_node_that_calls_fresh_what_was_changed(scene: Scene) -> None:
    """Receipts go by what nodes report. One that has read the journal and heeds none of it is in no receipt's way."""
    # Nobody watches it: whoever did would say so first.
    source = scene.fleet.sources[6]
    assert source not in scene.watched
    with scene.excused(restarted(ALONE)):
        with lying(scene) as liar:
            with closing(Line(target_of(liar))) as line:
                assert not any(look(line, question).faults for question in questions([source]))
            scene.change(source)
            scene.until(lambda: bool(findings(scene)), "the auditor has found something")
            found = findings(scene)
            assert {(one["trouble"], one["host"]) for one in found} == {("behind", "host-0")}
            assert all(source.key in one["about"] for one in found)
        over = scene.status()["auditor"]["at"]
    scene.until(lambda: heard_and_content(scene, over), "it has nothing to say of the node that took the liar's place")
    scene.judge()


@contextmanager
def lying(scene: Scene) -> Iterator[Node]:
    """In the place of the node without a front, at its address and on its disk, while the block runs."""
    honest = node_of(scene, ALONE)
    liar = Node(replace(honest.options, command=COMMAND))
    honest.end()
    scene.fleet.alone[:] = [liar]
    try:
        liar.start()
        yield liar
    finally:
        liar.end()
        scene.fleet.alone[:] = [honest]
        honest.start()


def findings(scene: Scene) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = scene.status()["auditor"]["findings"]
    return found
