"""A source that the watch does not ask for: what a node answers for it, and what lies on the disk of its host."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from loadtest.sources import LoadSource
from tests.fleet.faults import node_of
from tests.fleet.history import Purge
from tests.fleet.judge import NGINX, Seen
from tests.fleet.scene import Scene, target_of
from tests.fleet.watch import Line, look, questions


def asked(scene: Scene, name: str, source: LoadSource) -> list[Seen]:
    """What a node answers for every variant of ``source``."""
    line = Line(target_of(node_of(scene, name)))
    answers = [look(line, question) for question in questions([source])]
    line.close()
    return answers


def not_refused(answers: list[Seen]) -> list[str]:
    """What was answered otherwise, variant by variant."""
    return [_said(seen) for seen in answers if [fault.got for fault in seen.faults] != ["503"]]


def not_last_known_good(answers: list[Seen]) -> list[str]:
    return [_said(seen) for seen in answers if seen.faults or not seen.marked]


def _said(seen: Seen) -> str:
    faults = [f"{fault.what}: {fault.got}" for fault in seen.faults]
    shown = f"as of position {seen.position}, {'marked stale' if seen.marked else 'called fresh'}"
    return f"{seen.kind} ({seen.encoding}): {', '.join(faults) or shown}"


def kept_on_disk(scene: Scene, name: str, sources: list[LoadSource]) -> None:
    """Ask for what nobody else asks for, so that the host has copies of it, as of now."""
    for source in sources:
        assert not any(seen.faults for seen in asked(scene, name, source))
    node = node_of(scene, name)
    # A graceful end writes down what still waits for the disk.
    node.end()


@contextmanager
def unread(scene: Scene, source: LoadSource, name: str) -> Iterator[ExitStack]:
    """What a node has of ``source`` stays what it is, until the block ends or what is given is closed. Otherwise
    somebody asks for it: the auditor, for what was changed lately. It would be read from the control node, or from what
    another node has put into Redis: newer than a revoke, and so nothing that has to be refused."""
    with ExitStack() as stack:
        for server in ("control", "redis"):
            stack.enter_context(scene.fleet.taps[name, server].keeping_back(source.key.encode(), every=True))
        yield stack


def cursor_of(scene: Scene, purge: Purge) -> int:
    """How far the one node behind nginx that runs has come."""
    (nodes,) = (host["nodes"] for host in scene.receipt(purge.position)["hosts"] if host["front"]["kind"] == NGINX)
    return int(nodes[0]["cursor"]) if len(nodes) == 1 else 0
