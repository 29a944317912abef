"""Durations."""

import pytest

from edge.cli.durations import seconds
from edge.cli.errors import CliError


@pytest.mark.parametrize(
    ("text", "expected"), [("500ms", 0.5), ("2s", 2), ("1.5m", 90), ("12h", 43200), ("90d", 7776000)]
)
def test_a_number_with_a_unit_is_a_duration(text: str, expected: float) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["", "2", "s", "-2s", "2 s", "2w", "1e3s", "2s\n2s"])
def test_anything_else_is_refused_with_examples(text: str) -> None:
    with pytest.raises(CliError, match="is not a duration") as refused:
        seconds(text)
    assert "90d" in refused.value.hint
