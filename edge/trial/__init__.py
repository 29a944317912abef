"""Trying a destination's browser code: a real edge, a real browser, and what came of it (`edgewise bundle check`)."""
