"""Two accounts of one vendor on one page: each gets every event that is for it, once, and none of the other's."""

import contextlib
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.browser.accounts import CASES, account, connect, received
from tests.browser.admin import Admin
from tests.browser.collector import Collector
from tests.browser.outside import Outside
from tests.browser.pages import KINDS, OWN, Kind, Pages, inline, own, snippet
from tests.browser.test_every_destination import A_PERSON
from tests.browser.visitor import Visitor

ROOT = Path(__file__).parents[2]


def everywhere(slugs: Iterable[str], *names: str) -> dict[str, list[str]]:
    return {slug: list(names) for slug in slugs}


def opens(visitor: Visitor, pages: Pages, *head: str) -> None:
    """A page of a host that vendors count."""
    visitor.context.add_init_script(A_PERSON)
    visitor.visits(pages.publish(*head).replace(pages.origin, pages.insecure_origin))


def arrives(visitor: Visitor, name: str, where: Callable[[], list[dict[str, list[str]]]]) -> None:
    def lacking() -> list[str]:
        return [slug for found in where() for slug, names in found.items() if name not in names]

    with contextlib.suppress(AssertionError):
        visitor.until(lambda: not lacking(), f"{name} at every vendor")
    assert lacking() == []


def test_the_cases_are_those_of_which_the_catalogs_list_says_that_a_page_can_have_several() -> None:
    listed = (ROOT / "docs" / "catalog.md").read_text(encoding="utf-8")
    assert sorted(CASES) == re.findall(r"^\| `([\w-]+)` \|.*\| several \|$", listed, re.MULTILINE)


@pytest.mark.parametrize(
    ("kind", "bundle"),
    [(OWN, "inline"), *((kind, "separate") for kind in KINDS)],
    ids=lambda value: value.name if isinstance(value, Kind) else str(value),
)
def test_each_event_reaches_both_accounts_once_with_every_client(
    kind: Kind, bundle: str, admin: Admin, collector: Collector, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    site = admin.site(api_host=collector.api_host)
    site.change(bundle=bundle)
    for which in (1, 2):
        connect(site, which, *CASES)

    def both() -> list[dict[str, list[str]]]:
        return [received(outside, site, which, *CASES) for which in (1, 2)]

    opens(visitor, pages, kind.tag(pages, site))
    visitor.calls("track", "Early", {"step": 1})
    arrives(visitor, "early", both)
    visitor.calls("track", "Late", {"step": 2})
    arrives(visitor, "late", both)
    assert both() == [everywhere(CASES, "early", "late")] * 2
    assert visitor.errors == []


def test_what_a_filter_keeps_from_one_account_reaches_the_other(
    admin: Admin, collector: Collector, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    site = admin.site(api_host=collector.api_host)
    for which in (1, 2):
        connect(site, which, *CASES)
    for slug in CASES:
        site.filter(f"{slug}-2", 'event = "Private"', "drop_event")

    def both() -> list[dict[str, list[str]]]:
        return [received(outside, site, which, *CASES) for which in (1, 2)]

    opens(visitor, pages, own(pages, site))
    visitor.calls("track", "Private")
    visitor.calls("track", "Late")
    arrives(visitor, "late", both)
    assert both() == [everywhere(CASES, "late", "private"), everywhere(CASES, "late")]


def test_accounts_of_two_sources_on_one_page_get_the_events_of_their_own_source(
    admin: Admin, collector: Collector, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    # LinkedIn's script reads its accounts once, for the source that is first.
    slugs = [slug for slug in CASES if slug != "linkedin-insight-tag"]
    sites = [admin.site(api_host=collector.api_host) for _ in range(2)]
    for which, site in enumerate(sites):
        connect(site, which, *slugs)

    def each() -> list[dict[str, list[str]]]:
        return [received(outside, site, which, *slugs) for which, site in enumerate(sites)]

    opens(visitor, pages, *(inline(snippet(site, name=name)) for site, name in zip(sites, ("one", "two"), strict=True)))
    visitor.calls("track", "Early", client="one")
    visitor.calls("track", "Late", client="two")
    visitor.until(lambda: all(map(all, (found.values() for found in each()))), "an event at every account")
    visitor.calls("track", "Private", client="one")
    visitor.calls("track", "Private", client="two")
    arrives(visitor, "private", each)
    assert each() == [everywhere(slugs, "early", "private"), everywhere(slugs, "late", "private")]


def test_metas_pixels_keep_what_may_be_done_with_their_data_apart(
    admin: Admin, collector: Collector, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    site = admin.site(api_host=collector.api_host)
    pixels = {account("facebook-pixel", site, which): limited for which, limited in ((1, True), (2, False))}
    for pixel, limited in pixels.items():
        site.connect("facebook-pixel", {"pixelId": pixel, "limitedDataUse": limited}, name=f"pixel-{pixel}")
    before = len(outside.meta_calls())
    opens(visitor, pages, own(pages, site))
    for name in ("Early", "Late"):
        visitor.calls("track", name)

    def told() -> dict[str, list[list[str]]]:
        """What each pixel's events were sent under: Meta's word for the options, which hold until the next ones."""
        found: dict[str, list[list[str]]] = {pixel: [] for pixel in pixels}
        options: list[str] = []
        for call in outside.meta_calls()[before:]:
            if call[0] == "dataProcessingOptions":
                options = call[1]
            elif call[0] == "trackSingleCustom":
                found[call[1]].append(options)
        return found

    visitor.until(lambda: all(len(events) == 2 for events in told().values()), "two events at each pixel")
    assert told() == {pixel: [["LDU"] if limited else []] * 2 for pixel, limited in pixels.items()}
