"""What a node's settings let suppose is not meant: it works here, and does not for those on other machines."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from edge.settings import Settings


def cautions(settings: Settings) -> list[str]:
    """Sentences, each with what to set; ``settings`` as they are once the listeners are bound."""
    said = []
    if _names_only_this_machine(settings):
        said.append(
            f"Manifests and snippets name {settings.base_url()}, which other machines cannot load from: "
            "set EDGE_PUBLIC_URL to the address that browsers reach."
        )
    if _is_asked_in_vain(settings):
        said.append(
            f"Control nodes on other machines cannot ask this node at {settings.node_bind}, and will report it as "
            "unreachable: set EDGE_NODE_BIND to an address of this machine that they reach."
        )
    return said


def _names_only_this_machine(settings: Settings) -> bool:
    """Whether others are likely to be told an address that is only this machine's, by a node that makes documents."""
    if settings.role == "edge" or not _is_loopback(urlsplit(settings.base_url()).hostname):
        return False
    if settings.front == "nginx" or (settings.uds is None and not _is_loopback(settings.host)):
        return True
    # Edge nodes elsewhere come to the admin listener, and publish what is made here.
    return settings.admin_bind is not None and not _is_loopback(_host_of(settings.admin_bind))


def _is_asked_in_vain(settings: Settings) -> bool:
    """Whether the auditor of a control node elsewhere would ask its own machine for this node."""
    elsewhere = [origin for origin in settings.origins() if not _is_loopback(urlsplit(origin).hostname)]
    return settings.role == "edge" and bool(elsewhere) and _is_loopback(_host_of(settings.node_bind))


def _host_of(address: str) -> str:
    """The host of ``host:port``, which may be one that stands for every address."""
    return address.rpartition(":")[0].strip("[]")


def _is_loopback(host: str | None) -> bool:
    if host is None or host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
