"""Who may know of a change."""

from edge.manage.changes import visible
from edge.model.change import Entry
from tests.manage.stage import ACME, GLOBEX, INSTANCE


def entry(*resources: str, actor: str = "somebody") -> Entry:
    return Entry(7, "id", "previous", "change", (), (), resources, actor, "", 0.0, {})


def test_a_change_is_visible_to_its_workspace_its_actor_and_the_instance() -> None:
    change = entry("workspaces/acme/sources/site")
    assert visible(ACME, change)
    assert visible(INSTANCE, change)
    assert not visible(GLOBEX, change)
    assert visible(GLOBEX, entry("workspaces/acme", actor=GLOBEX.subject))


def test_a_workspace_whose_name_begins_alike_is_another_one() -> None:
    assert visible(ACME, entry("workspaces/acme"))
    assert not visible(ACME, entry("workspaces/acme-eu"))
    assert not visible(ACME, entry("workspaces/acme-eu/sources/site"))


def test_what_belongs_to_no_workspace_is_the_instances_alone() -> None:
    assert not visible(ACME, entry("catalog/destinations/tally"))
    assert not visible(ACME, entry())
    assert visible(INSTANCE, entry())
