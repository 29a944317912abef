"""The files that the client fetches when a page needs them, as they were built."""

import json
from pathlib import Path

import edge
from edge.model.asset import Asset
from tests.support.world import asset

ASSETS = Path(edge.__file__).parent / "assets"


def lazy_files() -> list[Asset]:
    index = json.loads((ASSETS / "index.json").read_text())
    return [asset((ASSETS / entry["file"]).read_text()) for entry in index["client"]["lazy"]]
