"""What a page preloads is asked for just as our client asks for it, and is safe in HTML whatever the edge is called."""

from dataclasses import replace

from edge.model.definition import Bundle
from edge.publish.manifest import Plugin
from edge.publish.preload import Preload, preloads_of
from edge.publish.wire import Origin

PLUGIN = Plugin("Tally", "Tally", "tally", "Analytics", Bundle("a" * 32, "tallyPlugin", "sha256-bbb="), {})
URL = f"https://cdn.example/next-integrations/actions/tally/{'a' * 32}.js"


def test_a_file_of_several_destinations_is_preloaded_once() -> None:
    second = replace(PLUGIN, name="Tally (second)")
    assert preloads_of([PLUGIN, second], Origin("https://cdn.example", "")) == [Preload(URL, "sha256-bbb=")]


def test_the_element_asks_as_the_client_does_and_behind_what_the_page_needs_itself() -> None:
    assert Preload(URL, "sha256-bbb=").element() == (
        f'<link rel="preload" as="script" fetchpriority="low" crossorigin href="{URL}" integrity="sha256-bbb=">'
    )


def test_an_address_ends_no_attribute() -> None:
    assert '"x' not in Preload('https://a/"x<&', "sha256-b").element()
