"""How a page, an app or a server is told of its source: what an admin copies, made for one write key."""

from dataclasses import dataclass

import orjson

from edge.model.source import Source
from edge.publish.wire import Origin, collector


@dataclass(frozen=True, slots=True)
class Way:
    """``label`` names it; ``blocks`` are (what it is, the text to copy); ``note`` is what else to know."""

    label: str
    note: str
    blocks: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the public documents of a write key are."""

    settings: str
    loader: str
    integrations: str


def addresses(write_key: str, origin: Origin) -> Addresses:
    documents = f"{origin.public_url}/v1/projects/{write_key}"
    loader = f"{origin.public_url}/analytics.js/v1/{write_key}/analytics.min.js"
    return Addresses(f"{documents}/settings", loader, f"{documents}/integrations")


def ways(source: Source, write_key: str, origin: Origin, snippet: str) -> tuple[Way, ...]:
    match source.platform:
        case "web":
            return _web(write_key, origin, snippet)
        case "mobile":
            return (_mobile(source.type, write_key, origin),)
        case "server":
            return (_server(source, write_key, origin),)


def _web(key: str, origin: Origin, snippet: str) -> tuple[Way, ...]:
    loader = addresses(key, origin).loader
    load = (
        'import { AnalyticsBrowser } from "@segment/analytics-next";\n\n'
        "export const analytics = AnalyticsBrowser.load({\n"
        f"  writeKey: {_quoted(key)},\n"
        f"  cdnURL: {_quoted(origin.public_url)},\n"
        "});"
    )
    return (
        Way(
            "Snippet",
            "In the head of every page. Calls made before the loader is there are kept and replayed.",
            (("the snippet", f"<script>\n{snippet.strip()}\n</script>"),),
        ),
        Way(
            "npm",
            "The official client, unmodified: only its cdnURL is this edge.",
            (("the command that installs the client", "npm install @segment/analytics-next"), ("the code", load)),
        ),
        Way(
            "Script tag",
            "One request for client and destinations. Nothing keeps the calls that are made before it runs.",
            (("the script tag", f'<script async src="{loader}"></script>'),),
        ),
    )


def _mobile(kind: str, key: str, origin: Origin) -> Way:
    host = f"{origin.public_url.partition('://')[2]}/v1"
    match kind:
        case "kotlin":
            code = f"Analytics({_quoted(key)}, applicationContext) {{\n    cdnHost = {_quoted(host)}\n}}"
        case "swift":
            code = f"Analytics(configuration: Configuration(writeKey: {_quoted(key)})\n    .cdnHost({_quoted(host)}))"
        case "react-native":
            proxy = f"{origin.public_url}/v1"
            code = (
                "const client = createClient({\n"
                f"  writeKey: {_quoted(key)},\n  cdnProxy: {_quoted(proxy)},\n  useSegmentEndpoints: true,\n}});"
            )
        case _:
            code = addresses(key, origin).settings
            note = "Where the library asks for the settings of its source."
            return Way("App", note, (("the address of the settings", code),))
    note = "The app asks this edge for its settings at start, over https; SDKs of device mode are packaged in it."
    return Way("App", note, (("the code", code),))


def _server(source: Source, key: str, origin: Origin) -> Way:
    target = collector(source.library, origin)
    host = f"{target.protocol}://{target.host}"
    note = "A server sends its events to the collector and loads nothing: its destinations all run in cloud mode."
    return Way("Server", note, (("the write key", key), ("the collector's address", host)))


def _quoted(text: str) -> str:
    return orjson.dumps(text).decode()
