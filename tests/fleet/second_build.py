"""A second build of Edgewise beside this one: a newer release with another client, other browser code of a destination,
and a definition that hides a setting which the older one publishes."""

import json
import re
import shutil
from pathlib import Path

from edge.model.asset import content_hash, integrity_of
from loadtest.fleet.edgewise import ROOT

VERSION = "99.0.0"
HIDES = ("mixpanel", "token")
"""The definition, and its setting that browsers no longer get."""
REBUILT = "amplitude"
"""The destination whose browser code is another."""
MARK = b"/* of the second build */"
_EXPOSED = re.compile(r'(name = "token"\n(?:(?!\[\[).*\n)*?)expose = "device"\n')


def make(directory: Path) -> Path:
    """The build's checkout, in ``directory``: what Python imports it from."""
    build = directory / "second-build"
    shutil.copytree(ROOT / "edge", build / "edge", ignore=shutil.ignore_patterns("__pycache__"))
    _replace(build / "edge" / "__init__.py", re.compile(r'__version__ = "[^"]+"'), f'__version__ = "{VERSION}"')
    _replace(build / "edge" / "catalog" / "definitions" / f"{HIDES[0]}.toml", _EXPOSED, r"\1")
    assets = build / "edge" / "assets"
    index = json.loads((assets / "index.json").read_text())
    index["client"]["version"] = VERSION
    for entry in (index["client"], *(bundle for bundle in index["bundles"] if bundle["slug"] == REBUILT)):
        _rebuild(assets, entry)
    (assets / "index.json").write_text(json.dumps(index))
    return build


def _replace(file: Path, pattern: re.Pattern[str], by: str) -> None:
    text, count = pattern.subn(by, file.read_text())
    assert count == 1, file
    file.write_text(text)


def _rebuild(assets: Path, entry: dict[str, str]) -> None:
    """Other bytes, so another hash and another name."""
    old = assets / entry["file"]
    body = MARK + old.read_bytes()
    old.unlink()
    digest = content_hash(body)
    entry |= {"file": entry["file"].replace(entry["hash"], digest), "hash": digest}
    if "integrity" in entry:
        entry["integrity"] = integrity_of(body)
    (assets / entry["file"]).write_bytes(body)
