"""What an edge publishes of a load test's source, made by the same code, without a store."""

from dataclasses import replace
from pathlib import Path

import edge
from edge.catalog.bundles import Release, read_release
from edge.model.destination import Destination
from edge.model.source import Source
from edge.publish.bundle import loader_bundle, manifest_half
from edge.publish.manifest import build
from edge.publish.variants import Encoding, encode
from edge.publish.wire import Origin, integrations_document, settings_document, to_json
from loadtest.checks import Answer, Asked
from loadtest.documents import Kind
from loadtest.expected import Floor
from loadtest.sources import COUNTED, COUNTED_SETTING, LoadSource, documents, load_source, marker

PACKAGE = Path(edge.__file__).parent
ORIGIN = Origin("https://cdn.example")
SOURCE = load_source(5)
POSITION = 41


def release() -> Release:
    return read_release(PACKAGE / "catalog" / "definitions", PACKAGE / "assets", edge.__version__)


RELEASE = release()


def body_of(source: LoadSource, kind: Kind, counter: int = 0) -> bytes:
    """The document in identity coding, with the counter at ``counter``."""
    made = documents([source])
    (owner,) = (one for one in made if isinstance(one, Source))
    destinations = [_counted(one, source, counter) for one in made if isinstance(one, Destination)]
    manifest = build(owner, destinations, RELEASE.definitions)
    if kind == "integrations":
        return to_json(integrations_document(manifest))
    settings = to_json(settings_document(manifest, source.key, ORIGIN))
    if kind == "settings":
        return settings
    if kind == "manifest":
        return manifest_half(source.key, ORIGIN.public_url, settings, "01234567")
    return loader_bundle(b"window.analytics = __EDGEWISE__;", source.key, ORIGIN.public_url, settings)


def answer_of(source: LoadSource, kind: Kind, encoding: Encoding = "br", counter: int = 0) -> Answer:
    """A whole answer, as an edge sends it."""
    variant = encode(body_of(source, kind, counter))[encoding]
    headers = {
        "etag": variant.etag,
        "content-length": str(len(variant.body)),
        "edge-as-of": f"0123456789abcdef.{POSITION}",
        "cache-control": "public, max-age=60, s-maxage=60, stale-while-revalidate=540, stale-if-error=0",
    }
    if encoding != "identity":
        headers["content-encoding"] = encoding
    return Answer(200, headers, variant.body)


def asked_of(source: LoadSource, kind: Kind, encoding: Encoding = "br", floor: Floor | None = None) -> Asked:
    return Asked(source, kind, encoding, floor or Floor())


def _counted(one: Destination, source: LoadSource, counter: int) -> Destination:
    if one.definition != COUNTED:
        return one
    return replace(one, settings={**one.settings, COUNTED_SETTING: marker(source.slug, counter)})
