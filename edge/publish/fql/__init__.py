"""Segment's Filter Query Language: from its text to the form that clients evaluate."""
