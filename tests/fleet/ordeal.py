"""A fleet that goes through one fault, with changes before, during and after it."""

import time

from tests.fleet.faults import Fault
from tests.fleet.scene import LEASE, LOOK_AGAIN, PATIENCE, Scene, refused


def undergo(scene: Scene, fault: Fault) -> None:
    """Raises AssertionError when a receipt says what is not so, or when something does not arrive."""
    first, second, third, *_ = scene.watched
    scene.change(first)
    with scene.excused(fault.excused):
        fault.breaks(scene)
        broken = time.monotonic()
        if fault.meanwhile == "refused":
            refused(scene.write, second)
        else:
            reign = scene.write(second)
            if fault.meanwhile == "live":
                reign.live = scene.wait(reign.position)
        if fault.slow:
            outlast(scene, broken + LEASE)
        if fault.meanwhile == "pending":
            pending(scene, reign.position)
        fault.heals(scene)
        scene.change(third)
        # What may have been lost is written again, as its admin would: nobody had told him that it stands.
        scene.change(second)
    scene.live_everywhere()


def outlast(scene: Scene, until: float) -> None:
    """Go on until a lease has run out: the watch sees what everybody answers meanwhile."""
    deadline = time.monotonic() + PATIENCE
    while (seen := scene.watch.latest()) < until:
        assert time.monotonic() < deadline, f"nobody was asked for {until - seen:.1f} s"
        time.sleep(LOOK_AGAIN)


def pending(scene: Scene, position: int) -> None:
    """A receipt that names what is wrong, and is not live."""
    deadline = time.monotonic() + PATIENCE
    while True:
        receipt = scene.receipt(position)
        assert receipt["state"] == "pending", receipt
        if receipt["last_error"] is not None:
            return
        assert time.monotonic() < deadline, f"nothing says why it is pending: {receipt}"
        time.sleep(LOOK_AGAIN)
