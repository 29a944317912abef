"""Tokens: every way in which one can be wrong is refused with one and the same text."""

import base64
import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from edge.manage.problem import ProblemError
from edge.manage.tokens import ALGORITHM, AUDIENCE, ISSUER, REFUSED, Issued, Tokens
from edge.manage.workspaces import delete
from edge.model.token import EVERY_WORKSPACE, SCOPES, Principal
from edge.store.lookup import FIRST_PAGE
from tests.manage.stage import ACME, GLOBEX, INSTANCE, Stage, without

pytestmark = pytest.mark.anyio

KEYS = {"k2": "the-newer-signing-key-of-these-tests" * 2, "k1": "the-older-signing-key-of-these-tests" * 2}
FOREIGN = "a-signing-key-of-somebody-elses-edge" * 2
DAY = 86_400


@pytest.fixture
def tokens(stage: Stage) -> Tokens:
    return Tokens(stage.manage, KEYS)


async def issue(tokens: Tokens, *scopes: str) -> Issued:
    return await tokens.issue(INSTANCE, "acme", scopes or ("workspace",), description="a test's", seconds=DAY)


def resigned(token: str, key: str, kid: object = "k2", algorithm: str = ALGORITHM, **claims: Any) -> str:
    """``token`` with other claims, signed anew; a claim of ``None`` is left out."""
    old = jwt.decode(token, options={"verify_signature": False})
    new = {name: value for name, value in (old | claims).items() if value is not None}
    return jwt.encode(new, key, algorithm=algorithm, headers={"kid": kid})


def unsigned(token: str) -> str:
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT", "kid": "k2"}).encode()).decode()
    return f"{header.rstrip('=')}.{token.split('.')[1]}."


WRONG: dict[str, Callable[[str], str]] = {
    "nothing at all": lambda _: "",
    "no token": lambda _: "not.a.token",
    "one part": lambda token: token.split(".")[0],
    "alg none": unsigned,
    "its signature cut off": lambda token: token.rpartition(".")[0] + ".",
    "another algorithm with the right key": lambda token: resigned(token, KEYS["k2"], algorithm="HS512"),
    "a foreign key": lambda token: resigned(token, FOREIGN),
    "a foreign kid": lambda token: resigned(token, FOREIGN, kid="k3"),
    "no kid": lambda token: jwt.encode(jwt.decode(token, options={"verify_signature": False}), KEYS["k2"]),
    "the other key's kid": lambda token: resigned(token, KEYS["k1"], kid="k2"),
    "another issuer": lambda token: resigned(token, KEYS["k2"], iss="somebody"),
    "another audience": lambda token: resigned(token, KEYS["k2"], aud="another-api"),
    "an id that was never issued": lambda token: resigned(token, KEYS["k2"], jti="0" * 32),
    "an id that is no text": lambda token: resigned(token, KEYS["k2"], jti=7),
    "another workspace": lambda token: resigned(token, KEYS["k2"], workspace="globex"),
    "every workspace": lambda token: resigned(token, KEYS["k2"], workspace="*"),
    "no expiry": lambda token: resigned(token, KEYS["k2"], exp=None),
    "an expiry that is no time": lambda token: resigned(token, KEYS["k2"], exp="tomorrow"),
    "no scope": lambda token: resigned(token, KEYS["k2"], scope=None),
}


@pytest.mark.parametrize("what", WRONG)
async def test_a_token_with_something_wrong_is_refused_without_a_word_on_what(tokens: Tokens, what: str) -> None:
    token = (await issue(tokens)).jwt
    assert (await tokens.principal(token)).workspace == "acme"
    with pytest.raises(ProblemError) as refused:
        await tokens.principal(WRONG[what](token))
    assert (refused.value.kind, refused.value.text) == ("unauthenticated", REFUSED)


async def test_an_issued_token_says_who_bears_it(tokens: Tokens) -> None:
    issued = await issue(tokens, "workspace:read", "cache:purge")
    principal = await tokens.principal(issued.jwt)
    assert principal == Principal(
        issued.token.subject, issued.token.id, "acme", frozenset({"workspace:read", "cache:purge"})
    )


async def test_a_token_has_the_claims_that_it_is_checked_by(tokens: Tokens, stage: Stage) -> None:
    issued = await issue(tokens, "workspace:read")
    assert jwt.get_unverified_header(issued.jwt) == {"alg": "HS256", "typ": "JWT", "kid": "k2"}
    now = int(stage.clock().wall)
    assert jwt.decode(issued.jwt, options={"verify_signature": False}) == {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": issued.token.subject,
        "jti": issued.token.id,
        "iat": now,
        "exp": now + DAY,
        "workspace": "acme",
        "scope": "workspace:read",
    }


async def test_a_token_ends_at_its_expiry_by_our_clock(tokens: Tokens, stage: Stage) -> None:
    token = (await issue(tokens)).jwt
    stage.clock.advance(DAY - 1)
    await tokens.principal(token)
    stage.clock.advance(1)
    with pytest.raises(ProblemError) as refused:
        await tokens.principal(token)
    assert refused.value.text == REFUSED


async def test_a_revoked_token_is_refused_from_then_on(tokens: Tokens) -> None:
    issued = await issue(tokens)
    await tokens.revoke(INSTANCE, issued.token.id)
    with pytest.raises(ProblemError) as refused:
        await tokens.principal(issued.jwt)
    assert refused.value.text == REFUSED


async def test_a_token_is_verified_once_and_no_more_are_remembered_than_so_many(
    tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.manage.tokens.MOST", 2)
    verified: list[str] = []
    decode = jwt.decode

    def counted(token: str, *given: Any, **named: Any) -> Any:
        verified.append(token)
        return decode(token, *given, **named)

    first, second, third = [(await issue(tokens)).jwt for _ in range(3)]
    monkeypatch.setattr(jwt, "decode", counted)
    for token in (first, first, second, first, third, second, first):
        await tokens.principal(token)
    assert verified == [first, second, third, first]


async def test_keys_rotate_by_adding_one_and_dropping_one(stage: Stage) -> None:
    old = Tokens(stage.manage, {"k1": KEYS["k1"]})
    token = (await issue(old)).jwt
    await Tokens(stage.manage, KEYS).principal(token)
    with pytest.raises(ProblemError):
        await Tokens(stage.manage, {"k2": KEYS["k2"]}).principal(token)


async def test_the_scope_workspace_means_reading_and_writing(tokens: Tokens) -> None:
    assert (await issue(tokens, "workspace")).token.scopes == ("workspace:read", "workspace:write")


@pytest.mark.parametrize("scopes", [("workspace:everything",), ("",)])
async def test_unknown_scopes_are_refused_with_the_known_ones(tokens: Tokens, scopes: tuple[str, ...]) -> None:
    with pytest.raises(ProblemError, match=r"scopes.*cache:purge"):
        await issue(tokens, *scopes)


@pytest.mark.parametrize(
    ("principal", "workspace", "scopes", "kind"),
    [
        (without(ACME, "tokens:admin"), "acme", ["workspace:read"], "forbidden"),
        (without(ACME, "cache:purge"), "acme", ["cache:purge"], "forbidden"),
        (GLOBEX, "acme", ["workspace:read"], "not_found"),
        (INSTANCE, "nowhere", ["workspace:read"], "not_found"),
        (ACME, EVERY_WORKSPACE, ["workspace:read"], "forbidden"),
        (INSTANCE, EVERY_WORKSPACE, ["workspace:read"], "forbidden"),
    ],
)
async def test_nobody_gives_what_they_do_not_have(
    tokens: Tokens, stage: Stage, principal: Principal, workspace: str, scopes: list[str], kind: str
) -> None:
    before = await stage.head()
    with pytest.raises(ProblemError) as refused:
        await tokens.issue(principal, workspace, scopes)
    assert refused.value.kind == kind
    assert await stage.head() == before


async def test_an_instance_token_is_given_by_the_instance_alone(tokens: Tokens, stage: Stage) -> None:
    issued = await tokens.issue_instance(INSTANCE, ["workspace:read"])
    assert (await tokens.principal(issued.jwt)).workspace == EVERY_WORKSPACE
    before = await stage.head()
    with pytest.raises(ProblemError) as refused:
        await tokens.issue_instance(ACME, ["workspace:read"])
    assert refused.value.kind == "forbidden"
    assert await stage.head() == before


@pytest.mark.parametrize("seconds", [-1, 0, 59, 10_000 * DAY])
async def test_a_token_lives_between_a_minute_and_ten_years(tokens: Tokens, seconds: int) -> None:
    with pytest.raises(ProblemError, match="10 years"):
        await tokens.issue(INSTANCE, "acme", ["workspace:read"], seconds=seconds)


async def test_the_token_itself_is_kept_nowhere(tokens: Tokens, stage: Stage) -> None:
    issued = await issue(tokens)
    entry = await stage.entry(issued.position)
    signature = issued.jwt.rpartition(".")[2]
    assert signature not in repr(entry)
    for path in stage.world.directory.glob("edgewise.db*"):
        assert signature.encode() not in path.read_bytes()


async def test_tokens_of_another_workspace_are_not_seen_and_not_revoked(tokens: Tokens, stage: Stage) -> None:
    issued = await issue(tokens)
    instances = await tokens.issue_instance(INSTANCE, list(SCOPES))
    assert await tokens.listed(GLOBEX, FIRST_PAGE) == []
    assert await tokens.listed(ACME, FIRST_PAGE) == [issued.token]
    assert {one.id for one in await tokens.listed(INSTANCE, FIRST_PAGE)} == {issued.token.id, instances.token.id}
    before = await stage.head()
    for principal, token_id in ((GLOBEX, issued.token.id), (ACME, instances.token.id), (ACME, "unknown")):
        with pytest.raises(ProblemError) as refused:
            await tokens.revoke(principal, token_id)
        assert refused.value.kind == "not_found"
    assert await stage.head() == before


async def test_the_tokens_of_a_deleted_workspace_end_with_it(tokens: Tokens, stage: Stage) -> None:
    token = (await tokens.issue(INSTANCE, "globex", ["workspace:read"])).jwt
    await delete(stage.manage, INSTANCE, "globex")
    with pytest.raises(ProblemError):
        await tokens.principal(token)
