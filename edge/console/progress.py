"""How far a change has come, in the words of a page: who confirmed it, who is missing, and when to look again."""

from dataclasses import dataclass

from edge.console.words import clock_time
from edge.journal.receipts import HostReceipt, Receipt
from edge.observe.snapshot import NAME_LENGTH

QUICK, STEADY, SLOW = (8, 250), (30, 1000), (90, 5000)
"""Up to which question, and how many milliseconds before the next one: at first it is about milliseconds."""


@dataclass(frozen=True, slots=True)
class Lacking:
    """``who`` does not confirm the change yet, and ``why``; ``error`` is what went wrong there last."""

    who: str
    why: str
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """``there`` of ``nodes`` have applied the change; ``hosts_there`` of ``hosts`` show it, their fronts included."""

    nodes: int
    there: int
    hosts: int
    hosts_there: int
    fronts: int
    lacking: tuple[Lacking, ...]


def progress(receipt: Receipt) -> Progress:
    nodes = [node for host in receipt.hosts for node in host.nodes]
    return Progress(
        nodes=len(nodes),
        there=sum(node.applied_at is not None for node in nodes),
        hosts=len(receipt.hosts),
        hosts_there=sum(not _behind(receipt, host) for host in receipt.hosts),
        fronts=sum(host.front.kind != "none" for host in receipt.hosts),
        lacking=(*(one for host in receipt.hosts for one in _behind(receipt, host)), *_silent(receipt)),
    )


def pause(asked: int, receipt: Receipt) -> int | None:
    """Milliseconds until the next question, after ``asked`` of them; ``None``: it is not asked again by itself."""
    if receipt.state == "settled":
        return None
    found = next((milliseconds for last, milliseconds in (QUICK, STEADY, SLOW) if asked < last), None)
    return max(found, STEADY[1]) if found is not None and receipt.state == "live" else found


def _behind(receipt: Receipt, host: HostReceipt) -> list[Lacking]:
    found = [
        Lacking(_node(host.host, node.node), f"it has come to position {node.cursor}")
        for node in host.nodes
        if node.applied_at is None
    ]
    front = host.front
    # Without tags nothing of what a front holds is concerned, so it owes nothing.
    if front.kind != "none" and front.acked_at is None and receipt.tags and receipt.state == "pending":
        counted = f"{front.done} of {front.total} write keys are fetched anew" if front.total else "it is not there yet"
        found.append(Lacking(_front(host.host), counted, front.last_error))
    return found


def _silent(receipt: Receipt) -> list[Lacking]:
    return [
        Lacking(_node(one.host, one.node), f"it is silent, and answers nothing older after {clock_time(one.until)}")
        if one.node is not None
        else Lacking(_front(one.host), f"no node looks after it; it shows nothing older after {clock_time(one.until)}")
        for one in receipt.unreachable
    ]


def _node(host: str, node: str) -> str:
    return f"node {node[:NAME_LENGTH]} of host {host}"


def _front(host: str) -> str:
    return f"nginx of host {host}"
