"""The public read side over HTTP: manifest, loader, assets, sink, health. Plain ASGI callables behind one table."""
