"""Claims about settings that only hold together."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from edge.model.budget import BudgetError
from edge.settings import Settings


def test_a_lease_shorter_than_two_heartbeats_is_refused() -> None:
    with pytest.raises(ValidationError, match="lease"):
        Settings(lease=1.9)


def test_nginx_is_never_told_a_deadline_that_an_old_proof_puts_in_the_past() -> None:
    with pytest.raises(ValidationError, match="EDGE_FRONT_FRESH must be more than EDGE_LEASE"):
        Settings(front="nginx", front_fresh=10, lease=10.0)
    assert Settings(front="nginx", front_fresh=11, lease=10.0).front_fresh == 11
    assert Settings(front="none", front_fresh=0).front == "none"


def test_shares_beyond_the_budget_are_refused_with_the_sum() -> None:
    with pytest.raises(BudgetError, match=r"add up to 1985 s, more than 1800 s"):
        Settings(browser_max_age=300).budget()


@pytest.mark.parametrize("value", ["edge.example", "ftp://edge.example", "https://edge.example/?a", "https://e/'"])
def test_a_public_url_that_would_break_a_manifest_is_refused(value: str) -> None:
    with pytest.raises(ValidationError, match="public_url"):
        Settings(public_url=value)


def test_a_public_url_loses_its_trailing_slash() -> None:
    assert Settings(public_url="https://edge.example/cdn/").base_url() == "https://edge.example/cdn"


@pytest.mark.parametrize("url", ["mysql://edge:hunter2@db/edge", "postgresql://edge:hunter2/x@db/edge"])
def test_a_database_url_that_names_no_store_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(ValidationError, match="database_url") as refused:
        Settings(database_url=url)
    assert "hunter2" not in str(refused.value)


def test_a_database_url_is_shown_by_nothing_that_shows_settings() -> None:
    settings = Settings(database_url="postgresql://edge:hunter2@db/edge")
    assert "hunter2" not in repr(settings) + str(settings) + settings.model_dump_json()
    assert settings.database() == settings.roster_database() == "postgresql://edge:hunter2@db/edge"


def test_without_a_server_the_roster_is_a_file_of_its_own(tmp_path: Path) -> None:
    for settings in (Settings(data_dir=tmp_path), Settings(data_dir=tmp_path, database_url="sqlite:////srv/edge.db")):
        assert settings.roster_database() == f"sqlite+aiosqlite:///{tmp_path}/roster.db"
    assert Settings(data_dir=tmp_path, database_url="").database() == f"sqlite+aiosqlite:///{tmp_path}/edgewise.db"


def test_a_redis_url_that_cannot_be_read_is_refused_by_its_name_and_without_its_password() -> None:
    with pytest.raises(ValidationError, match=r"redis_url[\s\S]*must have a port between 1 and 65535") as refused:
        Settings(redis_url=SecretStr("redis://:tops3cret@cache:port/0"))
    assert "tops3cret" not in str(refused.value)


def test_an_empty_redis_url_is_none() -> None:
    assert Settings(redis_url=SecretStr(" ")).redis_place() is None
