"""Bytes of the loader bundle with an empty manifest, encoded and polished: ``python -m loadtest.bench.sizes``."""

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path

import edge
from edge.catalog.bundles import read_release
from edge.model.asset import Asset
from edge.model.source import LibraryConfig, LoaderConfig
from edge.publish.loader import Loaders
from edge.publish.manifest import Manifest
from edge.publish.pieces import Pieces
from edge.publish.variants import Variants, encode_pieces, polished
from edge.publish.wire import Origin, settings_document

KEY = "bench_write_key"
PACKAGE = Path(edge.__file__).parent


class _Files:
    """A release's files, as the store gives them."""

    def __init__(self, assets: Mapping[str, Asset]) -> None:
        self._assets = assets

    async def asset(self, content_hash: str) -> Asset | None:
        return self._assets.get(content_hash)


def served() -> Variants:
    """The loader of a source without destinations, as an edge sends it at first."""
    release = read_release(PACKAGE / "catalog" / "definitions", PACKAGE / "assets", edge.__version__)
    origin = Origin("https://cdn.example.com", "events.example.com/v1")
    settings = settings_document(Manifest("web", LibraryConfig(), (), (), ()), KEY, origin)
    loaders = Loaders(Pieces(_Files({asset.hash: asset for asset in release.assets})), origin)
    return encode_pieces(asyncio.run(loaders.compose(release.client, LoaderConfig(), (), KEY, settings)))


def main() -> None:
    variants = served()
    sizes = {str(encoding): len(variant.body) for encoding, variant in variants.items()}
    sizes["br later"] = len(polished(variants)["br"].body)
    sys.stdout.write("".join(f"{encoding:10} {size:7} bytes\n" for encoding, size in sizes.items()))


if __name__ == "__main__":
    main()
