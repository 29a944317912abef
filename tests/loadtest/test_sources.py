"""The sources of a load test."""

import pytest

from edge.model.destination import Destination
from edge.model.source import SLUG, WRITE_KEY
from loadtest.sources import counter_in, documents, load_source, marker, read_marker
from tests.loadtest.published import RELEASE


@pytest.mark.parametrize("number", [0, 1, 12_345, 99_999])
def test_a_source_has_names_and_a_key_that_an_edge_takes(number: int) -> None:
    source = load_source(number)
    assert WRITE_KEY.match(source.key)
    assert SLUG.match(source.slug)
    assert SLUG.match(source.workspace)


def test_no_two_sources_share_a_name_an_id_or_a_key() -> None:
    sources = [load_source(number) for number in range(200)]
    for values in ([one.name for one in sources], [one.id for one in sources], [one.key for one in sources]):
        assert len(set(values)) == 200


def test_settings_are_what_their_definitions_accept() -> None:
    for one in documents([load_source(15)]):
        if isinstance(one, Destination):
            definition = RELEASE.definitions[one.definition]
            required = {setting.name for setting in definition.settings if setting.required}
            assert required <= set(one.settings), one.definition
            assert definition.creation_name in load_source(15).names


def test_a_marker_is_read_back_and_nothing_else_is_one() -> None:
    assert read_marker(marker("s00012", 345)) == ("s00012", 345)
    for text in ("s00012.c345", "s00012", "x00012.c00000345", "s00012.c00000345\n", ""):
        assert read_marker(text) is None
    assert counter_in("s00012.c00000345") == 345
    with pytest.raises(ValueError, match="is not a source's marker"):
        counter_in("0123456789abcdef")
