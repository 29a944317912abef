"""Load and speed: what is measured rather than asserted."""
