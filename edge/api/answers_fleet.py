"""The shape of ``GET /status``, for the OpenAPI document; ``render_fleet`` makes it."""

from pydantic import BaseModel, Field


class NodeStatus(BaseModel):
    node: str
    host: str
    role: str
    state: str = Field(description="`live`, or `silent`: not heard of for so long that it has fenced itself.")
    cursor: int
    lag: int = Field(description="Positions behind the head.")
    lag_seconds: float = Field(description="How long ago the first of them was committed.")
    build: str
    url: str = Field(description="Where the node answers for itself; for instance tokens.")
    started_at: str
    reported_at: str
    heard_seconds: float = Field(description="Since it last reported.")


class HostStatus(BaseModel):
    host: str
    front: str
    nodes: int
    seen_at: str
    acked: int | None = Field(description="The highest position that the front is known to show.")
    pending: int = Field(description="Positions that the front does not show yet.")
    last_error: str | None = Field(description="Of a front that fails; for instance tokens.")


class AuditFinding(BaseModel):
    trouble: str
    node: str
    host: str
    about: str
    text: str
    age_seconds: float
    workspace: str | None


class AuditStatus(BaseModel):
    state: str = Field(description="`running`, `off`, `unreachable` or `none`.")
    node: str
    at: str | None = Field(description="When the last round ended.")
    findings: list[AuditFinding]


class Problem(BaseModel):
    """Something that somebody should look at: what it is and what to do next."""

    code: str
    message: str


class Status(BaseModel):
    version: str
    epoch: str
    head: int
    store: str
    redis: str = Field(description="`none`, `reachable` or `unreachable`.")
    builds: dict[str, int] = Field(description="Build -> how many nodes run it.")
    nodes: list[NodeStatus]
    hosts: list[HostStatus]
    auditor: AuditStatus
    problems: list[Problem]
