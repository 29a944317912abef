"""I16: whatever an admin edits, the journal's entry purges and revises exactly what shows."""

from dataclasses import replace
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test

from edge.model.client import OWN, Client
from edge.model.definition import Bundle, ConnectionMode, Definition
from edge.model.destination import Destination
from edge.model.source import LibraryConfig, Platform, Source
from edge.store.documents import Document
from tests.publish.catalogs import (
    CODES,
    SLUGS,
    TYPES,
    catalogs,
    definitions,
    destination_settings,
    destinations,
    libraries,
    source_named,
)
from tests.races.watched import Watched
from tests.support.world import WORKSPACE, asset

CLIENTS = tuple(asset(f"window.client = {number};") for number in range(2))
CODE_OF_LATE = Bundle(CODES[0].hash, "latePlugin", CODES[0].integrity)
EVERY_MODE: dict[Platform, tuple[ConnectionMode, ...]] = dict.fromkeys(("web", "mobile", "server"), ("device", "cloud"))
SAME_HOST: dict[str | None, str | None] = {"t.shop.example/v1": "https://t.shop.example/v1"}
PLACES = ("shop", "blog", "app")
T = TypeVar("T")


class EveryEdit(Watched):
    """Every kind of edit, on random catalogs and configurations. The attributes: what the store should hold."""

    def __init__(self) -> None:
        super().__init__()
        self.sources: dict[str, Source] = {}
        self.destinations: dict[str, Destination] = {}
        self.definitions: dict[str, Definition] = {}
        self.made = 0

    @initialize(data=st.data(), catalog=catalogs, kinds=st.tuples(*(st.sampled_from(TYPES) for _ in PLACES)))
    def begin(self, data: st.DataObject, catalog: tuple[Definition, ...], kinds: tuple[str, ...]) -> None:
        self.wait(self.world.store.prepare())
        client = Client(OWN, "1", CLIENTS[0].hash, "1")
        self.wait(self.world.commit(WORKSPACE, client, *catalog, assets=(*CODES, *CLIENTS)))
        self.definitions = {definition.slug: definition for definition in catalog}
        for place, kind in zip(PLACES, kinds, strict=True):
            self.sources[place] = source_named(place, kind, (self.new_key(),), LibraryConfig())
            for _ in range(2):
                destination = replace(data.draw(destinations(self.sources[place], self.new_slug())), enabled=True)
                self.destinations[destination.id] = destination
        self.wait(self.world.commit(*self.sources.values(), *self.destinations.values()))
        self.new_key()
        self.fresh = self.read(*self.keys)
        self.copies = self.fresh.copy()

    def new_slug(self) -> str:
        self.made += 1
        return f"n{self.made}"

    def has_destination(self) -> bool:
        return bool(self.destinations)

    def has_source(self) -> bool:
        return bool(self.sources)

    def put(self, *documents: Destination) -> None:
        self.destinations |= {document.id: document for document in documents}
        self.commit(*documents)

    def one_of(self, data: st.DataObject, documents: dict[str, T]) -> T:
        return data.draw(st.sampled_from(list(documents.values())))

    @precondition(has_source)
    @rule(data=st.data())
    def add(self, data: st.DataObject) -> None:
        self.put(data.draw(destinations(self.one_of(data, self.sources), self.new_slug())))

    @precondition(has_destination)
    @rule(data=st.data())
    def enable_or_disable(self, data: st.DataObject) -> None:
        destination = self.one_of(data, self.destinations)
        self.put(replace(destination, enabled=not destination.enabled))

    @precondition(has_destination)
    @rule(data=st.data(), name=st.booleans(), mode=st.booleans(), values=st.none() | destination_settings)
    def change(self, data: st.DataObject, name: bool, mode: bool, values: dict[str, Any] | None) -> None:
        destination = self.one_of(data, self.destinations)
        if name:
            destination = replace(destination, display_name=destination.display_name + "!", updated_at=2.0)
        if mode:
            destination = replace(destination, mode="cloud" if destination.mode == "device" else "device")
        if values is not None:
            destination = replace(destination, settings={**destination.settings, **values})
        self.put(destination)

    @precondition(has_destination)
    @rule(data=st.data())
    def change_hidden_setting(self, data: st.DataObject) -> None:
        destination = self.one_of(data, self.destinations)
        definition = self.definitions.get(destination.definition)
        hidden = [one.name for one in definition.settings if not one.expose] if definition else ["unknown"]
        values = {name: data.draw(destination_settings) for name in hidden}
        before = self.copies.copy()
        self.put(replace(destination, settings={**destination.settings, **values}))
        assert self.copies == before

    @precondition(has_destination)
    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        destination, source = self.one_of(data, self.destinations), self.one_of(data, self.sources)
        self.put(replace(destination, source_id=source.id, source_name=source.name))

    @precondition(has_destination)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        destination = self.one_of(data, self.destinations)
        del self.destinations[destination.id]
        self.commit(deletes=(destination,))

    @precondition(has_destination)
    @rule(data=st.data())
    def replace_by_another_of_its_name(self, data: st.DataObject) -> None:
        destination = self.one_of(data, self.destinations)
        del self.destinations[destination.id]
        successor = replace(destination, id=f"{destination.id}x", definition=data.draw(st.sampled_from(SLUGS)))
        self.destinations[successor.id] = successor
        self.commit(successor, deletes=(destination,))

    @precondition(has_source)
    @rule(data=st.data(), library=st.none() | libraries, name=st.booleans())
    def change_source(self, data: st.DataObject, library: LibraryConfig | None, name: bool) -> None:
        source = self.one_of(data, self.sources)
        if library is not None:
            source = replace(source, library=library)
        if name:
            source = replace(source, display_name=source.display_name + "!")
        self.sources[source.slug] = source
        self.commit(source)

    @precondition(has_source)
    @rule(data=st.data())
    def change_what_no_client_reads(self, data: st.DataObject) -> None:
        source = self.one_of(data, self.sources)
        library = source.library
        host = SAME_HOST.get(library.api_host, library.api_host)
        changed = replace(library, api_host=host, cross_domain_id_enabled=not library.cross_domain_id_enabled)
        self.sources[source.slug] = replace(source, library=changed)
        entry = self.commit(self.sources[source.slug])
        assert entry is not None
        assert entry.tags == ()

    @precondition(has_source)
    @rule(data=st.data(), retire=st.booleans())
    def rekey(self, data: st.DataObject, retire: bool) -> None:
        source = self.one_of(data, self.sources)
        if retire and source.write_keys:
            gone, *kept = source.write_keys
            source = replace(source, write_keys=tuple(kept), retired_keys=(*source.retired_keys, gone))
        else:
            source = replace(source, write_keys=(*source.write_keys, self.new_key()))
        self.sources[source.slug] = source
        self.commit(source)

    @precondition(has_source)
    @rule(data=st.data())
    def remove_source(self, data: st.DataObject) -> None:
        source = self.one_of(data, self.sources)
        del self.sources[source.slug]
        mine = tuple(one for one in self.destinations.values() if one.source_id == source.id)
        self.destinations = {name: one for name, one in self.destinations.items() if one not in mine}
        self.commit(deletes=(source, *mine))

    @rule(kind=st.sampled_from(TYPES), library=libraries)
    def new_source(self, kind: str, library: LibraryConfig) -> None:
        slug = self.new_slug()
        self.sources[slug] = source_named(slug, kind, (self.new_key(),), library)
        self.commit(self.sources[slug])

    @rule(data=st.data(), slugs=st.lists(st.sampled_from(SLUGS), min_size=1, max_size=2, unique=True))
    def release(self, data: st.DataObject, slugs: list[str]) -> None:
        changed = [data.draw(definitions(slug)) for slug in slugs]
        self.definitions |= {definition.slug: definition for definition in changed}
        self.commit(*changed)

    @rule(data=st.data())
    def redefine_a_little(self, data: st.DataObject) -> None:
        slug = data.draw(st.sampled_from(SLUGS))
        if slug not in self.definitions:
            return
        drawn = data.draw(definitions(slug))
        part = data.draw(st.sampled_from(["settings", "modes", "bundle", "category", "description"]))
        self.definitions[slug] = replace(self.definitions[slug], **{part: getattr(drawn, part)})
        self.commit(self.definitions[slug])

    @rule(slug=st.sampled_from(SLUGS))
    def forget_definition(self, slug: str) -> None:
        definition = self.definitions.pop(slug, None)
        if definition is not None:
            self.commit(deletes=(definition,))

    @precondition(has_source)
    @rule(data=st.data(), slug=st.sampled_from(SLUGS))
    def define_what_a_destination_waited_for(self, data: st.DataObject, slug: str) -> None:
        """A destination that publishes nothing comes without a purge, so copies from before it lack its tag."""
        source = self.one_of(data, self.sources)
        complete = replace(data.draw(definitions(slug)), bundle=CODE_OF_LATE, modes=EVERY_MODE)
        self.forget_definition(slug)
        late = replace(data.draw(destinations(source, self.new_slug())), definition=slug, enabled=True)
        self.put(late)
        self.definitions[slug] = complete
        self.commit(complete)

    # With no live key at all nobody has a loader, and its tag purges nothing that there is.
    @precondition(lambda self: any(source.write_keys for source in self.sources.values()))
    @rule(code=st.sampled_from(CLIENTS), version=st.sampled_from(["1", "2"]))
    def new_client(self, code: Any, version: str) -> None:
        self.commit(Client(OWN, version, code.hash, version))

    @precondition(has_destination)
    @rule(data=st.data())
    def several_at_once(self, data: st.DataObject) -> None:
        destination, source = self.one_of(data, self.destinations), self.one_of(data, self.sources)
        definition = data.draw(definitions(destination.definition))
        changed = replace(destination, enabled=True, settings=data.draw(destination_settings))
        self.definitions[definition.slug] = definition
        self.sources[source.slug] = replace(source, write_keys=(*source.write_keys, self.new_key()))
        self.destinations[changed.id] = changed
        self.commit(definition, self.sources[source.slug], changed)

    @rule()
    def nothing(self) -> None:
        every: list[Document] = [*self.sources.values(), *self.destinations.values(), *self.definitions.values()]
        assert self.commit(*every) is None


# When it fails it shrinks the edits to the fewest that fail, which takes a while.
@pytest.mark.timeout(900)
def test_i16_every_edit_purges_and_revises_exactly_what_it_shows() -> None:
    run_state_machine_as_test(
        EveryEdit,
        settings=settings(
            max_examples=25,
            stateful_step_count=18,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        ),
    )
