"""Claims about the spelling of tags."""

import pytest

from edge.model.tags import ALL, LOADER, definition_tag, is_tag, key_tag, source_tag, workspace_tag


@pytest.mark.parametrize(
    "tag", [ALL, LOADER, source_tag("s1"), key_tag("wk_-AZ09"), workspace_tag("acme"), definition_tag("a" * 64)]
)
def test_what_the_makers_make_is_a_tag(tag: str) -> None:
    assert is_tag(tag)


@pytest.mark.parametrize(
    "text",
    ["", "every", "all\n", "loader ", "source:", "source:a b", "source:a\n", "key:" + "a" * 65, "region:eu", "ALL",
     "definition:é", "source:a:b"],
)  # fmt: skip
def test_anything_else_is_not(text: str) -> None:
    assert not is_tag(text)
