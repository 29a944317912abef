"""Faults in an order drawn from a seed, some of them two at once: the same each time, unless EDGEWISE_TEST_SEED names
another seed or is ``random``. EDGEWISE_TEST_ROUNDS makes it longer."""

import os
import random
import sys
from collections.abc import Sequence

import pytest

from tests.fleet.faults import FAULTS, Fault
from tests.fleet.ordeal import undergo
from tests.fleet.scene import Scene

pytestmark = pytest.mark.timeout(600)

SEED = "EDGEWISE_TEST_SEED"
USUAL = "574965777"
"""Its sixth round kills a node and stops the store at once."""
ROUNDS = "EDGEWISE_TEST_ROUNDS"
TOGETHER = 0.5
"""How often a second fault comes with the first."""


def drawn(chance: random.Random) -> Sequence[Fault]:
    """One fault; or a quick one of another part, and then that one."""
    fault = chance.choice(FAULTS)
    quick = [one for one in FAULTS if one.part != fault.part and one.meanwhile == "live" and not one.slow]
    return (chance.choice(quick), fault) if chance.random() < TOGETHER else (fault,)


def test_faults_in_any_order_and_together_leave_a_fleet_that_has_lost_nothing(scene: Scene) -> None:
    seed = os.environ.get(SEED) or USUAL
    if seed == "random":
        seed = str(random.SystemRandom().randrange(10**9))
    chance = random.Random(seed)
    for number in range(int(os.environ.get(ROUNDS, "6"))):
        faults = drawn(chance)
        said = f"{SEED}={seed}, round {number + 1}: {' and '.join(fault.name for fault in faults)}"
        # Shown by pytest for a test that failed.
        sys.stdout.write(f"{said}\n")
        chance.shuffle(scene.watched)
        purge = scene.purge(scene.watched[: chance.randrange(1, 4)], chance.choice(("invalidate", "revoke")))
        undergo(scene, *faults)
        purge.live = scene.wait(purge.position)
        scene.judge()
