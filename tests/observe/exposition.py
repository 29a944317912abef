"""An exposition read back with Prometheus' own parsers, which have no types."""

from collections.abc import Callable, Iterable
from typing import Any

from prometheus_client.core import Metric
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families

_plain: Callable[[str], Iterable[Metric]] = text_string_to_metric_families
_open: Any = openmetrics.text_string_to_metric_families


def read(text: str) -> dict[str, Metric]:
    """Family name (a counter's without ``_total``) -> family. Raises ValueError for what Prometheus would refuse."""
    return {family.name: family for family in _plain(text)}


def read_openmetrics(text: str) -> dict[str, Metric]:
    return {family.name: family for family in _open(text)}


def samples(family: Metric) -> dict[tuple[str, ...], float]:
    """``label=value`` of each sample, sorted -> its number."""
    return {tuple(sorted(f"{name}={value}" for name, value in one.labels.items())): one.value for one in family.samples}
