"""Style sheet, scripts and htmx: read once, served under names that hold the hash of their content."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.responses import Response

from edge.console.headers import FILE
from edge.model.asset import content_hash

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
OWN = Path(__file__).parent / "static"
BUILT = Path(__file__).parents[1] / "assets" / "console"
"""What loader/build.mjs copies out of packages: htmx."""


@dataclass(frozen=True, slots=True)
class Served:
    content_type: str
    body: bytes

    def response(self) -> Response:
        return Response(self.body, headers={**FILE, "Content-Type": self.content_type})


class Files:
    """Every file of some directories, and nothing else of the disk."""

    def __init__(self, directories: Sequence[Path] = (OWN, BUILT)) -> None:
        self._names: dict[str, str] = {}
        self._files: dict[str, Served] = {}
        for path in sorted(path for directory in directories for path in directory.glob("*") if path.suffix in TYPES):
            body = path.read_bytes()
            name = f"{path.stem}.{content_hash(body)[:16]}{path.suffix}"
            self._names[path.name] = name
            self._files[name] = Served(TYPES[path.suffix], body)

    def name(self, plain: str) -> str:
        """Under what name ``console.css`` is served. Raises KeyError."""
        return self._names[plain]

    def find(self, name: str) -> Served | None:
        return self._files.get(name)
