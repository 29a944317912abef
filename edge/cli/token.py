"""`edgewise token`."""

from typing import Annotated, Any

import typer

from edge.cli.desk import open_desk
from edge.cli.durations import seconds
from edge.cli.errors import USAGE, CliError
from edge.cli.names import checked_token_id, parse
from edge.cli.options import AsJson, Yes, confirm, place_of
from edge.cli.output import emit, remark, say
from edge.cli.shown import TOKEN, TOKEN_DETAILS, details, listing, outcome, written
from edge.model.token import EVERY_WORKSPACE

app = typer.Typer(no_args_is_help=True, help="Access tokens for the Config API.")

TokenId = Annotated[str, typer.Argument(metavar="TOKEN-ID", help="Its id, from `edgewise token list`.")]

PREFIX = "access-tokens/"


@app.command()
def create(
    ctx: typer.Context,
    *,
    scope: Annotated[str, typer.Option(help='What it may do, as "workspace:read workspace:write cache:purge".')],
    workspace: Annotated[str | None, typer.Option(help="The one workspace that it sees.")] = None,
    instance: Annotated[
        bool, typer.Option("--instance", help="Instead: a token for every workspace; local store only.")
    ] = False,
    expires: Annotated[
        str | None, typer.Option(metavar="DURATION", help="When it ends, as 90d; that is the default.")
    ] = None,
    description: Annotated[str, typer.Option(help="What it is for.")] = "",
    as_json: AsJson = False,
) -> None:
    """Create an access token. It is printed once, alone on standard output, and kept nowhere."""
    if instance == (workspace is not None):
        raise CliError("a token is for one workspace or for the instance", "Give --workspace or --instance.", USAGE)
    if instance:
        place_of(ctx).local_only("token create --instance")
    wanted: dict[str, Any] = {
        "description": description,
        "workspace_names": [EVERY_WORKSPACE if workspace is None else parse(workspace, 1).full],
        "scopes": scope.replace(",", " ").split(),
    }
    if expires is not None:
        wanted["expires_in"] = int(seconds(expires))
    with open_desk(place_of(ctx)) as desk:
        answer = desk.write("POST", "/access-tokens", wanted)
    if as_json:
        emit(answer.body)
        return
    say(answer.body["token"])
    remark(f"token {answer.body['name'].removeprefix(PREFIX)} created{outcome(answer)}; it is not shown again")


@app.command("list")
def list_(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the tokens; the tokens themselves are kept nowhere."""
    with open_desk(place_of(ctx)) as desk:
        found = desk.pages("/access-tokens", "access_tokens")
    nothing = 'There is no token: edgewise token create --workspace acme --scope "workspace:read"'
    listing(found, "access_tokens", TOKEN, as_json=as_json, nothing=nothing)


@app.command()
def show(ctx: typer.Context, token: TokenId, as_json: AsJson = False) -> None:
    """Show what a token may do and when it ends."""
    with open_desk(place_of(ctx)) as desk:
        found = desk.get(f"/{PREFIX}{checked_token_id(token)}")
    if as_json:
        emit(found)
    else:
        details(found, TOKEN_DETAILS)


@app.command()
def revoke(
    ctx: typer.Context,
    token: TokenId,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Revoke a token: it is refused from then on."""
    token_id = checked_token_id(token)
    confirm(f"Revoke token {token_id}?", yes)
    with open_desk(place_of(ctx)) as desk:
        answer = desk.write("DELETE", f"/{PREFIX}{token_id}")
    written(answer, f"token {token_id} revoked", as_json=as_json)
