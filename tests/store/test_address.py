"""URLs of stores: what they name, and that no refusal shows any of them."""

from pathlib import Path

import pytest

from edge.store.address import DatabaseUrlError, PostgresServer, SqliteFile, read_address

SECRET = "hunter2"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg"])
def test_a_server_is_named_with_or_without_its_driver(scheme: str) -> None:
    assert read_address(f"{scheme}://edge:pw@db:5433/edge") == PostgresServer(("postgresql://edge:pw@db:5433/edge",))


@pytest.mark.parametrize("scheme", ["sqlite", "sqlite+aiosqlite"])
def test_a_file_is_named_with_or_without_its_driver(scheme: str) -> None:
    address = read_address(f"{scheme}:////var/lib/edge.db")
    assert address == SqliteFile(Path("/var/lib/edge.db"))


def test_each_of_several_hosts_is_a_place_with_the_same_login_and_parameters() -> None:
    address = read_address("postgresql://edge:p%40w@one:5433,two,[::1]:5434/edge?sslmode=require")
    assert address == PostgresServer(
        tuple(f"postgresql://edge:p%40w@{host}/edge?sslmode=require" for host in ("one:5433", "two", "[::1]:5434")),
        frozenset({"sslmode"}),
    )


def test_a_socket_s_directory_may_be_the_host() -> None:
    address = read_address("postgresql:///edge?host=/run/postgresql")
    assert address == PostgresServer(("postgresql:///edge?host=%2Frun%2Fpostgresql",), frozenset({"host"}))


def test_the_driver_s_word_for_tls_is_understood_as_libpq_s() -> None:
    assert read_address("postgresql://db/edge?ssl=require") == read_address("postgresql://db/edge?sslmode=require")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "must begin with postgresql://"),
        ("edge", "must begin with postgresql://"),
        (f"mysql://edge:{SECRET}@db/edge", "must begin with postgresql://"),
        (f"postgresql+psycopg://edge:{SECRET}@db/edge", "must begin with postgresql://"),
        (f"postgresql://edge:{SECRET}@db", "must name a database"),
        (f"postgresql://edge:{SECRET}@db/", "must name a database"),
        (f"postgresql://edge:{SECRET}/x@db/edge", "percent-encoded"),
        (f"postgresql://edge:{SECRET}#x@db/edge", "percent-encoded"),
        (f"postgresql://edge:x@db:{SECRET}/edge", "percent-encoded"),
        (f"postgresql://edge:[{SECRET}@db/edge", "percent-encoded"),
        ("sqlite://", "must name a file"),
        ("sqlite:///:memory:", "must name a file"),
    ],
)
def test_what_names_no_database_is_refused_and_not_shown(url: str, says: str) -> None:
    with pytest.raises(DatabaseUrlError, match=says) as refused:
        read_address(url)
    assert SECRET not in str(refused.value)


def test_an_address_shows_no_password() -> None:
    assert SECRET not in repr(read_address(f"postgresql://edge:{SECRET}@db/edge"))
