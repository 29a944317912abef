"""A fleet that goes through faults, with changes before, during and after them.

change live ─► fault ─► change ─► its part is started again ─► change live ─► everything is everywhere
"""

import time
from collections.abc import Collection, Sequence
from contextlib import closing
from functools import partial

from tests.fleet.faults import Fault
from tests.fleet.kept import assert_last_known_good, assert_nothing_evicted, remembered
from tests.fleet.scene import LEASE, LOOK_AGAIN, PATIENCE, Scene, refused, told
from tests.fleet.watch import Line, look, questions


def undergo(scene: Scene, *faults: Fault) -> None:
    """``faults`` together; they are healed from the last to the first.

    Raises AssertionError when a receipt says what is not so, or when something does not arrive.
    """
    first, second, third, *_ = scene.watched
    unproven = _unproven(faults)
    scene.change(first)
    remembered(scene, unproven)
    with scene.excused([one for fault in faults for one in fault.excused]):
        for fault in faults:
            fault.breaks(scene)
        endure(scene, faults)
        for fault in reversed(faults):
            fault.heals(scene)
        assert_nothing_evicted(scene, unproven)
        scene.change(third)
        # What may have been lost is written again, as its admin would: nobody had told him that it stands.
        scene.change(second)
    scene.live_everywhere()


def endure(scene: Scene, faults: Sequence[Fault]) -> None:
    """Change something, and see what comes of it while the faults last."""
    broken, second = time.monotonic(), scene.watched[1]
    expected = {fault.meanwhile for fault in faults}
    if "refused" in expected:
        refused(scene.write, second)
    else:
        reign = scene.write(second)
        if expected == {"live"}:
            reign.live = scene.wait(reign.position)
        else:
            pending(scene, reign.position)
    if any(fault.slow for fault in faults):
        outlast(scene, broken + LEASE)
    assert_ready(scene, _failing(faults))
    for target in _unproven(faults):
        scene.until(partial(scene.watch.marked, target, broken), f"{target} gives last known good")
        assert_nothing_fresh(scene, target)
        assert_last_known_good(scene, target)


def _failing(faults: Sequence[Fault]) -> set[str]:
    return {target for fault in faults for excuse, target in fault.excused if excuse == "failing"}


def _unproven(faults: Sequence[Fault]) -> list[str]:
    """Who comes to give last known good from memory: not one that another of the faults has killed."""
    return [target for fault in faults for target in fault.marks if target not in _failing(faults)]


def assert_ready(scene: Scene, failing: Collection[str]) -> None:
    """I35: a node that has lost its store, its control node or Redis goes on answering, and says so."""
    for node in (scene.fleet.control, *scene.fleet.nodes):
        assert node.name in failing or node.ready(), f"{node.name} is not ready"


def assert_nothing_fresh(scene: Scene, name: str) -> None:
    """I12: after its lease, a node calls nothing fresh of what nobody has changed either. That something was changed
    the stream may tell it, lease or no lease."""
    (target,) = (one for one in scene.targets() if one.name == name)
    with closing(Line(target)) as line:
        for source, kind, encoding in questions(scene.watched[:1]):
            if encoding == "identity":
                seen = look(line, (source, kind, encoding))
                assert seen.marked, told(seen, scene.history)


def outlast(scene: Scene, until: float) -> None:
    """Go on until then: the watch sees what everybody answers meanwhile."""
    scene.until(lambda: scene.watch.latest() > until, "everybody is asked")


def pending(scene: Scene, position: int) -> None:
    """A receipt that names what is wrong, and is not live though every node has applied the position."""
    deadline = time.monotonic() + PATIENCE
    while True:
        receipt = scene.receipt(position)
        assert receipt["state"] == "pending", receipt
        cursors = [node["cursor"] for host in receipt["hosts"] for node in host["nodes"]]
        if receipt["last_error"] is not None and min(cursors) >= position:
            return
        assert time.monotonic() < deadline, f"nothing says why it is pending: {receipt}"
        time.sleep(LOOK_AGAIN)
