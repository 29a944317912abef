"""What a page pays for our client: bytes of what the build made, each with a budget of its own.

A change that needs more says so by raising its budget here, where a reviewer sees it.
"""

import json
from pathlib import Path

import brotli
import pytest

from edge.publish.variants import ASSET_BROTLI, Encoding, polished
from loadtest.bench.sizes import PACKAGE, served

ASSETS = PACKAGE / "assets"
RELEASE = json.loads((ASSETS / "index.json").read_text())
INDEX = RELEASE["client"]
BUDGETS = {
    "client": 7_634,
    "consent": 1_156,
    "plan": 355,
    "plainRules": 1_437,
    "rules": 2_112,
    "early": 1_165,
    "rest": 4_312,
}
"""Brotli 11, by name: the client that every page has, its parts, and what it fetches on use."""
FILES: dict[str, Path] = {
    "client": ASSETS / INDEX["file"],
    **{one["name"]: ASSETS / one["file"] for one in (*INDEX["parts"], *INDEX["lazy"])},
}
DESTINATIONS = [(ASSETS / one["file"]).read_bytes() for one in RELEASE["bundles"]]
DESTINATIONS_BUDGET = 14_400
"""Brotli 11: the code of all of them in one file, as a loader may have it inline."""
SNIPPET_BUDGET = 600
"""Brotli 11: it stands in every page, where it is compressed with the rest of it."""
SERVED_BUDGET: dict[Encoding, int] = {"br": 8_440, "gzip": 8_810}
"""The whole loader of a source without destinations, as an edge sends it at first."""
POLISHED_BUDGET = 7_764
"""The same, as a node sends it that has had it for a while."""


def compressed(path: Path) -> int:
    return len(brotli.compress(path.read_bytes(), quality=ASSET_BROTLI))


def test_every_file_of_the_client_has_a_budget() -> None:
    assert FILES.keys() == BUDGETS.keys()


@pytest.mark.parametrize("name", BUDGETS)
def test_a_file_of_the_client_stays_in_its_budget(name: str) -> None:
    assert compressed(FILES[name]) <= BUDGETS[name]


def test_what_destinations_share_counts_once_in_one_file() -> None:
    assert len(brotli.compress(b"".join(DESTINATIONS), quality=ASSET_BROTLI)) <= DESTINATIONS_BUDGET


def test_the_snippet_stays_in_its_budget() -> None:
    assert compressed(ASSETS / "snippet.js") <= SNIPPET_BUDGET


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_a_loader_without_destinations_stays_in_its_budget(encoding: Encoding) -> None:
    sizes = {name: len(variant.body) for name, variant in served().items()}
    assert sizes[encoding] <= SERVED_BUDGET[encoding]


def test_a_polished_loader_without_destinations_stays_in_its_budget() -> None:
    assert len(polished(served())["br"].body) <= POLISHED_BUDGET
