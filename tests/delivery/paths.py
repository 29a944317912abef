"""One good path for each public route, and what a request to it must look like."""

from edge.delivery.routes import Delivery
from tests.support.world import CHUNK_NAME, CODE, KEY

SETTINGS = f"/v1/projects/{KEY}/settings"
LOADER = f"/analytics.js/v1/{KEY}/analytics.min.js"
INTEGRATIONS = f"/v1/projects/{KEY}/integrations"
MANIFEST, CODE_HALF = f"/analytics.js/v1/{KEY}/manifest.js", f"/analytics.js/v1/{KEY}/code.js"
DOCUMENTS = {
    "settings": SETTINGS,
    "loader": LOADER,
    "integrations": INTEGRATIONS,
    "manifest": MANIFEST,
    "code": CODE_HALF,
}
ASSET = f"/next-integrations/actions/tally/{CODE.hash}.js"
CHUNK = f"/analytics-next/bundles/{CHUNK_NAME}"
PATHS = DOCUMENTS | {"asset": ASSET, "chunk": CHUNK, "sink": "/v1/t", "healthz": "/healthz", "readyz": "/readyz"}
UNKNOWN = "wk_nobody_has_this"


def paths_of(delivery: Delivery) -> dict[str, str]:
    """A path for every route in the table; a route without one here is a test that is missing."""
    names = {route.name for route in delivery.routes()}
    assert names == set(PATHS), "give every public route a path in tests/delivery/paths.py"
    return PATHS


def method_of(name: str) -> str:
    return "POST" if name == "sink" else "GET"
