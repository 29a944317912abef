"""PostgreSQL and Redis as a fleet has them: thrown away, stopped, emptied, replaced."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis.exceptions import RedisError

from loadtest.fleet.postgres import Postgres
from loadtest.fleet.redis import RedisServer, Sentinel


@pytest.fixture(scope="module")
def directory() -> Iterator[Path]:
    """Where another user may enter, as PostgreSQL's must under root."""
    made = Path(tempfile.mkdtemp(prefix="edgewise-servers-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def postgres(directory: Path) -> Iterator[Postgres]:
    made = Postgres(directory / "postgres")
    made.create()
    yield made
    made.stop()


def test_a_restarted_postgres_has_what_was_committed(postgres: Postgres) -> None:
    postgres.query("CREATE TABLE kept AS SELECT 42 AS answer")
    postgres.restart()
    assert postgres.query("SELECT answer FROM kept") == "42"


def test_a_killed_postgres_has_what_was_committed(postgres: Postgres) -> None:
    postgres.query("CREATE TABLE survived AS SELECT 42 AS answer")
    postgres.process.kill()
    assert not postgres.ready()
    postgres.start()
    assert postgres.query("SELECT answer FROM survived") == "42"


def test_a_copy_that_is_put_back_knows_nothing_of_later_commits(postgres: Postgres) -> None:
    postgres.query("CREATE TABLE grown AS SELECT 1 AS number")
    kept = postgres.copy("copy")
    postgres.query("INSERT INTO grown VALUES (2)")
    postgres.put_back(kept)
    assert postgres.query("SELECT count(*) FROM grown") == "1"


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    made = RedisServer(tmp_path)
    made.start()
    yield made
    made.stop()


def test_a_restarted_redis_is_empty(redis: RedisServer) -> None:
    redis.client.xadd("stream", {"a": "b"})
    assert redis.streams() == ["stream"]
    redis.restart_empty()
    assert redis.streams() == []


def test_a_trimmed_stream_keeps_the_newest(redis: RedisServer) -> None:
    for number in range(5):
        redis.client.xadd("stream", {"number": number})
    redis.trim("stream", keep=2)
    assert [fields["number"] for fields in redis.entries("stream")] == ["3", "4"]


def test_a_paused_redis_answers_nobody_and_closes_no_connection(redis: RedisServer) -> None:
    other = redis.connect(timeout=0.1)
    assert other.ping()
    redis.pause(1.0)
    with pytest.raises(RedisError):
        other.ping()
    redis.process.wait_until(redis.answers, "it answers again")


def test_a_sentinel_moves_to_the_replica_when_the_master_is_killed(redis: RedisServer, tmp_path: Path) -> None:
    replica = RedisServer(tmp_path, "replica", replica_of=redis)
    sentinel = Sentinel(tmp_path, redis)
    try:
        replica.start()
        sentinel.start(replicas=1)
        assert sentinel.master_port() == redis.port
        redis.process.kill()
        sentinel.process.wait_until(lambda: sentinel.master_port() == replica.port, "the replica is the master")
    finally:
        sentinel.stop()
        replica.stop()
