from dataclasses import replace

import pytest

from edge.console.install import ways
from edge.publish.wire import Origin
from tests.support.world import KEY, SOURCE


@pytest.mark.parametrize("kind", ["javascript", "kotlin", "swift", "react-native", "ios", "python"])
def test_every_type_of_source_is_told_where_this_edge_is(kind: str) -> None:
    found = ways(replace(SOURCE, type=kind), KEY, Origin("https://cdn.example"), f"load({KEY})")
    text = "\n".join(block for way in found for _, block in way.blocks)
    assert KEY in text
    assert "cdn.example" in text
