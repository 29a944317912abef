"""What one release brings: definitions with their browser code, clients, and the files of both, checked by content.

The loader's build writes the files and ``index.json``::

    {"client": {"name": "edgewise", "version": "...", "file": "client/...", "hash": "...",
                "parts": [{"name": "...", "file": "...", "hash": "..."}], "lazy": [the same, and "integrity"]},
     "official": [{"name": "analytics-next", "version": "...", "file": "official/...", "hash": "...",
                   "prefix": {"file": "...", "hash": "..."},
                   "chunks": [{"name": "....bundle....js", "file": "...", "hash": "..."}]}],
     "bundles": [{"slug": "...", "libraryName": "...", "file": "actions/...", "hash": "...", "integrity": "..."}]}

A file that is not what the index says is refused here, so that no manifest ever names bytes that nobody has.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from edge.catalog.errors import CatalogError, Problem
from edge.catalog.reader import read_catalog, read_text
from edge.model.asset import CHUNK, HASH_DIGITS, Asset, content_hash, integrity_of, short_integrity_of
from edge.model.client import KEY_MARK, OFFICIAL, PREFIX, Client, official_slug, part_name
from edge.model.definition import Bundle, Definition

INDEX = "index.json"
SNIPPETS = "snippet.js", "snippet-halves.js"
JAVASCRIPT = "text/javascript; charset=utf-8"

_REBUILD = "run `make setup` to build the browser files"

# Names below the directory, none starting with a dot: whatever wrote the index, it cannot point elsewhere.
_File = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$")]
_Hash = Annotated[str, Field(pattern=rf"^[0-9a-f]{{{HASH_DIGITS}}}$")]


def _chunk_name(name: str) -> str:
    if not CHUNK.match(name):
        raise ValueError("no chunk is called that: a name as ajs-destination.bundle.0f1e2d3c4b5a69788796.js is meant")
    return name


class _Entry(BaseModel):
    model_config = ConfigDict(strict=True, alias_generator=to_camel)

    file: _File
    hash: _Hash


class _PartEntry(_Entry):
    name: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9]*$")]


class _LazyEntry(_PartEntry):
    integrity: str


class _ClientEntry(_Entry):
    name: str
    version: str
    parts: list[_PartEntry] = []
    lazy: list[_LazyEntry] = []


class _ChunkEntry(_Entry):
    name: Annotated[str, AfterValidator(_chunk_name)]


class _OfficialEntry(_Entry):
    name: Annotated[str, Field(pattern=f"^{OFFICIAL}$")]
    version: Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+(?:-[0-9A-Za-z.-]+)?$", max_length=40)]
    prefix: _Entry
    chunks: list[_ChunkEntry]


class _BundleEntry(_Entry):
    slug: str
    library_name: Annotated[str, Field(pattern=r"^[A-Za-z_$][A-Za-z0-9_$]*$")]
    integrity: str


class _Index(BaseModel):
    client: _ClientEntry
    official: list[_OfficialEntry] = []
    bundles: list[_BundleEntry]

    def entries(self) -> Iterator[_Entry]:
        yield from (self.client, *self.client.parts, *self.client.lazy)
        for one in self.official:
            yield from (one, one.prefix, *one.chunks)
        yield from self.bundles


@dataclass(frozen=True, slots=True)
class Release:
    """Everything that a starting process imports. ``definitions`` is by slug; ``assets`` holds the files of clients and
    bundles. ``client`` is our own, ``official`` the versions of the other.

    ``snippets`` are the texts of the page snippet, for a loader in one file and for one in halves; empty if the build
    made none.
    """

    version: str
    client: Client
    definitions: dict[str, Definition]
    assets: tuple[Asset, ...]
    snippets: tuple[str, str]
    official: tuple[Client, ...] = ()

    @property
    def clients(self) -> tuple[Client, ...]:
        return (self.client, *self.official)


def read_release(definitions_dir: Path, assets_dir: Path, version: str) -> Release:
    """Read and check both directories; ``CatalogError`` names every file that does not fit."""
    definitions = {slug: replace(one, release=version) for slug, one in read_catalog(definitions_dir).items()}
    index = _read_index(assets_dir)
    problems = list(_misfits(index, definitions, assets_dir / INDEX))
    assets: dict[str, Asset] = {}
    for entry in index.entries():
        try:
            asset = _read_asset(assets_dir / entry.file, entry)
        except CatalogError as error:
            problems.extend(error.problems)
        else:
            assets[asset.hash] = asset
    if problems:
        raise CatalogError(problems)
    for entry in index.bundles:
        bundle = Bundle(entry.hash, entry.library_name, entry.integrity)
        definitions[entry.slug] = replace(definitions[entry.slug], bundle=bundle)
    whole, halved = (assets_dir / name for name in SNIPPETS)
    return Release(
        version=version,
        client=_own(index.client, version),
        official=tuple(_official(entry, version) for entry in index.official),
        definitions=definitions,
        assets=tuple(assets.values()),
        snippets=(_text_of(whole), _text_of(halved)),
    )


def _text_of(file: Path) -> str:
    return read_text(file) if file.is_file() else ""


def _own(entry: _ClientEntry, release: str) -> Client:
    parts = {part_name(one.name): one.hash for one in entry.parts}
    lazy = {f"lazy/{one.name}": one.hash for one in entry.lazy}
    return Client(entry.name, entry.version, entry.hash, release, parts | lazy)


def _official(entry: _OfficialEntry, release: str) -> Client:
    files = {PREFIX: entry.prefix.hash} | {one.name: one.hash for one in entry.chunks}
    return Client(official_slug(entry.version), entry.version, entry.hash, release, files)


def _read_index(assets_dir: Path) -> _Index:
    path = assets_dir / INDEX
    if not path.is_file():
        raise CatalogError([Problem(str(path), 0, "index", f"there is no such file; {_REBUILD}")])
    try:
        return _Index.model_validate_json(read_text(path))
    except ValidationError as error:
        raise CatalogError(
            Problem(str(path), 0, "index", f"{'.'.join(map(str, detail['loc']))}: {detail['msg']}; {_REBUILD}")
            for detail in error.errors()
        ) from error


def _misfits(index: _Index, definitions: dict[str, Definition], path: Path) -> Iterator[Problem]:
    chunks: dict[str, str] = {}
    for chunk in (chunk for one in index.official for chunk in one.chunks):
        if chunks.setdefault(chunk.name, chunk.hash) != chunk.hash:
            text = f'two files are called "{chunk.name}"; clients ask by name, so only one can be served. {_REBUILD}'
            yield Problem(str(path), 0, "index", text)
    seen: set[str] = set()
    for entry in index.bundles:
        if entry.slug in seen:
            yield Problem(str(path), 0, "index", f'"{entry.slug}" has two bundles; a definition has one. {_REBUILD}')
        seen.add(entry.slug)
        if entry.slug not in definitions:
            text = f'the bundle "{entry.slug}" has no definition; add {entry.slug}.toml to the catalog or drop its code'
            yield Problem(str(path), 0, "index", text)
        elif "device" not in definitions[entry.slug].supported("web"):
            text = f'the bundle "{entry.slug}" cannot be used: {entry.slug}.toml has no "device" in modes.web; add it'
            yield Problem(str(path), 0, "index", text)


def _read_asset(path: Path, entry: _Entry) -> Asset:
    try:
        body = path.read_bytes()
    except OSError as error:
        raise CatalogError([Problem(str(path), 0, "index", f"{error.strerror}; {_REBUILD}")]) from error
    asset = Asset(content_hash(body), integrity_of(body), JAVASCRIPT, body)
    if asset.hash != entry.hash:
        text = f"its SHA-256 starts with {asset.hash}, the index says {entry.hash}; {_REBUILD}"
        raise CatalogError([Problem(str(path), 0, "index", text)])
    if isinstance(entry, _OfficialEntry) and body.count(KEY_MARK) != 1:
        times = body.count(KEY_MARK)
        text = f"{KEY_MARK.decode()} occurs {times} times in it; it has to be there once, for a write key"
        raise CatalogError([Problem(str(path), 0, "index", text)])
    # The client states the integrity of what it fetches itself by the shorter of the two digests.
    integrity = short_integrity_of(body) if isinstance(entry, _LazyEntry) else asset.integrity
    if isinstance(entry, _BundleEntry | _LazyEntry) and integrity != entry.integrity:
        text = f"its integrity is {integrity}, the index says {entry.integrity}; {_REBUILD}"
        raise CatalogError([Problem(str(path), 0, "index", text)])
    return asset
