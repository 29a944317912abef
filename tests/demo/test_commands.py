"""The commands that the demo prints and shows can be copied into a shell as they are."""

import shlex
from pathlib import Path

from edge.demo.commands import commands

BASE = "http://127.0.0.1:8080"


def test_a_command_stays_whole_whatever_the_paths_are_called() -> None:
    directory = Path("my data/it's")
    for command in commands("./my bin/edgewise", directory, BASE)[:2]:
        words = shlex.split(command.text)
        assert words[:3] == ["./my bin/edgewise", "--data-dir", str(directory)]


def test_the_call_of_the_config_api_is_one_command_with_the_token_left_to_the_shell() -> None:
    words = shlex.split(commands("edgewise", Path("data"), BASE)[-1].text)
    assert words[0] == "curl"
    assert "Authorization: Bearer $TOKEN" in words
    assert any(word.startswith(f"{BASE}/v1beta/") for word in words)
