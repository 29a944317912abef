"""The cache of a node: floors, the pure decision over an entry, single flight, and memory bounded in bytes.

It is given ``read(key) -> Outcome`` and knows neither SQL nor HTTP. The whole contract: an entry is served as fresh
only while its as-of is at or above the floor of each of its tags and this node holds the lease; whatever cannot be
proven is read again for the callers that wait; only when that read fails does last known good answer, marked, for a
bounded time, and never below a revoke floor.
"""
