"""Faults in an order drawn from a seed, some of them two at once: the same each time, unless EDGEWISE_TEST_SEED names
another seed or is ``random``. EDGEWISE_TEST_ROUNDS makes it longer."""

import os
import random
import sys
from collections.abc import Sequence

import pytest

from tests.fleet.faults import FAULTS, Fault
from tests.fleet.history import ALWAYS
from tests.fleet.ordeal import undergo
from tests.fleet.perils import EVERYTHING, PERILS
from tests.fleet.scene import Scene

pytestmark = pytest.mark.timeout(600)

SEED = "EDGEWISE_TEST_SEED"
USUAL = "93790"
ROUNDS = "EDGEWISE_TEST_ROUNDS"
FEWEST = "8"
TOGETHER = 0.5
"""How often a second fault comes with the first."""


ALL = (*FAULTS, *PERILS)


def drawn(chance: random.Random) -> Sequence[Fault]:
    """One fault; or a quick one of another part, and then that one."""
    fault = chance.choice(ALL)
    quick = [one for one in ALL if one.part != fault.part and one.meanwhile == "live" and not one.slow]
    together = chance.random() < TOGETHER and fault.part != EVERYTHING
    return (chance.choice(quick), fault) if together else (fault,)


def schedule(chance: random.Random, rounds: int) -> list[Sequence[Fault]]:
    return [drawn(chance) for _ in range(rounds)]


def test_the_usual_seed_draws_every_peril_and_kills_a_node_and_stops_the_store_at_once() -> None:
    rounds = [[fault.name for fault in faults] for faults in schedule(random.Random(USUAL), int(FEWEST))]
    assert {fault.name for fault in PERILS} <= {name for names in rounds for name in names}
    assert ["a node is killed", "PostgreSQL is stopped for longer than a lease"] in rounds


def test_faults_in_any_order_and_together_leave_a_fleet_that_has_lost_nothing(exposed: Scene) -> None:
    scene, seed = exposed, os.environ.get(SEED) or USUAL
    if seed == "random":
        seed = str(random.SystemRandom().randrange(10**9))
    chance = random.Random(seed)
    for number, faults in enumerate(schedule(chance, int(os.environ.get(ROUNDS, FEWEST))), start=1):
        said = f"{SEED}={seed}, round {number}: {' and '.join(fault.name for fault in faults)}"
        # Shown by pytest for a test that failed.
        sys.stdout.write(f"{said}\n")
        chance.shuffle(scene.watched)
        purge = scene.purge(scene.watched[: chance.randrange(1, 4)], chance.choice(("invalidate", "revoke")))
        undergo(scene, *faults)
        # An older database has a journal in which that may be something else.
        if purge.sent > max(scene.history.replaced, default=ALWAYS):
            purge.live = scene.wait(purge.position)
        scene.judge()
