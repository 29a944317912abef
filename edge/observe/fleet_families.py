"""The fleet's standing as Prometheus reads it: what no single node can say of itself."""

from prometheus_client.core import Metric

from edge.observe.families import PREFIX, Described, gauge
from edge.observe.standing import Standing

NODES = Described(
    f"{PREFIX}fleet_nodes", "gauge", "Nodes of the whole fleet; a silent one has fenced itself.", ("state",)
)
FRONT_PENDING = Described(
    f"{PREFIX}front_pending_positions", "gauge", "Positions that a host's front does not show yet.", ("host",)
)
FRONT_ACKED = Described(
    f"{PREFIX}front_acked_position", "gauge", "The highest position that a host's front is known to show.", ("host",)
)

OF_FLEET: tuple[Described, ...] = (NODES, FRONT_PENDING, FRONT_ACKED)
"""Every metric of the fleet that there is; served beside the nodes' where the store is at hand."""


def families_of(standing: Standing) -> list[Metric]:
    nodes, pending, acked = gauge(NODES), gauge(FRONT_PENDING), gauge(FRONT_ACKED)
    for state in ("live", "silent"):
        nodes.add_metric([state], sum(node.state == state for node in standing.nodes))
    for host in standing.hosts:
        if host.front != "none":
            pending.add_metric([host.host], host.pending)
            if host.acked is not None:
                acked.add_metric([host.host], host.acked)
    return [nodes, pending, acked]
