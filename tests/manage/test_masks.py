"""Masks show the end of a long secret, nothing of a short one, and never replace what they stand for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.manage.masks import BULLETS, mask, shown, unmasked
from edge.manage.problem import ProblemError
from tests.support.world import DEVICE

SECRET = "abcdefghijkldada"


def test_a_long_secret_shows_its_last_four() -> None:
    assert mask(SECRET) == "••••••••dada"


@pytest.mark.parametrize("value", ["", "a", "abcdefg", 12345678901234, ["abcdefghijklmnop"], {"a": "b"}, True])
def test_a_short_secret_and_what_is_no_text_show_nothing(value: object) -> None:
    assert mask(value) == BULLETS


@given(st.text(max_size=200))
def test_a_mask_never_shows_more_than_a_third_of_a_secret(value: str) -> None:
    assert len(mask(value).removeprefix(BULLETS)) * 3 <= len(value)


def test_a_setting_that_the_definition_does_not_know_counts_as_secret() -> None:
    assert shown(None, SECRET) == "••••••••dada"
    assert shown(DEVICE.setting("secretKey"), SECRET) == "••••••••dada"
    assert shown(DEVICE.setting("apiKey"), SECRET) == SECRET


@pytest.mark.parametrize("stored", [{}, {"secretKey": "another-secret-value"}, {"secretKey": "short"}])
def test_any_other_mask_is_refused_instead_of_taking_the_secrets_place(stored: dict[str, str]) -> None:
    with pytest.raises(ProblemError, match=r"secretKey.*mask"):
        unmasked(DEVICE, stored, {"secretKey": mask(SECRET)})


def test_the_mask_of_the_stored_value_stands_for_it() -> None:
    stored = {"secretKey": SECRET}
    assert unmasked(DEVICE, stored, {"secretKey": mask(SECRET)}) == stored
    assert unmasked(DEVICE, stored, {"secretKey": "another-secret-value"}) == {"secretKey": "another-secret-value"}
