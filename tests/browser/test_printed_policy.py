"""What `edgewise snippet` prints, snippet and policies, on real pages that allow nothing else."""

import json
import re
from collections.abc import Mapping

import pytest

from tests.browser.admin import Admin
from tests.browser.collector import Collector
from tests.browser.outside import Outside
from tests.browser.pages import Pages
from tests.browser.shop import Shop, a_visit, ends
from tests.browser.vendors import REPORTS
from tests.browser.visitor import Visitor
from tests.cli.shell import Shell

NONCE = "bm9uY2U="
FORMS = ("nonce", "hosts")


@pytest.fixture(scope="module")
def desk(admin: Admin) -> Shell:
    """Commands that work on this edge."""
    here = Shell({"EDGE_DATA_DIR": admin.edge.said["data_dir"]})
    made = here.apart("token", "create", "--instance", "--scope", "workspace:read", "--json")
    return Shell({"EDGE_URL": admin.edge.said["config_api"], "EDGE_TOKEN": json.loads(made)["token"]})


def policies(text: str) -> dict[str, str]:
    """The two forms, each as the lines that are indented under its heading."""
    by_nonce, by_hosts = [" ".join(found.split()) for found in re.findall(r"(?:^  .+\n)+", text, re.MULTILINE)]
    return dict(zip(FORMS, (by_nonce, by_hosts), strict=True))


def written(desk: Shell, key: str, form: str) -> tuple[str, str]:
    """What a page with this form has: the snippet, and its policy."""
    snippet, policy = desk.apart("snippet", key).strip(), policies(desk.apart("snippet", key, "--csp"))[form]
    if form == "nonce":
        snippet = snippet.replace("<script", f'<script nonce="{NONCE}"')
        policy = policy.replace("VALUE", NONCE)
    return snippet, f"default-src 'none'; {policy}"


@pytest.mark.parametrize("bundle", ["inline", "separate"])
@pytest.mark.parametrize("form", FORMS)
def test_a_page_that_allows_only_what_is_printed_delivers_everything(
    form: str,
    bundle: str,
    desk: Shell,
    admin: Admin,
    collector: Collector,
    pages: Pages,
    outside: Outside,
    visitor: Visitor,
) -> None:
    shop = Shop(admin.site(api_host=collector.api_host)).connect("amplitude", "mixpanel")
    shop.site.change(bundle=bundle)
    snippet, policy = written(desk, shop.key, form)
    said: list[str] = []
    visitor.page.on("console", lambda message: said.append(message.text))
    a_visit(visitor, pages.publish(snippet, headers={"Content-Security-Policy": policy}))
    ends(visitor, shop, collector, outside, "Google Analytics 4 Web", "Facebook Pixel", "Google Tag Manager")
    assert len(visitor.asked("/code.js")) == (bundle == "separate")
    assert [text for text in said if "Content Security Policy" in text] == []
    assert visitor.errors == []


VIOLATIONS = """
  window.violations = [];
  addEventListener("securitypolicyviolation", ({ effectiveDirective }) => { violations.push(effectiveDirective); });
"""
SEEN = "() => getComputedStyle(document.querySelector('.messenger')).position === 'fixed'"
DRAWN: Mapping[str, tuple[str, str, str, tuple[str, ...]]] = {
    "intercom": ("appId", "ic", "window.Intercom('show')", ("intercom-sheets.com", "fonts.intercomcdn.com")),
    "hubspot": ("portalId", "77", "window.HubSpotConversations.widget.open()", ("app.hubspot.com",)),
}
"""Vendors that draw: the setting that names the account, how its name starts, the call that draws, hosts it is from."""


class Drawing:
    """A page with one vendor that draws, under the printed policy, or without one of its directives."""

    def __init__(self, slug: str, admin: Admin, outside: Outside) -> None:
        setting, prefix, self._call, self.hosts = DRAWN[slug]
        site = admin.site()
        self.key, self._account = site.write_key, f"{prefix}{site.number}"
        site.connect(slug, {setting: self._account})
        self._outside = outside
        self._before = len(outside.recorder.received)

    def draw(self, visitor: Visitor, pages: Pages, page: tuple[str, str], without: str = "") -> None:
        snippet, policy = page
        # The stand-ins' own reports, which no vendor has.
        allowed = policy.replace("connect-src ", f"connect-src https://{REPORTS} ")
        kept = "; ".join(one for one in allowed.split("; ") if not without or not one.startswith(f"{without} "))
        assert (kept != allowed) == bool(without), f"the printed policy has no {without}: {policy}"
        visitor.context.add_init_script(VIOLATIONS)
        visitor.visits(pages.publish(snippet, headers={"Content-Security-Policy": kept}))
        visitor.until(lambda: self._outside.told(self._account), "the vendor's script")
        visitor.page.evaluate(f"() => {{ {self._call}; }}")

    def had(self) -> set[str]:
        """Of the hosts that are drawn from, those that were asked."""
        return {request.host for request in self._outside.recorder.received[self._before :]} & set(self.hosts)


def violations(visitor: Visitor) -> set[str]:
    return set(visitor.page.evaluate("() => window.violations"))


@pytest.mark.parametrize("slug", DRAWN)
@pytest.mark.parametrize("form", FORMS)
def test_a_vendor_that_draws_is_let_through_by_the_policy_that_is_printed(
    form: str, slug: str, desk: Shell, admin: Admin, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    drawing = Drawing(slug, admin, outside)
    drawing.draw(visitor, pages, written(desk, drawing.key, form))
    visitor.until(lambda: drawing.had() == set(drawing.hosts), f"requests to {drawing.hosts}")
    assert slug != "intercom" or visitor.page.evaluate(SEEN)
    assert violations(visitor) == set()


@pytest.mark.parametrize(
    ("slug", "without", "refused", "left"),
    [
        ("intercom", "frame-src", "frame-src", {"fonts.intercomcdn.com"}),
        ("intercom", "font-src", "font-src", {"intercom-sheets.com"}),
        ("intercom", "style-src", "style-src-elem", {"intercom-sheets.com"}),
        ("hubspot", "frame-src", "frame-src", set()),
    ],
)
@pytest.mark.parametrize("form", FORMS)
def test_each_directive_that_is_printed_for_drawing_is_needed(
    form: str,
    slug: str,
    without: str,
    refused: str,
    left: set[str],
    desk: Shell,
    admin: Admin,
    pages: Pages,
    outside: Outside,
    visitor: Visitor,
) -> None:
    drawing = Drawing(slug, admin, outside)
    drawing.draw(visitor, pages, written(desk, drawing.key, form), without)
    visitor.until(lambda: violations(visitor) == {refused} and drawing.had() == left, f"only {refused} to be refused")
