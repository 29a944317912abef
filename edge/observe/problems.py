"""What is wrong with a fleet, for people: what it is, and what to do next."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from edge.observe.finding import Finding, Trouble
from edge.observe.snapshot import NAME_LENGTH
from edge.observe.standing import HostStanding, NodeStanding, Standing

ADVICE: Mapping[Trouble, str] = {
    "behind": "Purge it with `edgewise purge`, and restart that node if it happens again.",
    "wrong": "EDGE_PUBLIC_URL and EDGE_API_HOST must be the same for all nodes; if they are, restart that node.",
    "ahead": "The store was put back to an earlier state without `edgewise restore`: restart every node.",
    "epoch": "Restart that node.",
    "unavailable": "Its log says why.",
    "unreachable": "EDGE_NODE_BIND must be an address of its host that control nodes reach.",
    "late": "`edgewise receipt` with its position says who lacks it.",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """``code`` is for programs and stays; ``message`` is for people."""

    code: str
    message: str


def problems(standing: Standing) -> tuple[Problem, ...]:
    """Everything that somebody should look at, the gravest first."""
    return tuple(_all(standing))


def _all(standing: Standing) -> Iterator[Problem]:
    for node in standing.nodes:
        yield from _of_node(node, standing.patience)
    for host in standing.hosts:
        yield from _of_host(host)
    for finding in standing.audit.findings:
        yield Problem(f"audit_{finding.trouble}", _of_finding(finding))
    if standing.redis == "unreachable":
        text = "Redis cannot be reached: nothing is lost, changes arrive by polling. Look at it, and at EDGE_REDIS_URL."
        yield Problem("redis_unreachable", text)
    if not standing.certain:
        text = (
            "The journal began a new life a moment ago: nothing counts as live until every node has had time to see it."
        )
        yield Problem("new_epoch", f"{text} Wait {standing.patience:.0f} s.")
    builds = standing.builds()
    if len(builds) > 1:
        sides = ", ".join(f"{build} ({number})" for build, number in builds.items())
        yield Problem("builds_differ", f"Nodes of several versions run side by side: {sides}. Finish the upgrade.")
    if standing.audit.state == "unreachable":
        text = "The node that audits does not answer: EDGE_NODE_BIND must be an address that other nodes reach."
        yield Problem("auditor_unreachable", text)


def _of_node(node: NodeStanding, patience: float) -> Iterator[Problem]:
    name = f"Node {node.row.node[:NAME_LENGTH]} on {node.row.host}"
    if node.state == "silent" or node.heard_seconds >= patience:
        text = f"{name} has not reported for {node.heard_seconds:.0f} s, and calls nothing fresh."
        yield Problem("node_silent", f"{text} Is it running, and does it reach the store? Its log says.")
    elif not node.same_epoch and node.row.epoch:
        yield Problem("node_in_another_epoch", f"{name} follows another life of the journal. Its log says why.")
    elif node.lag_seconds >= patience:
        text = f"{name} lacks {_changes(node.lag)}, the first for {node.lag_seconds:.0f} s."
        yield Problem("node_behind", f"{text} Its log says why; if nothing else does, restart it.")


def _of_host(host: HostStanding) -> Iterator[Problem]:
    if host.pending and host.last_error:
        text = f"The {host.front} of {host.host} does not show {_changes(host.pending)}: {host.last_error}."
        yield Problem("front_failing", f"{text} It is tried again by itself; is it running, as the nodes' user?")


def _changes(number: int) -> str:
    return f"{number} change" if number == 1 else f"{number} changes"


def _of_finding(found: Finding) -> str:
    who = f"Node {found.node[:NAME_LENGTH]} on {found.host}" if found.node else "The fleet"
    about = f", {found.about}" if found.about else ""
    return f"{who}{about}: {found.text}, for {found.age_seconds:.0f} s. {ADVICE[found.trouble]}"
