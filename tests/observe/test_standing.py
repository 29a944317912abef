"""How a fleet stands, from rows and positions."""

import pytest

from edge.journal.membership import Attendance
from edge.model.position import AsOf
from edge.observe.finding import Finding, finding_from_json
from edge.observe.standing import Audit, Standing, host_of, nodes_of
from edge.store.roster import AckRow, HostRow, NodeRow

HEAD = AsOf("e1", 10, "x")
NOW = 1000.0


def row(node: str, cursor: int = 10, **given: object) -> NodeRow:
    known = {"host": "h1", "epoch": "e1", "beat": 1, "build": "1.0", "started_at": 1.0, "reported_at": NOW - 0.5}
    return NodeRow(node=node, cursor=cursor, **(known | given))  # type: ignore[arg-type] # fields by name


def attendance(*live: NodeRow, silent: tuple[NodeRow, ...] = ()) -> Attendance:
    return Attendance(live, silent, certain=True, patience=15.0)


def finding(workspace: str | None) -> Finding:
    return Finding("wrong", "n1", "h1", "settings of wk", "other bytes", 20.0, workspace)


def standing(audit: Audit | None = None, *rows: NodeRow, **given: object) -> Standing:
    nodes = nodes_of(attendance(*rows), HEAD, {}, NOW)
    hosts = (host_of(HostRow("h1", "nginx", NOW), nodes, [AckRow("h1", "e1", 10, last_error="refused")]),)
    known: dict[str, object] = {
        "head": HEAD,
        "store": "sqlite",
        "redis": "none",
        "certain": True,
        "patience": 15.0,
        "nodes": nodes,
        "hosts": hosts,
        "audit": audit or Audit("running", "n1", NOW),
    }
    return Standing(**(known | given))  # type: ignore[arg-type] # fields by name


def test_lag_is_in_positions_and_in_seconds_since_the_first_of_them_was_committed() -> None:
    there, behind = nodes_of(attendance(row("n1"), row("n2", 8)), HEAD, {9: NOW - 3}, NOW)
    assert (there.lag, there.lag_seconds) == (0, 0.0)
    assert (behind.lag, behind.lag_seconds, behind.heard_seconds) == (2, 3.0, 0.5)


def test_a_node_that_read_on_while_the_head_was_read_is_not_ahead() -> None:
    (one,) = nodes_of(attendance(row("n1", 12)), HEAD, {}, NOW)
    assert (one.lag, one.lag_seconds) == (0, 0.0)


def test_clocks_that_disagree_make_no_negative_times() -> None:
    (one,) = nodes_of(attendance(row("n1", 9, reported_at=NOW + 60)), HEAD, {10: NOW + 60}, NOW)
    assert (one.lag_seconds, one.heard_seconds) == (0.0, 0.0)


def test_silent_nodes_and_those_of_another_epoch_are_told_apart() -> None:
    nodes = nodes_of(attendance(row("n1", epoch="e0"), silent=(row("n2"),)), HEAD, {}, NOW)
    assert [(node.row.node, node.state, node.same_epoch) for node in nodes] == [
        ("n1", "live", False),
        ("n2", "silent", True),
    ]


def test_a_front_shows_the_highest_position_that_it_has_acknowledged() -> None:
    nodes = nodes_of(attendance(row("n1"), row("n2", host="h2")), HEAD, {}, NOW)
    acks = [
        AckRow("h1", "e1", 7, acked_at=1.0),
        AckRow("h1", "e1", 8, last_error="connection refused"),
        AckRow("h1", "e1", 9, acked_at=2.0),
        AckRow("h1", "e1", 10),
    ]
    host = host_of(HostRow("h1", "nginx", NOW), nodes, acks)
    assert (host.nodes, host.acked, host.pending, host.last_error) == (1, 9, 2, "connection refused")


def test_a_front_of_which_nothing_is_remembered_owes_nothing() -> None:
    host = host_of(HostRow("h1", "nginx", NOW), (), [])
    assert (host.acked, host.pending, host.last_error) == (None, 0, None)


def test_versions_are_counted_side_by_side() -> None:
    found = standing(None, row("n1"), row("n2"), row("n3", build="1.1"))
    assert found.builds() == {"1.0": 2, "1.1": 1}


def test_an_admin_of_one_workspace_learns_no_address_no_error_and_nothing_of_other_workspaces() -> None:
    audit = Audit("running", "n1", NOW, (finding("acme"), finding("globex"), finding(None)))
    seen = standing(audit, row("n1", url="http://10.0.0.1:9100")).within(lambda name: name == "acme")
    assert [node.row.url for node in seen.nodes] == [""]
    assert [host.last_error for host in seen.hosts] == [None]
    assert [one.workspace for one in seen.audit.findings] == ["acme"]


def test_a_finding_survives_its_way_through_json() -> None:
    for one in (finding("acme"), finding(None)):
        assert finding_from_json(one.as_json()) == one


@pytest.mark.parametrize("change", [{"trouble": "odd"}, {"age_seconds": "old"}, {"about": ...}])
def test_a_finding_of_another_form_is_refused(change: dict[str, object]) -> None:
    form = finding(None).as_json() | change
    if form["about"] is ...:
        del form["about"]
    with pytest.raises((KeyError, TypeError, ValueError)):
        finding_from_json(form)
