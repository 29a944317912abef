"""The Config API of a running edge, as any client of it comes to it: with a token from the command line."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.cli.processes import Served
from tests.cli.shell import Shell

SECONDS = 60.0
"""For one call: a change waits until it is live, on a busy machine too."""


@dataclass(frozen=True, slots=True)
class ConfigApi:
    """``client`` asks beneath /v1beta with ``token``, which is one for the whole instance."""

    client: httpx.Client
    token: str


@contextmanager
def config_api(edge: Served, scopes: str) -> Iterator[ConfigApi]:
    """``scopes`` as the command line has them, with blanks between."""
    here = Shell({"EDGE_DATA_DIR": edge.said["data_dir"]})
    token: str = json.loads(here.apart("token", "create", "--instance", "--scope", scopes, "--json"))["token"]
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=edge.said["config_api"], headers=headers, timeout=SECONDS, trust_env=False) as client:
        yield ConfigApi(client, token)


def config_of(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Settings as the API takes them."""
    return [{"name": name, "value": value} for name, value in settings.items()]
