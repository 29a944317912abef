"""The exposition, read back with Prometheus' own parser."""

from typing import Any

import pytest
from prometheus_client.core import Metric

from edge.model.measures import Tally
from edge.model.stats import Stats
from edge.observe.families import DESCRIBED, OF_NODES, Families, rendered
from edge.observe.fleet_families import OF_FLEET
from edge.observe.snapshot import MEASURES, Identity, Readings, Snapshot, read_snapshot, values_of
from tests.observe.exposition import read, read_openmetrics, samples

FIRST = "0123456789abcdef0123456789abcdef"
SECOND = "fedcba9876543210fedcba9876543210"


def readings(**given: Any) -> Readings:
    known: dict[str, Any] = {
        "fenced": 0,
        "position": 7,
        "lag_positions": 1,
        "proof_age_seconds": 0.25,
        "memory_bytes": 1000,
        "memory_documents": 2,
    }
    return Readings(**(known | given))


def busy() -> Stats:
    """Every counter at a number of its own, every histogram and tally with something in it."""
    stats = Stats()
    for number, name in enumerate(Stats.__dataclass_fields__, start=1):
        if isinstance(getattr(stats, name), int):
            setattr(stats, name, number)
    stats.propagation_seconds.observe(0.004)
    stats.document_bytes.observe(900, "loader")
    stats.purges.add("revoke", "late")
    return stats


def snapshot(node: str = FIRST, stats: Stats | None = None) -> Snapshot:
    findings = Tally("kind")
    findings.add("wrong")
    values = values_of(stats or busy(), readings(audit_findings=findings))
    return read_snapshot(Snapshot(Identity(node, "h1", "all", "1.0"), values).to_json())


def parsed(*snapshots: Snapshot, absent: tuple[str, ...] = ()) -> dict[str, Metric]:
    body, media_type = rendered(Families(snapshots, absent), "")
    assert media_type.startswith("text/plain; version=0.0.4")
    return read(body.decode())


def test_every_counter_appears_with_its_explanation_and_its_number() -> None:
    stats, families = busy(), parsed(snapshot())
    for measure in MEASURES:
        described = DESCRIBED[measure.part.family if measure.part else measure.name]
        family = families[described.name.removesuffix("_total")]
        assert family.type == measure.kind
        assert measure.text in family.documentation
        value = getattr(stats, measure.name, None)
        if isinstance(value, int):
            labels = ("node=01234567", *([f"{measure.part.label}={measure.part.value}"] if measure.part else []))
            assert samples(family)[labels] == value, measure.name


def test_hits_are_one_metric_by_tier() -> None:
    found = samples(parsed(snapshot())["edgewise_hits"])
    assert {"node=01234567", "tier=memory"} in [set(labels) for labels in found]
    assert {"node=01234567", "tier=store"} in [set(labels) for labels in found]


def test_every_node_has_its_own_samples_and_an_absent_one_is_down() -> None:
    families = parsed(snapshot(), snapshot(SECOND), absent=("deadbeef" * 4,))
    assert samples(families["edgewise_up"]) == {
        ("node=01234567",): 1.0,
        ("node=fedcba98",): 1.0,
        ("node=deadbeef",): 0.0,
    }
    assert set(samples(families["edgewise_fills"])) == {("node=01234567",), ("node=fedcba98",)}
    assert len(families["edgewise_build_info"].samples) == 2


def test_a_histogram_is_cumulative_and_its_last_bucket_holds_everything() -> None:
    stats = Stats()
    for seconds in (0.0005, 0.004, 0.004, 100.0):
        stats.propagation_seconds.observe(seconds)
    family = parsed(snapshot(stats=stats))["edgewise_propagation_seconds"]
    buckets = {one.labels["le"]: one.value for one in family.samples if one.name.endswith("_bucket")}
    assert (buckets["0.001"], buckets["0.0025"], buckets["0.005"], buckets["30.0"], buckets["+Inf"]) == (1, 1, 3, 3, 4)
    (count,) = [one.value for one in family.samples if one.name.endswith("_count")]
    assert count == 4


def test_no_metric_is_by_key_and_every_label_is_one_of_few() -> None:
    labels = {label for described in (*OF_NODES, *OF_FLEET) for label in described.labels}
    assert labels == {"node", "host", "role", "build", "tier", "kind", "verb", "result", "state"}


def test_names_follow_prometheus_conventions() -> None:
    for described in (*OF_NODES, *OF_FLEET):
        assert described.name.startswith("edgewise_")
        assert (described.kind == "counter") == described.name.endswith("_total"), described


@pytest.mark.parametrize(
    "value", [None, "many", {"a": 1}, [[1]], [["x"], 2], [[["a", "b", "c"], [1.0], [1], 0.0]], [3]]
)
def test_what_another_build_says_in_another_shape_is_left_out(value: Any) -> None:
    foreign = Snapshot(Identity(SECOND, "h1", "all", "9"), {measure.name: value for measure in MEASURES})
    families = parsed(snapshot(), foreign)
    assert samples(families["edgewise_up"])[("node=fedcba98",)] == 1.0
    assert ("node=01234567",) in samples(families["edgewise_fills"])
    assert ("node=fedcba98",) not in samples(families["edgewise_fills"])


def test_a_reader_that_asks_for_openmetrics_gets_it() -> None:
    body, media_type = rendered(Families([snapshot()]), "application/openmetrics-text;version=1.0.0")
    assert media_type.startswith("application/openmetrics-text")
    assert {"edgewise_hits", "edgewise_propagation_seconds"} <= set(read_openmetrics(body.decode()))
