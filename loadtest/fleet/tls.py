"""nginx with TLS and HTTP/2 before another server: one connection for all that a page asks for."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from loadtest.fleet.certificate import self_signed
from loadtest.fleet.process import Process, Program

CONFIGURATION = """\
daemon off;
{user}
worker_processes 1;
pid nginx.pid;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path temp;
    proxy_temp_path temp;
    fastcgi_temp_path temp;
    uwsgi_temp_path temp;
    scgi_temp_path temp;
    upstream behind {{
        server 127.0.0.1:{behind};
        keepalive 16;
    }}
    server {{
        listen 127.0.0.1:{port} ssl http2;
        ssl_certificate {certificate};
        ssl_certificate_key {certificate};
        location / {{
            proxy_pass http://behind;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }}
    }}
}}
"""


def missing() -> str | None:
    """Why there can be no front here; ``None`` where there can."""
    return None if shutil.which("nginx") else "there is no nginx: apt-get install nginx"


@contextmanager
def tls_front(directory: Path, port: int, behind: int) -> Iterator[str]:
    """The front's address, ``https://127.0.0.1:{port}``, before the server on port ``behind``, until the block ends.

    ``directory`` must exist; the certificate is made in it, and signed by nobody.
    """
    (directory / "temp").mkdir()
    # Started by root its workers would be nobody, who may not enter a directory of mode 0700.
    user = "user root;" if os.geteuid() == 0 else ""
    file = directory / "nginx.conf"
    file.write_text(
        CONFIGURATION.format(user=user, port=port, behind=behind, certificate=self_signed(directory)), encoding="utf-8"
    )
    words = ("nginx", "-p", str(directory), "-e", "error.log", "-c", str(file))
    nginx = Process(Program("nginx with TLS", words, directory / "nginx.log"))
    url = f"https://127.0.0.1:{port}"
    nginx.start()
    try:
        nginx.wait_until(lambda: _answers(url), "an answer over https")
        yield url
    finally:
        nginx.end()


def _answers(url: str) -> bool:
    """Whether anybody does: an error of the server behind is an answer."""
    try:
        httpx.get(url, verify=False, trust_env=False, timeout=5.0)
    except httpx.TransportError:
        return False
    return True
