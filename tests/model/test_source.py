"""Claims about sources: spelling of keys and slugs, and platforms of types."""

import pytest

from edge.model.source import PLATFORM_OF_TYPE, SLUG, WRITE_KEY, Source


@pytest.mark.parametrize("key", ["a" * 8, "a" * 64, "AZaz09_-", "--------"])
def test_a_write_key_is_8_to_64_letters_digits_underscores_and_hyphens(key: str) -> None:
    assert WRITE_KEY.match(key)


@pytest.mark.parametrize("key", ["", "a" * 7, "a" * 65, "abcdefgh\n", "abcd/efgh", "abcdéfgh", "abcd efgh", "٠١٢٣٤٥٦٧"])
def test_anything_else_is_no_write_key(key: str) -> None:
    assert not WRITE_KEY.match(key)


@pytest.mark.parametrize("slug", ["a", "a-b_c", "a0", "a" * 63])
def test_a_slug_begins_and_ends_with_a_letter_or_digit(slug: str) -> None:
    assert SLUG.match(slug)


@pytest.mark.parametrize("slug", ["", "-a", "a-", "A", "a\n", "a b", "a" * 64])
def test_anything_else_is_no_slug(slug: str) -> None:
    assert not SLUG.match(slug)


@pytest.mark.parametrize(("kind", "platform"), PLATFORM_OF_TYPE.items())
def test_every_type_has_a_platform(kind: str, platform: str) -> None:
    source = Source("s1", "acme", "site", kind, "Site", (), 1.0)
    assert source.platform == platform
    assert source.platform in ("web", "mobile", "server")
    assert source.name == "workspaces/acme/sources/site"
