"""Every counter says what it counts, where it is declared."""

from dataclasses import dataclass
from typing import Annotated

import pytest

from edge.model.measures import GAUGE, Histogram, Part, Tally
from edge.model.stats import Stats
from edge.observe.measures import UnexplainedError, explanations, measures_of
from edge.observe.snapshot import MEASURES, Readings


@dataclass(slots=True)
class Silent:
    hits: int = 0
    """Hits."""
    misses: int = 0


@dataclass(slots=True)
class Odd:
    name: str = ""
    """No measure."""


def test_every_counter_has_an_explanation_that_is_a_sentence() -> None:
    for measure in MEASURES:
        assert measure.text[0].isupper() or measure.text[0].isdigit(), measure
        assert measure.text.endswith("."), measure
    assert {measure.name for measure in MEASURES} == {*Stats.__dataclass_fields__, *Readings.__dataclass_fields__}


def test_a_counter_without_an_explanation_is_refused() -> None:
    with pytest.raises(UnexplainedError, match=r"Silent\.misses needs a text below it"):
        measures_of(Silent)


def test_a_field_that_is_no_measure_is_refused() -> None:
    with pytest.raises(UnexplainedError, match="a number, a Tally or a Histogram"):
        measures_of(Odd)


def test_an_explanation_of_several_lines_is_one() -> None:
    @dataclass
    class Long:
        first: int = 0
        """One
        and the same."""

    assert explanations(Long) == {"first": "One and the same."}


def test_what_a_field_is_follows_from_its_type_and_its_marks() -> None:
    found = {measure.name: measure for measure in MEASURES}
    assert found["fills"].kind == "counter"
    assert found["journal_head"].kind == "gauge"
    assert found["hits"].part == Part("hits", "tier", "memory")
    assert (found["propagation_seconds"].kind, found["propagation_seconds"].labels) == ("histogram", ())
    assert found["document_bytes"].labels == ("kind",)
    assert (found["purges"].kind, found["purges"].labels) == ("counter", ("verb", "result"))
    assert found["audit_findings"].kind == "gauge"


def test_a_tally_counts_by_labels() -> None:
    tally = Tally("verb")
    for verb in ("revoke", "revoke", "invalidate"):
        tally.add(verb)
    assert tally.numbers == {("revoke",): 2, ("invalidate",): 1}


def test_a_value_at_a_bound_is_in_the_bucket_that_ends_there() -> None:
    histogram = Histogram((1.0, 2.0))
    for value in (0.5, 1.0, 1.5, 2.0, 2.5):
        histogram.observe(value)
    ((labels, series),) = histogram
    assert (labels, series.counts, series.total) == ((), [2, 2, 1], 7.5)


def test_a_histogram_by_label_has_a_series_for_each_value_that_came() -> None:
    histogram = Histogram((1.0,), "kind")
    assert list(histogram) == []
    histogram.observe(3.0, "loader")
    assert [(labels, series.counts) for labels, series in histogram] == [(("loader",), [0, 1])]


def test_a_mark_says_that_a_number_also_falls() -> None:
    @dataclass
    class Falling:
        depth: Annotated[float, GAUGE] = 0.0
        """How deep."""

    (measure,) = measures_of(Falling)
    assert measure.kind == "gauge"
