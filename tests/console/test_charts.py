import pytest

from edge.console.charts import HEIGHT, WIDTH, layered, round_top, stacked


@pytest.mark.parametrize(
    ("highest", "top"),
    [(0, 1), (0.0031, 0.005), (0.9, 1), (1, 1), (3, 5), (10, 10), (11, 20), (199, 200), (201, 500), (999, 1000)],
)
def test_the_top_is_a_round_number_not_below_the_highest(highest: float, top: float) -> None:
    assert round_top(highest) == pytest.approx(top)


def test_stacked_values_stand_on_each_other_and_within_the_box() -> None:
    chart = stacked([[("memory", 60), ("store", 40)], [("memory", 0), ("store", 0)]])
    memory, store = chart.bars
    assert chart.top == 100
    assert (memory.y, memory.height) == (40, 60)
    assert (store.y, store.height) == (0, 40)
    assert all(bar.x + bar.width <= WIDTH and bar.y + bar.height <= HEIGHT for bar in chart.bars)


def test_layered_values_begin_at_the_bottom_and_little_is_not_nothing() -> None:
    slowest, mean = layered([[("slowest", 1.0), ("mean", 0.000001)]]).bars
    assert slowest.y + slowest.height == mean.y + mean.height == HEIGHT
    assert mean.height == 1
