"""Load options that say how an identity is kept: our client against the official one, in the same frame."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.browser.admin import Admin, Site
from tests.browser.collector import Collector
from tests.browser.comparison import Run, differing, run
from tests.browser.differences import DIFFERENCES, OF_OPTIONS
from tests.browser.pages import OWN, STANDALONE_KIND, Kind, Pages
from tests.browser.test_differential import compared, ready, visit
from tests.browser.visitor import Visitor

OPTIONS: Mapping[str, str] = {
    "cookie": 'cookie:{maxage:7,path:"/compared",sameSite:"Strict",secure:true}',
    "own-names": (
        'user:{cookie:{key:"ajs_own_id"},localStorage:{key:"ajs_own_traits"}},'
        'group:{cookie:{key:"ajs_own_group"},localStorage:{key:"ajs_own_properties"}}'
    ),
    "only-cookies": 'storage:{stores:["cookie"]}',
    "stores-of-each": 'user:{storage:{stores:["localStorage"]}},group:{storage:{stores:["cookie","memory"]}}',
    "no-fallback": "user:{localStorageFallbackDisabled:true},group:{localStorageFallbackDisabled:true}",
    "nothing-of-the-user": "user:{persist:false}",
    "nobody": "user:{disable:true},group:{disable:true}",
    "nothing-kept": "disableClientPersistence:true",
}
"""What a page gives ``load``, in JavaScript."""

FIRST = (
    "page()",
    "identify(id, nested traits)",
    "track after identify",
    "identify(another id)",
    "group(id, traits)",
    "setAnonymousId(id)",
    "track after setAnonymousId",
    "user() reads",
)
NEXT = ("user() reads", "group()", "track after identify", "reset()")
"""What is left of the identity on the site's next page."""

DAY = 86_400


def kept_by(
    kind: Kind, visitor: Visitor, pages: Pages, site: Site, collector: Collector, more: str
) -> tuple[Run, list[Any], Run]:
    """What the steps of two pages came to, and the cookies between them."""
    runs = []
    for steps in (FIRST, NEXT):
        before = len(collector.events(site.write_key))
        visit(kind, visitor, pages, site, "", more)
        ready(visitor, collector, site, before)
        runs.append(run(visitor, collector, site.write_key, steps))
        if steps is FIRST:
            cookies = [_cookie(dict(one)) for one in visitor.context.cookies()]
    visitor.close()
    return runs[0], sorted(cookies), runs[1]


def _cookie(found: dict[str, Any]) -> list[Any]:
    days = round((found["expires"] - time.time()) / DAY)
    return [found["name"], days, *(found[attribute] for attribute in ("domain", "path", "sameSite", "secure"))]


@pytest.mark.parametrize("name", OPTIONS)
def test_what_is_kept_of_a_visitor_is_the_same_and_what_the_next_page_makes_of_it(
    name: str,
    admin: Admin,
    collector: Collector,
    pages: Pages,
    new_visitor: Callable[[], Visitor],
) -> None:
    site = admin.site(api_host=collector.api_host)
    theirs = kept_by(STANDALONE_KIND, new_visitor(), pages, site, collector, OPTIONS[name])
    ours = kept_by(OWN, new_visitor(), pages, site, collector, OPTIONS[name])
    for one, other in ((theirs[0], ours[0]), (theirs[2], ours[2])):
        unlisted, seen = compared(one, other, {**DIFFERENCES, **OF_OPTIONS})
        assert not unlisted, "\n".join(unlisted)
        assert (seen & OF_OPTIONS.keys() == OF_OPTIONS.keys()) == (name == "nobody")
    assert list(differing(theirs[1], ours[1])) == []
