"""Values without I/O: the words of the product, as types."""
