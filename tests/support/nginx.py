"""A real nginx before one unix socket, with the refresh server's contract of ``nginx.conf`` and nothing else of it."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

DEADLINE = 20.0
"""Seconds for it to start or to end; reached only by a failure."""

CONF = """
{user}
worker_processes 2;
pid run/nginx.pid;
error_log error.log warn;
daemon off;
events {{ worker_connections 512; }}
http {{
    access_log off;
    default_type application/json;
    map_hash_bucket_size 256;
    map $server_addr $edge_refresh {{ "unix:{refresh}" $http_edge_refresh; default ""; }}
    map $http_accept_encoding $edge_encoding {{ "~br" br; "~gzip" gzip; default ""; }}
    proxy_cache_path cache levels=1:2 keys_zone=edge:8m inactive=45m use_temp_path=off;
    proxy_temp_path temp/proxy;
    client_body_temp_path temp/body;
    fastcgi_temp_path temp/fastcgi;
    uwsgi_temp_path temp/uwsgi;
    scgi_temp_path temp/scgi;
    keepalive_requests 100000;
    merge_slashes off;
    upstream app {{ server unix:{app} max_fails=0; keepalive 64; }}
    proxy_http_version 1.1;
    proxy_connect_timeout 1s;
    proxy_read_timeout 3s;
    proxy_buffers 16 16k;
    proxy_ignore_headers Vary;
    server {{
        listen unix:{refresh};
        listen unix:{public};
        proxy_cache edge;
        proxy_cache_key "$edge_kind/$edge_key|$edge_encoding";
        proxy_cache_bypass $edge_refresh;
        proxy_cache_lock on;
        proxy_cache_lock_timeout 3s;
        proxy_cache_background_update on;
        proxy_pass_request_headers off;
        proxy_set_header Host edge.internal;
        proxy_set_header Connection "";
        proxy_set_header Accept-Encoding $edge_encoding;
        proxy_hide_header Cache-Control;
        proxy_hide_header X-Client-Cache-Control;
        add_header Nginx-Cache $upstream_cache_status always;
        location ~ "^/{{1,2}}v1/projects/(?<edge_key>[A-Za-z0-9_-]{{8,64}})/(?<edge_kind>settings|integrations)\\z" {{
            proxy_pass http://app/v1/projects/$edge_key/$edge_kind;
        }}
        location ~ "^/{{1,2}}analytics\\.js/v1/(?<edge_key>[A-Za-z0-9_-]{{8,64}})/analytics\\.min\\.js\\z" {{
            proxy_cache_key "loader/$edge_key|$edge_encoding";
            proxy_pass http://app/analytics.js/v1/$edge_key/analytics.min.js;
        }}
    }}
}}
"""


@dataclass(frozen=True, slots=True)
class Nginx:
    """Its directory (sockets, cache), and the sockets: ``app`` is where it fetches from."""

    directory: Path
    process: subprocess.Popen[bytes]

    @property
    def app(self) -> Path:
        return self.directory / "run" / "app.sock"

    @property
    def refresh(self) -> Path:
        return self.directory / "run" / "refresh.sock"

    @property
    def public(self) -> Path:
        return self.directory / "run" / "public.sock"

    @property
    def cache(self) -> Path:
        return self.directory / "cache"

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(DEADLINE)


def lay_out(directory: Path) -> None:
    """What it starts in; twice does no harm."""
    for name in ("run", "temp", "cache"):
        (directory / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    run = directory / "run"
    sockets = {name: run / f"{name}.sock" for name in ("app", "refresh", "public")}
    assert all(len(os.fsencode(path)) < 108 for path in sockets.values()), "a shorter directory is needed"
    user = "user root;" if os.geteuid() == 0 else ""
    (directory / "nginx.conf").write_text(CONF.format(user=user, **sockets))


def start(directory: Path) -> Nginx:
    lay_out(directory)
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    for name in ("refresh", "public"):
        (directory / "run" / f"{name}.sock").unlink(missing_ok=True)
    words = [program, "-p", str(directory), "-c", str(directory / "nginx.conf")]
    with (directory / "stderr.log").open("ab") as stderr:
        process = subprocess.Popen(words, stdout=stderr, stderr=stderr, cwd=directory)
    nginx = Nginx(directory, process)
    deadline = time.monotonic() + DEADLINE
    while not (nginx.refresh.exists() and nginx.public.exists()):
        said = (directory / "stderr.log").read_text()
        assert process.poll() is None, said
        assert time.monotonic() < deadline, said
        time.sleep(0.01)
    return nginx


@contextmanager
def running(directory: Path) -> Iterator[Nginx]:
    nginx = start(directory)
    try:
        yield nginx
    finally:
        nginx.end()
