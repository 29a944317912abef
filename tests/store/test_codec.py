"""How documents become bodies and come back."""

from pathlib import Path

import orjson

import edge
from edge.catalog.reader import read_catalog
from edge.store.documents import Codec
from edge.store.keyring import Keyring, new_secret_key

CATALOG = read_catalog(Path(edge.__file__).parent / "catalog" / "definitions")


def codec() -> Codec:
    return Codec(Keyring([new_secret_key()]))


def test_every_definition_of_the_catalog_comes_back_as_it_was() -> None:
    made = codec()
    for definition in CATALOG.values():
        assert made.decode("definition", made.encode(definition)) == definition


def test_a_definition_from_before_there_were_directives_has_none() -> None:
    made = codec()
    body = orjson.loads(made.encode(CATALOG["intercom"]))
    assert body.pop("directives")["style-src"] == ["'unsafe-inline'"]
    assert made.decode("definition", orjson.dumps(body)).directives == {}
