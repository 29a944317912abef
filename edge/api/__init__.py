"""The Config API over HTTP: a thin shell around ``manage``. One table makes the routes and the OpenAPI document."""
