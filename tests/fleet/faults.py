"""Every fault of one part of a fleet: how it comes about, how its part is started again, and what it excuses meanwhile.

Starting again what was killed is all that is done: whatever runs a process in production (systemd, Kubernetes) does it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from loadtest.fleet.edgewise import Node
from tests.fleet.judge import NGINX, Excuse
from tests.fleet.scene import Scene

ALONE, BEHIND, CONTROL = "alone-0", ("behind-0", "behind-1"), "control"
NODES = (ALONE, *BEHIND)
Excused = tuple[tuple[Excuse, str], ...]
Meanwhile = Literal["live", "pending", "refused"]


def _each(excuse: Excuse, *targets: str) -> Excused:
    return tuple((excuse, target) for target in targets)


def restarted(*nodes: str) -> Excused:
    """Until a node that starts knows where the journal is, it gives last known good from its disk, marked so."""
    fronts = [NGINX] if set(nodes) & set(BEHIND) else []
    return (*_each("failing", *nodes), *_each("stale", *nodes, *fronts))


@dataclass(frozen=True, slots=True)
class Fault:
    """``part``: two faults of different parts may come together. ``meanwhile``: what a change comes to while it lasts.

    ``slow``: it shows only after a lease has run out, and then by last known good, marked so, at each of ``marks``.
    """

    name: str
    part: str
    breaks: Callable[[Scene], None]
    heals: Callable[[Scene], None]
    meanwhile: Meanwhile = "live"
    excused: Excused = ()
    slow: bool = False
    marks: tuple[str, ...] = ()


def node_of(scene: Scene, name: str) -> Node:
    return next(node for node in (scene.fleet.control, *scene.fleet.nodes) if node.name == name)


def _on_nodes(method: Callable[[Node], None], *names: str) -> Callable[[Scene], None]:
    def act(scene: Scene) -> None:
        for name in names:
            method(node_of(scene, name))

    return act


def _started(*names: str) -> Callable[[Scene], None]:
    """All at once, then wait for each."""

    def act(scene: Scene) -> None:
        for name in names:
            node_of(scene, name).launch()
        for name in names:
            node_of(scene, name).wait_ready()

    return act


def _tap(method: Literal["cut", "stall", "heal"], node: str, server: str) -> Callable[[Scene], None]:
    return lambda scene: getattr(scene.fleet.taps[node, server], method)()


def _nginx(method: Literal["kill", "end", "start"]) -> Callable[[Scene], None]:
    return lambda scene: getattr(scene.fleet.nginx, method)()


def _redis(*methods: str) -> Callable[[Scene], None]:
    def act(scene: Scene) -> None:
        server = scene.fleet.redis
        assert server is not None
        for method in methods:
            target = server.process if method == "kill" else server
            getattr(target, method)()

    return act


def _postgres(method: Literal["start", "stop"]) -> Callable[[Scene], None]:
    return lambda scene: getattr(scene.fleet.postgres, method)()


def forget_stream(scene: Scene) -> None:
    """The stream keeps a certain number of entries: here the last."""
    redis = scene.fleet.redis
    assert redis is not None
    for stream in redis.streams():
        redis.trim(stream, keep=1)


def _missed_stream(scene: Scene) -> None:
    """A node misses so many entries that the stream no longer has them when it comes back."""
    scene.fleet.taps[ALONE, "redis"].cut()
    for source in scene.watched:
        scene.write(source)
    forget_stream(scene)


def _nothing(_scene: Scene) -> None:
    pass


FAULTS: Sequence[Fault] = (
    Fault(
        "a node is killed",
        "alone",
        _on_nodes(Node.kill, ALONE),
        _started(ALONE),
        excused=restarted(ALONE),
    ),
    Fault(
        "one of two nodes behind nginx is killed",
        "host",
        _on_nodes(Node.kill, BEHIND[1]),
        _started(BEHIND[1]),
        excused=restarted(BEHIND[1]),
    ),
    Fault(
        "the node that refreshes nginx is killed",
        "host",
        _on_nodes(Node.kill, BEHIND[0]),
        _started(BEHIND[0]),
        excused=restarted(BEHIND[0]),
    ),
    Fault(
        "all nodes of a host are killed",
        "host",
        _on_nodes(Node.kill, *BEHIND),
        _started(*BEHIND),
        excused=(*restarted(*BEHIND), *_each("failing", NGINX), ("deserted", NGINX)),
    ),
    Fault(
        "nginx is killed, and starts on its old cache",
        "host",
        _nginx("kill"),
        _nginx("start"),
        "pending",
        _each("failing", NGINX),
    ),
    Fault(
        "nginx is stopped, and starts on its old cache",
        "host",
        _nginx("end"),
        _nginx("start"),
        "pending",
        _each("failing", NGINX),
    ),
    Fault("Redis is killed", "redis", _redis("kill"), _redis("start")),
    Fault("Redis is restarted empty", "redis", _redis("restart_empty"), _nothing),
    Fault(
        "the control node is killed",
        "control",
        _on_nodes(Node.kill, CONTROL),
        _started(CONTROL),
        "refused",
        (*_each("failing", CONTROL), *_each("stale", CONTROL, *NODES, NGINX)),
        slow=True,
        marks=NODES,
    ),
    Fault(
        "the stream's writer loses Redis, and its readers do not",
        "redis",
        _tap("cut", CONTROL, "redis"),
        _tap("heal", CONTROL, "redis"),
    ),
    Fault(
        "a node is frozen for longer than its lease",
        "alone",
        _on_nodes(Node.freeze, ALONE),
        _on_nodes(Node.thaw, ALONE),
        excused=(*_each("failing", ALONE), *_each("stale", ALONE)),
        slow=True,
    ),
    Fault(
        "one of two nodes behind nginx is frozen for longer than its lease",
        "host",
        _on_nodes(Node.freeze, BEHIND[1]),
        _on_nodes(Node.thaw, BEHIND[1]),
        excused=(*_each("failing", BEHIND[1]), *_each("stale", BEHIND[1])),
        slow=True,
    ),
    Fault(
        "a node's connection to Redis looks alive and is not",
        "redis",
        _tap("stall", ALONE, "redis"),
        _tap("heal", ALONE, "redis"),
    ),
    Fault(
        "the stream was trimmed while a node could not read it",
        "redis",
        _missed_stream,
        _tap("heal", ALONE, "redis"),
    ),
    Fault(
        "a node is cut off from its control node",
        "alone",
        _tap("cut", ALONE, "control"),
        _tap("heal", ALONE, "control"),
        excused=_each("stale", ALONE),
        slow=True,
        marks=(ALONE,),
    ),
    Fault(
        "a node's connection to its control node looks alive and is not",
        "alone",
        _tap("stall", ALONE, "control"),
        _tap("heal", ALONE, "control"),
        excused=_each("stale", ALONE),
        slow=True,
        marks=(ALONE,),
    ),
    Fault(
        "PostgreSQL is stopped for longer than a lease",
        "control",
        _postgres("stop"),
        _postgres("start"),
        "refused",
        _each("stale", CONTROL, *NODES, NGINX),
        slow=True,
        marks=(CONTROL, *NODES),
    ),
)
