"""Following the journal: progress, proof and lease of a node, the roster of nodes, and receipts."""
