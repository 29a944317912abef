"""Claims about content addresses, by the examples of others."""

from edge.model.asset import content_hash, integrity_of


def test_a_hash_is_the_first_half_of_sha_256_in_hex() -> None:
    assert content_hash(b"abc") == "ba7816bf8f01cfea414140de5dae2223"


def test_integrity_is_the_example_of_the_sri_specification() -> None:
    # W3C Subresource Integrity, section 3.2: alert('Hello, world.');
    expected = "sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO"
    assert integrity_of(b"alert('Hello, world.');") == expected
