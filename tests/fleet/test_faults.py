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


def test_i36_when_all_is_over_the_auditor_has_nothing_to_say(scene: Scene) -> None:
    scene.change(scene.watched[0])
    over = scene.status()["auditor"]["at"]

    def heard_and_content() -> bool:
        audit = scene.status()["auditor"]
        return bool(audit["state"] == "running" and audit["at"] != over and audit["findings"] == [])

    scene.until(heard_and_content, "a round of the auditor in which it finds nothing")
    scene.judge()
