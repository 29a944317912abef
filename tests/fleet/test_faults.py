"""One fault after the other, each on its own: nothing older than allowed, nothing lost, and nobody has to do anything.

change live ─► fault ─► change ─► its part is started again ─► change live ─► everything is everywhere, and judged
"""

import pytest

from tests.fleet.faults import FAULTS, Fault
from tests.fleet.ordeal import undergo
from tests.fleet.scene import Scene

pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_after_a_fault_every_change_arrives_and_no_answer_was_older_than_allowed(scene: Scene, fault: Fault) -> None:
    undergo(scene, fault)
    scene.judge()
