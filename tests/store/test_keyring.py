"""Encryption at rest: the key file, rotation, and that no setting is anywhere in plain text."""

import stat
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from edge.store.documents import Codec
from edge.store.keyring import Keyring, SecretKeyError, SecretUnreadableError, keys_from_file, new_secret_key
from tests.store.processes import together
from tests.support.world import IN_CLOUD, IN_DEVICE, SECRET, make_world

OLD, NEW = new_secret_key(), new_secret_key()


def test_the_key_file_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "secret.keys"
    keys = keys_from_file(path, new_secret_key)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keys_from_file(path, new_secret_key) == keys
    assert [entry.name for entry in tmp_path.iterdir()] == ["secret.keys"]


async def make_key(directory: Path, _number: int) -> list[str]:
    return keys_from_file(directory / "secret.keys", new_secret_key)


@pytest.mark.parametrize("round_number", range(5))
def test_processes_that_start_at_once_end_up_with_one_key(tmp_path: Path, round_number: int) -> None:
    answers = together(make_key, tmp_path, 8)
    assert len({tuple(keys) for keys in answers}) == 1, (round_number, answers)
    Keyring(answers[0])
    assert stat.S_IMODE((tmp_path / "secret.keys").stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["secret.keys"]


def test_several_keys_are_read_newest_first_one_a_line(tmp_path: Path) -> None:
    path = tmp_path / "secret.keys"
    path.write_text(f"{NEW}\n\n  {OLD}  \n")
    assert keys_from_file(path, new_secret_key) == [NEW, OLD]


def test_after_a_rotation_the_old_key_still_opens_and_the_new_one_seals() -> None:
    sealed = Keyring([OLD]).seal(b"credential")
    rotated = Keyring([NEW, OLD])
    assert rotated.open(sealed) == b"credential"
    again = rotated.seal(b"credential")
    assert Fernet(NEW).decrypt(again) == b"credential"
    with pytest.raises(SecretUnreadableError):
        Keyring([OLD]).open(again)


@pytest.mark.parametrize(
    "sealed",
    ["", "nonsense", Keyring([OLD]).seal(b"credential"), "gAAAAA" + "é" * 30],
    # Not what is sealed, which is another one each time: workers have to find the same tests.
    ids=["empty", "nonsense", "another key's", "no letters"],
)
def test_what_no_key_opens_is_unreadable_and_the_error_says_what_to_do(sealed: str) -> None:
    with pytest.raises(SecretUnreadableError, match=r"EDGE_SECRET_KEYS.*secret\.keys"):
        Keyring([NEW]).open(sealed)


@pytest.mark.parametrize("keys", [[], ["short"], [NEW, "not a key"]])
def test_what_is_no_key_is_refused_by_the_name_of_its_setting_without_showing_it(keys: list[str]) -> None:
    with pytest.raises(SecretKeyError, match=r"EDGE_SECRET_KEYS.*44 characters") as caught:
        Keyring(keys)
    assert not any(key in str(caught.value) for key in keys)


def test_a_body_shows_neither_values_nor_names_of_settings() -> None:
    codec = Codec(Keyring([NEW]))
    body = codec.encode(IN_DEVICE)
    for text in ("first-api-key", "apiKey", SECRET, "secretKey"):
        assert text.encode() not in body
    assert codec.decode("destination", body) == IN_DEVICE


Look = Callable[[Mapping[str, Any]], Any]
LOOKS: list[Look] = [dict, list, len, bool, lambda it: it["apiKey"], lambda it: it.get("x")]


@pytest.mark.parametrize("look", LOOKS)
def test_whoever_looks_into_settings_sealed_with_a_lost_key_is_told_so_and_never_that_there_are_none(
    look: Look,
) -> None:
    found = Codec(Keyring([NEW])).decode("destination", Codec(Keyring([OLD])).encode(IN_DEVICE))
    with pytest.raises(SecretUnreadableError):
        look(found.settings)


def test_what_was_sealed_with_a_lost_key_keeps_its_seal_when_it_is_written_again() -> None:
    stranger = Codec(Keyring([NEW]))
    found = stranger.decode("destination", Codec(Keyring([OLD])).encode(IN_DEVICE))
    again = Codec(Keyring([OLD])).decode("destination", stranger.encode(replace(found, enabled=False)))
    assert again == replace(IN_DEVICE, enabled=False)


@pytest.mark.anyio
async def test_no_file_of_the_data_directory_holds_an_unpublished_setting_in_plain_text(tmp_path: Path) -> None:
    plain = ["unpublished-value-000001", "unpublished-value-000002", "secret-value-000000003", "secret-value-000000004"]
    world = await make_world(tmp_path)
    await world.commit(replace(IN_CLOUD, settings={"hook": plain[0]}))
    await world.commit(replace(IN_CLOUD, settings={"hook": plain[1]}))
    await world.commit(replace(IN_DEVICE, settings={"apiKey": "public", "secretKey": plain[2]}))
    await world.commit(replace(IN_DEVICE, settings={"apiKey": "public", "secretKey": plain[3]}))
    await world.commit(deletes=[IN_DEVICE, IN_CLOUD])

    def holders() -> dict[str, list[str]]:
        return {
            path.name: [text for text in (*plain, SECRET) if text.encode() in path.read_bytes()]
            for path in tmp_path.rglob("*")
            if path.is_file()
        }

    found = holders()
    assert {"edgewise.db", "edgewise.db-wal", "secret.keys"} <= found.keys()
    assert all(texts == [] for texts in found.values()), found
    assert b"wk_first_key_0001" in (tmp_path / "edgewise.db-wal").read_bytes(), "the search would find plain text"
    await world.close()
    assert all(texts == [] for texts in holders().values())
