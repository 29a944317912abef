"""Origin calls: what a control node answers to edge nodes, and the edge nodes' side of it.

A Protocol of the lower packages has two implementations: one speaks SQL, and one of these asks a control node, which
speaks SQL. Both promise the same (tests/conformance). What an edge node takes for proven was read in the primary store
by a read that began after its call had arrived: a control node answers the journal from nothing else.
"""
