"""The served OpenAPI document is true: found out by calls that are made from it."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    missing_required_header,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from edge.api.app import Api
from edge.api.operations import OPERATIONS, Operation
from tests.api.stage import EXAMPLES, ApiStage, application, open_api_stage

pytestmark = pytest.mark.anyio

bounded = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    missing_required_header,
    ignored_auth,
    unsupported_method,
]
"""All but those that need every well-formed request to be accepted: a name that is taken is well-formed too."""


@pytest.fixture
def stage(prepared: tuple[Path, dict[str, str]], tmp_path: Path) -> Iterator[ApiStage]:
    directory, jwts = prepared
    with asyncio.Runner() as runner:
        made = runner.run(open_api_stage(Path(shutil.copytree(directory, tmp_path / "data")), jwts))
        # The clock stands still here, so a wait for what is not live would never end.
        runner.run(made.node.follow())
        yield made
        runner.run(made.close())


@pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: row.id)
def test_what_the_document_says_of_an_operation_is_so(stage: ApiStage, row: Operation) -> None:
    app = application(Api(stage.deps))
    described = schemathesis.openapi.from_asgi("/v1beta/openapi.json", app).find_operation_by_id(row.id)
    headers = {"Authorization": f"Bearer {stage.jwts['instance']}"}

    @given(case=described.as_strategy(generation_mode=GenerationMode.POSITIVE), there=st.booleans())
    @bounded
    def well_formed(case: Any, there: bool) -> None:
        if there:
            case.path_parameters.update({name: EXAMPLES[name] for name in case.path_parameters})
        case.call_and_validate(headers=headers, checks=CHECKS)

    @given(case=described.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    @bounded
    def malformed(case: Any) -> None:
        body = case.meta.components.get(ParameterLocation.BODY)
        if body is not None and body.mode.is_negative:
            # Where the resource is not there, nobody looks at what is wrong with the body.
            case.path_parameters.update({name: EXAMPLES[name] for name in case.path_parameters})
        case.call_and_validate(headers=headers, checks=CHECKS)

    well_formed()
    malformed()


async def test_the_document_is_served_to_anyone_and_describes_every_operation(api: ApiStage) -> None:
    answer = await api.call("GET", "/openapi.json", token=None)
    paths = answer.json()["paths"]
    described = {one["operationId"] for methods in paths.values() for one in methods.values()}
    assert answer.json()["openapi"].startswith("3.1.")
    assert described == {row.id for row in OPERATIONS}
    assert (await api.call("POST", "/openapi.json", token=None)).headers["Allow"] == "GET, HEAD"
