"""What to type to do from a terminal what the demo page does with its switches: shown there, and printed at start."""

import shlex
from dataclasses import dataclass
from pathlib import Path

from edge.demo.content import SITE, WORKSPACE

EXAMPLE = "amplitude"


@dataclass(frozen=True, slots=True)
class Command:
    """``text`` is one command to copy into a POSIX shell, whole."""

    purpose: str
    text: str


def commands(program: str, data_dir: Path, base_url: str) -> tuple[Command, ...]:
    """``program`` is how this edge was started: the path of ``edgewise``."""
    edgewise = f"{shlex.quote(program)} --data-dir {shlex.quote(str(data_dir))}"
    resource = f"{WORKSPACE}/{SITE}/{EXAMPLE}"
    path = f"/v1beta/workspaces/{WORKSPACE}/sources/{SITE}/destinations/{EXAMPLE}?wait=2s"
    body = '{"destination": {"enabled": true}, "update_mask": {"paths": ["destination.enabled"]}}'
    return (
        Command("Switch a destination off", f"{edgewise} destination update {resource} --disable --wait 2s"),
        Command("Switch it on again", f"{edgewise} destination update {resource} --enable --wait 2s"),
        Command(
            "The same through the Config API: a token first",
            f'TOKEN=$({edgewise} token create --workspace {WORKSPACE} --scope "workspace:read workspace:write" --json'
            """ | python3 -c 'import json, sys; print(json.load(sys.stdin)["token"])')""",
        ),
        Command(
            "then the change",
            f'curl -i -X PATCH {shlex.quote(base_url + path)} -H "Authorization: Bearer $TOKEN"'
            f" -H 'Content-Type: application/json' -d {shlex.quote(body)}",
        ),
    )
