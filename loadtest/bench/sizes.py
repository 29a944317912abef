"""Bytes of the loader bundle with an empty manifest, in each encoding: ``python -m loadtest.bench.sizes``."""

import sys
from pathlib import Path

import edge
from edge.catalog.bundles import read_release
from edge.model.source import LibraryConfig
from edge.publish.bundle import loader_bundle
from edge.publish.manifest import Manifest
from edge.publish.variants import Variants, encode
from edge.publish.wire import Origin, settings_document, to_json

KEY = "bench_write_key"
PACKAGE = Path(edge.__file__).parent


def served() -> Variants:
    """The loader of a source without destinations, as an edge sends it."""
    release = read_release(PACKAGE / "catalog" / "definitions", PACKAGE / "assets", edge.__version__)
    code = next(asset.body for asset in release.assets if asset.hash == release.client.hash)
    origin = Origin("https://cdn.example.com", "events.example.com/v1")
    empty = Manifest("web", LibraryConfig(), (), (), ())
    return encode(loader_bundle(code, KEY, origin.public_url, to_json(settings_document(empty, KEY, origin))))


def main() -> None:
    sizes = {encoding: len(variant.body) for encoding, variant in served().items()}
    sys.stdout.write("".join(f"{encoding:10} {size:7} bytes\n" for encoding, size in sizes.items()))


if __name__ == "__main__":
    main()
