"""One module for each noun: its routes, handlers and entry in the navigation. ``edge.console.table`` lists them."""
