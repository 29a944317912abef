"""Where the browser compiles our client: on a thread of its own while it comes, not on the page's when it is called."""

import json
from typing import Any

from playwright.sync_api import Browser

from tests.browser.admin import Admin
from tests.browser.collector import Collector
from tests.browser.pages import Pages, inline, snippet
from tests.browser.recording import received
from tests.browser.visitor import Visitor

FEW = 10
"""Functions that an engine may yet put off. Without the hint at the loader's start they are more than a hundred."""


def compiled_while_it_ran(trace: list[dict[str, Any]], script: str) -> list[dict[str, Any]]:
    """What was compiled on the script's own thread from its start to its end."""
    (run,) = [one for one in trace if one["name"] == "EvaluateScript" and script in one["args"]["data"]["url"]]
    return [
        one
        for one in trace
        if one["name"] == "V8.CompileCode"
        and (one["pid"], one["tid"]) == (run["pid"], run["tid"])
        and run["ts"] <= one["ts"] <= run["ts"] + run["dur"]
    ]


def test_the_page_is_not_held_up_for_the_loader_s_functions_to_be_compiled(
    admin: Admin, collector: Collector, recorders: None, pages: Pages, browser: Browser, visitor: Visitor
) -> None:
    site = admin.site(api_host=collector.api_host)
    site.connect("recorder-one", {})
    browser.start_tracing(page=visitor.page, categories=["devtools.timeline", "v8", "disabled-by-default-v8.compile"])
    visitor.visits(pages.publish(inline(snippet(site))))
    visitor.calls("track", "Order Completed")
    visitor.until(lambda: received(visitor, "One"), "the event")
    trace = json.loads(browser.stop_tracing())["traceEvents"]
    assert len(compiled_while_it_ran(trace, "/analytics.min.js")) < FEW
