"""The table of URLs of Redis: what each means, and what is refused without a word of its credentials."""

import pytest

from edge.model.redis_url import Login, RedisUrl, RedisUrlError, parse_redis_url

NOBODY = Login()


def at(
    *hosts: tuple[str, int],
    path: str | None = None,
    service: str | None = None,
    db: int = 0,
    login: Login = NOBODY,
    sentinel_login: Login = NOBODY,
    tls: dict[str, str] | None = None,
) -> tuple[object, ...]:
    return (hosts, path, service, db, login, sentinel_login, tls)


def fields(url: RedisUrl) -> tuple[object, ...]:
    tls = dict(url.tls) if url.tls is not None else None
    return (url.hosts, url.path, url.service, url.db, url.login, url.sentinel_login, tls)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("redis://cache", at(("cache", 6379))),
        ("redis://cache:7000/3", at(("cache", 7000), db=3)),
        ("redis://cache?db=3", at(("cache", 6379), db=3)),
        ("redis://:p%40ss@cache/", at(("cache", 6379), login=Login(None, "p@ss"))),
        ("redis://jane:p:ss@cache", at(("cache", 6379), login=Login("jane", "p:ss"))),
        ("redis://[::1]:7000/0", at(("::1", 7000))),
        ("redis://[::1]", at(("::1", 6379))),
        ("rediss://cache", at(("cache", 6379), tls={})),
        ("rediss://cache?ssl_ca_certs=/etc/ca.pem", at(("cache", 6379), tls={"ssl_ca_certs": "/etc/ca.pem"})),
        ("unix:///run/redis.sock?db=2", at(path="/run/redis.sock", db=2)),
        ("unix://:secret@/run/redis.sock", at(path="/run/redis.sock", login=Login(None, "secret"))),
        ("redis+sentinel://a,b:7000/main", at(("a", 26379), ("b", 7000), service="main")),
        ("redis+sentinel://[::1]:7000,b/main/2", at(("::1", 7000), ("b", 26379), service="main", db=2)),
        (
            "redis+sentinel://jane:secret@a/main?sentinel_password=other",
            at(("a", 26379), service="main", login=Login("jane", "secret"), sentinel_login=Login(None, "other")),
        ),
        (
            "rediss+sentinel://a/main?sentinel_username=s&sentinel_password=o&ssl_cert_reqs=none",
            at(("a", 26379), service="main", sentinel_login=Login("s", "o"), tls={"ssl_cert_reqs": "none"}),
        ),
    ],
)
def test_each_form_means_what_it_says(text: str, meaning: tuple[object, ...]) -> None:
    assert fields(parse_redis_url(text)) == meaning


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("cache:6379", "must be redis://"),
        ("http://cache", "must be redis://"),
        ("unix+sentinel://a/main", "must be redis://"),
        ("redis+cluster://a", "must be redis://"),
        ("redis://[cache", "is no URL"),
        ("redis://", "must name a host"),
        ("redis://::1", "in brackets"),
        ("redis://cache:port", "must have a port"),
        ("redis://cache:0", "must have a port"),
        ("redis://cache:65536", "must have a port"),
        ("redis://cache/zero", "number of a database"),
        ("redis://cache/0/1", "number of a database"),
        ("redis://cache#frag", "%23"),
        ("redis://cache?socket_timeout=60", "not one of db"),
        ("redis://cache?ssl_cert_reqs=none", "not one of db"),
        ("redis://cache?db", "is no URL"),
        ("unix://run/redis.sock", "whole path"),
        ("unix://", "whole path"),
        ("redis+sentinel://a", "Sentinel's service"),
        ("redis+sentinel://a,/main", "must name a host"),
        ("redis+sentinel://a/main?db=1", "not one of sentinel_username"),
    ],
)
def test_anything_else_is_refused_with_what_is_wrong(text: str, problem: str) -> None:
    with pytest.raises(RedisUrlError, match=problem):
        parse_redis_url(text)


@pytest.mark.parametrize("text", ["redis://j:tops3cret@cache:x", "redis://:t?ops3cret=1@cache", "redis://t#ops3cret@c"])
def test_no_error_quotes_what_may_be_a_credential(text: str) -> None:
    with pytest.raises(RedisUrlError) as refused:
        parse_redis_url(text)
    assert "ops3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("redis://jane:tops3cret@cache:7000/3", "cache:7000"),
        ("redis://:tops3cret@[::1]", "[::1]:6379"),
        ("unix://:tops3cret@/run/redis.sock", "/run/redis.sock"),
        ("redis+sentinel://:tops3cret@a,b/main?sentinel_password=tops3cret", "main at a:26379,b:26379"),
    ],
)
def test_what_is_shown_of_it_has_no_credentials(text: str, shown: str) -> None:
    url = parse_redis_url(text)
    assert str(url) == shown
    assert "tops3cret" not in repr(url)
