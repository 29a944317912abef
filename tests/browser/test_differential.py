"""Our client against the unmodified official one: the same calls on the same page, compared field by field."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.browser.admin import Admin, Site
from tests.browser.collector import Collector
from tests.browser.comparison import Run, differing, normalized, run
from tests.browser.differences import DIFFERENCES, DOCUMENTED, OF_OPTIONS, Difference
from tests.browser.pages import OWN, ROOT, STANDALONE_KIND, Kind, Pages, inline
from tests.browser.visitor import Visitor

NewVisitor = Callable[[], Visitor]


def options(pages: Pages, more: str = "") -> str:
    """Load options that add a destination which records what it gets to whatever the edge has published."""
    entry = {
        "name": "Recorder",
        "creationName": "Recorder",
        "libraryName": "recorderDestination",
        "url": f"{pages.origin}/scripts/recorder.js",
        "settings": {},
    }
    added = f"(found)=>({{...found,remotePlugins:[...(found.remotePlugins??[]),{json.dumps(entry)}]}})"
    return inline(f"analytics._loadOptions={{updateCDNSettings:{added},{more}}}")


def visit(kind: Kind, visitor: Visitor, pages: Pages, site: Site, query: str, more: str, buffered: str = "") -> None:
    scripts = '<script src="/scripts/recorder.js"></script><script src="/scripts/steps.js"></script>'
    head = (scripts, kind.tag(pages, site), options(pages, more), inline(buffered))
    visitor.visits(pages.publish(*head, path="/compared") + query)


def ready(visitor: Visitor, collector: Collector, site: Site, before: int) -> None:
    """Return when the client is there, the recorder too, and the snippet's page call at the collector."""
    visitor.page.wait_for_function("() => window.analytics.initialized && window.calls.length > 0")
    visitor.until(lambda: len(collector.events(site.write_key)) > before, "the snippet's page call at the collector")


def done_by(kind: Kind, visitor: Visitor, pages: Pages, site: Site, collector: Collector) -> Run:
    before = len(collector.events(site.write_key))
    campaign = "?utm_source=mail&utm_campaign=spring+sale&btid=ad-1#top"
    visit(kind, visitor, pages, site, campaign, "integrations:{Gone:{setting:1},Elsewhere:true}")
    ready(visitor, collector, site, before)
    found = run(visitor, collector, site.write_key)
    visitor.close()
    return found


def compared(theirs: Run, ours: Run, meant: Mapping[str, Difference] = DIFFERENCES) -> tuple[list[str], set[str]]:
    """Differences that are not meant, and names of those that are."""
    unlisted, seen = [], set()
    for step in theirs:
        for path, one, other in differing(theirs[step], ours[step]):
            names = [name for name, allowed in meant.items() if allowed.allows(step, path, one, other)]
            seen.update(names)
            if not names:
                unlisted.append(f"{step}: {path}: official {one!r}, ours {other!r}")
    return unlisted, seen


def test_every_call_comes_to_the_same_but_for_what_the_documentation_lists(
    admin: Admin, collector: Collector, pages: Pages, new_visitor: NewVisitor
) -> None:
    site = admin.site(api_host=collector.api_host)
    theirs = done_by(STANDALONE_KIND, new_visitor(), pages, site, collector)
    ours = done_by(OWN, new_visitor(), pages, site, collector)
    assert list(theirs) == list(ours)
    assert len(theirs) >= 60
    unlisted, seen = compared(theirs, ours)
    assert not unlisted, "\n".join(unlisted)
    assert seen == set(DIFFERENCES), f"no longer different: {set(DIFFERENCES) - seen}"


def test_the_documentation_explains_every_difference_and_no_other() -> None:
    text = (ROOT / "docs" / "differences.md").read_text()
    headings = [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]
    assert headings == [*DIFFERENCES, *OF_OPTIONS, *DOCUMENTED]


BUFFERED = """
analytics.track("Before", {a: 1});
analytics.identify("from-page", {b: 2});
analytics.addSourceMiddleware(({payload, next}) => {payload.obj.context.passed = true; next(payload)});
analytics.register({name: "Own", type: "enrichment", version: "1", isLoaded: () => true, load: () => Promise.resolve(),
  track: (ctx) => (ctx.updateEvent("properties.own", 1), ctx)});
analytics.on("track", (name) => { window.heardEarly = [...(window.heardEarly ?? []), name] });
analytics.setAnonymousId("anon-page");
analytics.page("Second");
analytics.group("g1", {c: 3});
analytics.track("After");
history.replaceState(null, "", "/moved" + location.search + location.hash);
"""
"""What a page calls before its client is there, on an address that it then changes."""

QUERY = "?ajs_uid=u-query&ajs_trait_plan=pro+plus&ajs_event=Mail%20opened&ajs_prop_id=7&ajs_aid=x-query"


@pytest.mark.parametrize(
    ("query", "more", "expected"),
    [
        pytest.param("?utm_source=mail", "", 6, id="without"),
        pytest.param(QUERY, "", 8, id="all"),
        pytest.param(f"#/route{QUERY}", "", 8, id="in-the-hash"),
        pytest.param(QUERY, "useQueryString:false", 6, id="switched-off"),
        pytest.param(QUERY, "useQueryString:{uid:/^u/,aid:/^a/}", 8, id="aid-refused"),
        pytest.param(QUERY, "useQueryString:{uid:/^x/,aid:/^x/}", 7, id="uid-refused"),
        pytest.param("?ajs_uid=u1", "initialPageview:true", 8, id="initial-page-view"),
    ],
)
def test_buffered_calls_and_the_address_come_to_the_same_in_the_same_order(
    query: str,
    more: str,
    expected: int,
    admin: Admin,
    collector: Collector,
    pages: Pages,
    new_visitor: NewVisitor,
) -> None:
    site = admin.site(api_host=collector.api_host)
    found: list[tuple[Any, Any, Any]] = []
    for kind in (STANDALONE_KIND, OWN):
        visitor, before = new_visitor(), len(collector.events(site.write_key))
        visit(kind, visitor, pages, site, query, more, BUFFERED)
        visitor.until(lambda: len(collector.events(site.write_key)) - before >= expected, "all events")  # noqa: B023
        visitor.page.wait_for_function("(count) => window.calls.length >= count", arg=expected)
        payloads = sorted(collector.events(site.write_key)[before:], key=_kind)
        heard = visitor.page.evaluate("() => window.heardEarly")
        found.append((normalized(visitor.page.evaluate("() => window.calls")), normalized(payloads), heard))
        visitor.close()
    theirs, ours = found
    assert list(differing(theirs[1], ours[1])) == []
    assert list(differing(theirs[0], ours[0])) == []
    # Each is told when its own request was answered, in whatever order that is.
    assert sorted(theirs[2]) == sorted(ours[2])


def _kind(payload: dict[str, Any]) -> tuple[str, ...]:
    return (payload["type"], payload.get("event") or payload.get("name") or payload["userId"] or "")
