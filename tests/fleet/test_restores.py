"""An older database in the place of the store: everybody notices, and what was lost is shown by nobody for long."""

import pytest

from tests.fleet.backup import Backup, copied, put_back
from tests.fleet.faults import ALONE
from tests.fleet.perils import LOST, WITHOUT_A_STORE
from tests.fleet.scene import Scene

pytestmark = pytest.mark.timeout(300)


def backed_up(scene: Scene) -> Backup:
    """Change every source, copy the store, and change some again: that is what will be lost."""
    for source in scene.watched:
        scene.change(source)
    with scene.excused(WITHOUT_A_STORE):
        backup = copied(scene)
    for source in scene.watched[:LOST]:
        scene.change(source)
    scene.judge()
    return backup


@pytest.mark.parametrize("new_epoch", [True, False], ids=["with a new epoch", "carelessly"])
def test_i6_what_a_replaced_store_has_lost_is_shown_by_nobody_and_what_comes_after_it_arrives(
    exposed: Scene, new_epoch: bool
) -> None:
    scene = exposed
    backup = backed_up(scene)
    with scene.excused(WITHOUT_A_STORE):
        put_back(scene, backup, new_epoch=new_epoch)
        scene.arrives()
        for source in scene.watched:
            scene.change(source)
    scene.live_everywhere()
    scene.judge()


def test_i6_a_node_that_was_cut_off_finds_another_journal_at_the_numbers_that_it_knows(exposed: Scene) -> None:
    """Numbers alone would tell it that nothing happened but the last change:

    cut off at 12 ── the store goes back to 9, and on to 13 ── it comes back and asks for what is after 12: one entry
    """
    scene = exposed
    servers = [scene.fleet.taps[ALONE, server] for server in ("control", "redis")]
    backup = backed_up(scene)
    with scene.excused(WITHOUT_A_STORE):
        for tap in servers:
            tap.cut()
        put_back(scene, backup, new_epoch=False)
        assert len(scene.watched) > LOST
        for source in scene.watched:
            scene.write(source)
        for tap in servers:
            tap.heal()
    scene.live_everywhere()
    scene.judge()
