"""The parts of one process, composed: what it stands on, what runs on that, and a node out of both."""
