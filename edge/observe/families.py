"""Snapshots as Prometheus reads them: one family a measure, one sample a node.

Names follow Prometheus' conventions (https://prometheus.io/docs/practices/naming/): a unit at the end, ``_total`` on
what only grows.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector, CollectorRegistry
from prometheus_client.utils import floatToGoString

from edge.observe.measures import Measure
from edge.observe.snapshot import MEASURES, NAME_LENGTH, Snapshot

PREFIX = "edgewise_"


@dataclass(frozen=True, slots=True)
class Described:
    """A metric as it is exposed: its full name, its type, what it says, its labels."""

    name: str
    kind: str
    text: str
    labels: tuple[str, ...]


UP = Described(f"{PREFIX}up", "gauge", "1 where a node of this host answered, 0 where it did not.", ("node",))
BUILD = Described(
    f"{PREFIX}build_info", "gauge", "Always 1: which build each node runs.", ("node", "host", "role", "build")
)


def _grouped() -> dict[str, list[Measure]]:
    groups: dict[str, list[Measure]] = {}
    for measure in MEASURES:
        groups.setdefault(measure.part.family if measure.part else measure.name, []).append(measure)
    return groups


def _described(family: str, members: Sequence[Measure]) -> Described:
    first = members[0]
    name = f"{PREFIX}{family}_total" if first.kind == "counter" else PREFIX + family
    if first.part is None:
        return Described(name, first.kind, first.text, ("node", *first.labels))
    text = " ".join(f"{one.part.value}: {one.text}" for one in members if one.part is not None)
    return Described(name, first.kind, text, ("node", first.part.label))


GROUPS = _grouped()
DESCRIBED = {family: _described(family, members) for family, members in GROUPS.items()}
OF_NODES: tuple[Described, ...] = (UP, BUILD, *DESCRIBED.values())
"""Every metric of nodes that there is."""


class Families(Collector):
    """The families of some nodes. ``absent`` are ids of nodes that should have answered and did not; ``beside`` are
    families of other origin."""

    def __init__(
        self, snapshots: Sequence[Snapshot], absent: Sequence[str] = (), beside: Iterable[Metric] = ()
    ) -> None:
        self._snapshots = snapshots
        self._absent = absent
        self._beside = beside

    def collect(self) -> Iterator[Metric]:
        up, build = gauge(UP), gauge(BUILD)
        for one in self._snapshots:
            identity = one.identity
            up.add_metric([_short(identity.node)], 1)
            build.add_metric([_short(identity.node), identity.host, identity.role, identity.build], 1)
        for node in self._absent:
            up.add_metric([_short(node)], 0)
        yield from (up, build)
        for family, members in GROUPS.items():
            yield self._family(DESCRIBED[family], members)
        yield from self._beside

    def _family(self, described: Described, members: Sequence[Measure]) -> Metric:
        metric = _empty(described)
        for snapshot in self._snapshots:
            node = _short(snapshot.identity.node)
            for measure in members:
                labels = [node] if measure.part is None else [node, measure.part.value]
                # Another build may lack a measure, or know it in another shape: that is left out.
                with suppress(TypeError, ValueError):
                    _add(metric, measure, labels, snapshot.values.get(measure.name))
        return metric


def gauge(described: Described) -> GaugeMetricFamily:
    return GaugeMetricFamily(described.name, described.text, labels=described.labels)


def rendered(collector: Collector, accept: str) -> tuple[bytes, str]:
    """The exposition and its media type, in the format that the reader's ``Accept`` asks for."""
    registry = CollectorRegistry()
    registry.register(collector)
    encode, media_type = choose_encoder(accept)
    return encode(registry), media_type


def _empty(described: Described) -> Metric:
    match described.kind:
        case "counter":
            return CounterMetricFamily(described.name, described.text, labels=described.labels)
        case "histogram":
            return HistogramMetricFamily(described.name, described.text, labels=described.labels)
        case _:
            return gauge(described)


def _add(metric: Metric, measure: Measure, labels: list[str], value: Any) -> None:
    match metric, value:
        case HistogramMetricFamily(), list():
            for series, bounds, counts, total in value:
                metric.add_metric([*labels, *series], _cumulative(bounds, counts), total)
        case CounterMetricFamily() | GaugeMetricFamily(), list():
            for series, number in value:
                metric.add_metric([*labels, *series], number)
        case CounterMetricFamily() | GaugeMetricFamily(), int() | float() if not measure.labels:
            metric.add_metric(labels, value)


def _cumulative(bounds: Sequence[float], counts: Sequence[int]) -> list[tuple[str, float]]:
    """Prometheus' buckets: each with all that is below it, the last one with everything."""
    ends, below = [*map(floatToGoString, bounds), "+Inf"], 0
    buckets: list[tuple[str, float]] = []
    for end, count in zip(ends, counts, strict=True):
        below += count
        buckets.append((end, below))
    return buckets


def _short(node: str) -> str:
    return node[:NAME_LENGTH]
