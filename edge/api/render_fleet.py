"""The fleet's standing as JSON."""

from edge.api.render import Json, time_of
from edge.observe.problems import problems
from edge.observe.standing import Audit, HostStanding, NodeStanding, Standing


def fleet(standing: Standing) -> Json:
    return {
        "epoch": standing.head.epoch,
        "head": standing.head.position,
        "store": standing.store,
        "redis": standing.redis,
        "builds": dict(standing.builds()),
        "nodes": [_node(node) for node in standing.nodes],
        "hosts": [_host(host) for host in standing.hosts],
        "auditor": _audit(standing.audit),
        "problems": [{"code": one.code, "message": one.message} for one in problems(standing)],
    }


def _node(found: NodeStanding) -> Json:
    row = found.row
    return {
        "node": row.node,
        "host": row.host,
        "role": row.role,
        "state": found.state,
        "cursor": row.cursor,
        "lag": found.lag,
        "lag_seconds": round(found.lag_seconds, 3),
        "build": row.build,
        "url": row.url,
        "started_at": time_of(row.started_at),
        "reported_at": time_of(row.reported_at),
        "heard_seconds": round(found.heard_seconds, 3),
    }


def _host(found: HostStanding) -> Json:
    return {
        "host": found.host,
        "front": found.front,
        "nodes": found.nodes,
        "seen_at": time_of(found.seen_at),
        "acked": found.acked,
        "pending": found.pending,
        "last_error": found.last_error,
    }


def _audit(found: Audit) -> Json:
    return {
        "state": found.state,
        "node": found.node,
        "at": time_of(found.at) if found.at is not None else None,
        "findings": [one.as_json() for one in found.findings],
    }
