"""What each operation does: from a call to ``manage`` and back. One module a noun."""
