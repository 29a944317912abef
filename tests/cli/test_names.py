"""Short and full names of resources."""

import pytest

from edge.cli.errors import USAGE, CliError
from edge.cli.names import checked_key, checked_token_id, parse, short


@pytest.mark.parametrize(
    ("text", "depth"),
    [
        ("acme", 1),
        ("workspaces/acme", 1),
        ("acme/site", 2),
        ("workspaces/acme/sources/site", 2),
        ("acme/site/amplitude", 3),
        ("workspaces/acme/sources/site/destinations/amplitude", 3),
    ],
)
def test_a_short_and_a_full_name_mean_the_same_resource(text: str, depth: int) -> None:
    name = parse(text, depth)
    assert name.short == "/".join(("acme", "site", "amplitude")[:depth])
    assert parse(name.full, depth) == name
    assert short(name.full) == name.short


@pytest.mark.parametrize(
    ("text", "depth", "example"),
    [
        ("", 1, "acme"),
        ("acme/site", 1, "acme"),
        ("acme", 2, "acme/site"),
        ("acme//site", 2, "acme/site"),
        ("acme/site", 3, "acme/site/amplitude"),
    ],
)
def test_a_name_of_another_depth_is_refused_with_an_example(text: str, depth: int, example: str) -> None:
    with pytest.raises(CliError) as refused:
        parse(text, depth)
    assert refused.value.hint == f"Write it as {example}."
    assert refused.value.code == USAGE


@pytest.mark.parametrize("slug", ["..", "Acme", "a b", "a%2fb", "a?b", "-a", "a" * 64, "acme\n"])
def test_what_is_no_slug_never_becomes_part_of_a_path(slug: str) -> None:
    with pytest.raises(CliError, match="is no slug") as refused:
        parse(f"acme/{slug}", 2)
    assert "Allowed are 1 to 63 characters" in refused.value.hint


@pytest.mark.parametrize("key", ["short", "../../../status", "a" * 65, "key_with_newline\n"])
def test_what_is_no_write_key_never_becomes_part_of_a_path(key: str) -> None:
    with pytest.raises(CliError, match="is no write key"):
        checked_key(key)


def test_a_token_is_named_by_its_id_or_its_full_name() -> None:
    assert checked_token_id("access-tokens/0a1b") == checked_token_id("0a1b") == "0a1b"
    with pytest.raises(CliError, match="is no token id"):
        checked_token_id("a/b")


def test_a_workspace_called_like_a_collection_keeps_its_name() -> None:
    assert parse("workspaces/sources", 2).slugs == ("workspaces", "sources")
