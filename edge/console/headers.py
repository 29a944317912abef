"""The headers of every answer of the console, written here and nowhere else."""

from collections.abc import Mapping

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy (CSP Level 3): nothing from elsewhere, nothing inline, and nobody may frame it."""

ALWAYS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: with it, browsers send "Origin: null" with a form, and csrf.py could not tell ours.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
PAGE: Mapping[str, str] = {"Cache-Control": "no-store", "Vary": "HX-Request", **ALWAYS}
FILE: Mapping[str, str] = {"Cache-Control": "private, max-age=31536000, immutable", **ALWAYS}
"""A file's name has the hash of its content in it."""
