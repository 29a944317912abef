"""What the documentation says to put on a page for a consent manager, run as it is written there."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browser.admin import Admin, Site
from tests.browser.collector import Collector
from tests.browser.pages import Pages, own
from tests.browser.recording import received
from tests.browser.test_two_sources import Late
from tests.browser.visitor import Visitor

GUIDE = Path(__file__).parents[2] / "docs" / "consent-on-the-page.md"
CHANGED = "Segment Consent Preference Updated"
LOADED = "performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/analytics.min.js'))"

pytestmark = pytest.mark.usefixtures("recorders")


@dataclass(frozen=True, slots=True)
class Manager:
    """A consent manager: where its script is from, what it calls two categories, and how its visitor answers."""

    name: str
    script: str
    there: str
    advertising: str
    statistics: str
    only_statistics: str
    everything: str
    nothing: str
    before: str = ""

    @property
    def tag(self) -> str:
        return f'{self.before}<script async src="{self.script}"></script>'

    def adapter(self) -> str:
        """The script that the guide has under this manager's heading."""
        found = re.search(
            rf"^### {self.name}$.*?^```html\n(.*?)^```$", GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL
        )
        assert found is not None, f"{GUIDE} has no script for {self.name}"
        return found[1]


ONETRUST = Manager(
    "OneTrust",
    "https://cdn.cookielaw.org/scripttemplates/otSDKStub.js",
    "Boolean(window.OneTrust?.AllowAll)",
    "C0004",
    "C0002",
    'OneTrust.UpdateConsent("Category", "C0002:1,C0003:0,C0004:0")',
    "OneTrust.AllowAll()",
    "OneTrust.RejectAll()",
    # What OneTrust has pages say that know the country better than it does.
    before='<script>var OneTrust = { geolocationResponse: { countryCode: "DE" } };</script>',
)
COOKIEBOT = Manager(
    "Cookiebot",
    "https://consent.cookiebot.com/uc.js",
    "Boolean(window.Cookiebot)",
    "marketing",
    "statistics",
    "Cookiebot.submitCustomConsent(false, true, false)",
    "Cookiebot.submitCustomConsent(true, true, true)",
    "Cookiebot.withdraw()",
)
each_manager = pytest.mark.parametrize("manager", [ONETRUST, COOKIEBOT], ids=lambda manager: manager.name)
each_order = pytest.mark.parametrize("late", [False, True], ids=["manager-first", "loader-first"])


class Page:
    """A page with a consent manager, and a source with a destination for each of two categories."""

    def __init__(self, manager: Manager, site: Site, pages: Pages, visitor: Visitor, *, late: bool) -> None:
        self._manager, self._visitor, self._late = manager, visitor, late
        for slug, category in (("recorder-one", manager.advertising), ("recorder-two", manager.statistics)):
            site.connect(slug, {})
            site.require(slug, category)
        self.said: list[str] = []
        visitor.page.on("console", lambda message: self.said.append(message.text))
        self._url = pages.publish(manager.adapter(), manager.tag, own(pages, site))

    def opens(self) -> None:
        """Both scripts are there when this returns; that of the manager, or ours, has come after the other had."""
        manager, loader = (self._manager.script, self._manager.there), ("**/analytics.min.js", LOADED)
        (_, first), (url, second) = (loader, manager) if self._late else (manager, loader)
        waits = Late(self._visitor, url)
        self._visitor.visits(self._url)
        self._visitor.until(lambda: self._is(first), f"the first script: {first}")
        waits.comes()
        self._visitor.until(lambda: self._is(second), f"the second script: {second}")

    def answers(self, call: str) -> None:
        self._visitor.page.evaluate(f"() => {{ {call}; }}")

    def names(self, recorder: str) -> list[str]:
        """Events that a destination has, without those that the client makes of a choice."""
        return [name for name, _ in received(self._visitor, recorder) if name != CHANGED]

    def started(self) -> bool:
        """Whether the client runs, a turn later: all that it would do by then is done."""
        return bool(
            self._visitor.page.evaluate(
                "() => new Promise(resolve => { setTimeout(() => resolve(analytics.initialized), 0); })"
            )
        )

    def _is(self, expression: str) -> bool:
        return bool(self._visitor.page.evaluate(f"() => {expression}"))


@pytest.fixture
def site(admin: Admin, collector: Collector) -> Site:
    return admin.site(api_host=collector.api_host)


def consents(collector: Collector, site: Site) -> dict[str, dict[str, bool]]:
    """Track event -> the choice that is stamped on it."""
    events = [event for event in collector.events(site.write_key) if event["type"] == "track"]
    return {event["event"]: event["context"]["consent"]["categoryPreferences"] for event in events}


@each_order
@each_manager
def test_the_documented_adapter_holds_back_lets_through_and_stops_as_the_visitor_chooses(
    manager: Manager, late: bool, site: Site, collector: Collector, pages: Pages, visitor: Visitor
) -> None:
    page = Page(manager, site, pages, visitor, late=late)
    page.opens()
    visitor.calls("track", "Before")
    assert not page.started()
    assert visitor.asked("/next-integrations/") == []
    assert collector.events(site.write_key) == []

    page.answers(manager.only_statistics)
    visitor.until(lambda: page.names("Two") == ["Before"], "what waited, where it is allowed")
    visitor.until(lambda: "Before" in consents(collector, site), "what waited, at the collector")
    assert consents(collector, site)["Before"].items() >= {manager.advertising: False, manager.statistics: True}.items()
    assert visitor.asked("/recorder-one/") == []

    page.answers(manager.everything)
    visitor.until(lambda: visitor.over("/recorder-one/"), "the code of what is allowed now")
    visitor.calls("track", "After")
    visitor.until(lambda: page.names("One") == ["After"], "what came after consent")
    visitor.until(lambda: CHANGED in consents(collector, site), "the change, as an event")
    assert consents(collector, site)[CHANGED][manager.advertising] is True

    page.answers(manager.only_statistics)
    visitor.calls("track", "Withdrawn")
    visitor.until(lambda: page.names("Two") == ["Before", "After", "Withdrawn"], "the other's event")
    page.answers(manager.nothing)
    visitor.calls("track", "Refused")
    page.answers(manager.only_statistics)
    visitor.calls("track", "Again")
    visitor.until(lambda: "Again" in consents(collector, site), "what came after consent was given again")
    visitor.until(lambda: page.names("Two") == ["Before", "After", "Withdrawn", "Again"], "the same at the destination")
    assert page.names("One") == ["After"]
    assert "Refused" not in consents(collector, site)
    assert [text for text in page.said if "consent" in text] == []
    assert visitor.errors == []


@each_order
@each_manager
def test_who_has_answered_before_is_not_waited_for(
    manager: Manager, late: bool, site: Site, collector: Collector, pages: Pages, visitor: Visitor
) -> None:
    page = Page(manager, site, pages, visitor, late=late)
    page.opens()
    page.answers(manager.only_statistics)
    page.opens()
    visitor.calls("track", "Next")
    visitor.until(lambda: page.names("Two") == ["Next"], "the event, without another answer")
    visitor.until(lambda: "Next" in consents(collector, site), "the same at the collector")
    assert visitor.asked("/recorder-one/") == []
