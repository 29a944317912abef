"""The caches before the nodes: what is refreshed when, by whom, and until when it is owed."""
