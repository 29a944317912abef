"""Edgewise: an open, self-hosted settings CDN for device-mode destinations."""

__version__ = "0.1.0"
