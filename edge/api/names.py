"""Resource names in bodies: clients send the full name or the bare slug."""

from collections.abc import Sequence

from edge.manage.problem import invalid


def slug_in(name: str | None, collection: str, field: str = "name") -> str:
    """The slug of ``name``: what follows ``<collection>/``, or the whole of a bare slug.

    ``collection`` is whole (``workspaces/acme/sources``): a name in another place is a mistake, not a wish.
    """
    if not name:
        raise invalid(f"{field}: it is required, as a slug or as {collection}/<slug>")
    place, separator, slug = name.rpartition("/")
    if separator and place != collection:
        raise invalid(f"{field}: {name[:120]!r} is not here; allowed is a slug or {collection}/<slug>")
    return slug


def masked_fields(paths: Sequence[str], resource: str, allowed: Sequence[str]) -> set[str]:
    """The fields that an update mask names, without the resource before them."""
    fields = {path.removeprefix(f"{resource}.") for path in paths}
    unknown = sorted(fields - set(allowed))
    if unknown:
        names = ", ".join(f"{resource}.{name}" for name in allowed)
        raise invalid(f"update_mask.paths: {unknown[0][:80]!r} cannot be changed; allowed: {names}")
    return fields
