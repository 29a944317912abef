"""What is seen of a fleet: a node's own listener, metrics, status, and the auditor that compares nodes with the
store."""
