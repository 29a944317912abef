"""docs/metrics.md and the alert rules against the code."""

import re
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped] # its stubs are not among what is pinned

from edge.compose.observed import propagation_budget
from edge.observe.evidence import AT_ONCE
from edge.observe.families import OF_NODES, Described
from edge.observe.finding import TROUBLES
from edge.observe.fleet_families import OF_FLEET
from edge.observe.node_side import METRICS, PUBLIC_ROUTES, STATS
from edge.observe.sample import MOST
from edge.publish.publication import COMMON, KINDS
from edge.settings import Settings

ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
ON_ONE_LINE = " ".join(DOCS.split())
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
EVERY = (*OF_NODES, *OF_FLEET)


def row(described: Described) -> str:
    labels = ", ".join(f"`{label}`" for label in described.labels)
    return f"| `{described.name}` | {described.kind} | {labels} | {described.text} |"


def exposed(described: Described) -> set[str]:
    """The names of its samples."""
    if described.kind != "histogram":
        return {described.name}
    return {f"{described.name}_{part}" for part in ("bucket", "sum", "count")}


def test_every_metric_is_documented_with_what_the_code_says_of_it_and_no_other() -> None:
    missing = [line for line in map(row, EVERY) if line not in DOCS.splitlines()]
    assert missing == [], "put these lines into docs/metrics.md:\n" + "\n".join(missing)
    documented = set(re.findall(r"^\| `(edgewise_\w+)` \|", DOCS, re.MULTILINE))
    assert documented == {described.name for described in EVERY}


def test_documents_and_alerts_ask_only_for_metrics_that_there_are() -> None:
    known = {name for described in EVERY for name in exposed(described)} | {described.name for described in EVERY}
    asked = set(re.findall(r"\bedgewise_\w+", DOCS)) | {
        name for rule in RULES for name in re.findall(r"\bedgewise_\w+", rule["expr"])
    }
    assert asked - known == set()


def test_alerts_ask_only_for_labels_that_their_metrics_have() -> None:
    labels = {name: {*described.labels, "le"} for described in EVERY for name in exposed(described)}
    for rule in RULES:
        for name, selector in re.findall(r"\b(edgewise_\w+)\{([^}]*)\}", rule["expr"]):
            assert set(re.findall(r"(\w+)=", selector)) <= labels[name], rule["alert"]
        shown = set(re.findall(r"\$labels\.(\w+)", str(rule["annotations"])))
        assert shown <= set().union(*(labels[name] for name in re.findall(r"\bedgewise_\w+", rule["expr"])))


def test_every_alert_has_a_name_of_its_own_and_says_what_to_do_next() -> None:
    assert len({rule["alert"] for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"].keys() == {"summary", "next"}, rule["alert"]


def test_every_trouble_is_documented_and_no_other() -> None:
    below = DOCS.partition("| finding | meaning |")[2]
    assert set(re.findall(r"^\| `(\w+)` \|", below, re.MULTILINE)) == set(TROUBLES)


def test_the_numbers_are_those_of_the_code() -> None:
    budget = propagation_budget(Settings())
    for promise in (
        f"{budget:g} s by default",
        f"asks {'four' if AT_ONCE == 4 else AT_ONCE} nodes at a time for at most {MOST * len(COMMON)} documents each",
    ):
        assert promise in ON_ONE_LINE


def test_what_is_reachable_on_a_nodes_listener_is_documented() -> None:
    assert {*KINDS, "healthz", "readyz"} == set(PUBLIC_ROUTES)
    for path in ("/healthz", "/readyz", METRICS, STATS):
        assert f"`{path}`" in DOCS
