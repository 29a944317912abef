"""The project's nginx.conf, rendered for a test: its listener and its nodes replaced, nothing else."""

from pathlib import Path

import pytest

from loadtest.fleet.nginx import ConfigurationError, render

TEXT = """http {
    upstream app {
        server unix:run/app.sock max_fails=0;
        #server unix:run/app-2.sock max_fails=0;
    }
    server {
        listen 8080 backlog=2048;
        #listen [::]:8080 backlog=2048;
        listen unix:run/refresh.sock;
    }
}
"""
SOCKETS = [Path("/x/app.sock"), Path("/x/app-2.sock")]


def test_listener_and_nodes_are_replaced_and_more_stands_at_the_end_of_http() -> None:
    assert render(TEXT, port=4242, sockets=SOCKETS, more="    server { listen 4243; }") == (
        """http {
    upstream app {
        server unix:/x/app.sock max_fails=0;
        server unix:/x/app-2.sock max_fails=0;
        #server unix:run/app-2.sock max_fails=0;
    }
    server {
        listen 127.0.0.1:4242 backlog=2048;
        #listen [::]:8080 backlog=2048;
        listen unix:run/refresh.sock;
    }
    server { listen 4243; }
}
"""
    )


@pytest.mark.parametrize(
    ("found", "what"),
    [("listen 8080 backlog=2048;", "listen 8080"), ("server unix:run/app.sock max_fails=0;", "run/app.sock")],
)
def test_a_line_that_is_not_there_is_named(found: str, what: str) -> None:
    with pytest.raises(ConfigurationError, match=what):
        render(TEXT.replace(f"        {found}\n", ""), port=1, sockets=SOCKETS)
