"""Every route against its own description, with requests that schemathesis makes up."""

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from assistant.web.api import create_api
from assistant.web.widget import mount_widget
from tests.fakes import BROKEN, DOCUMENTS, FakeAssistant

CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]
API = mount_widget(create_api(FakeAssistant(), DOCUMENTS, version="1"), FakeAssistant())
# "/" and "/chat" lead to Gradio, which is not here.
SCHEMA = schemathesis.openapi.from_asgi("/openapi.json", API).exclude(path=["/", "/chat"])


@SCHEMA.parametrize()  # type: ignore[untyped-decorator]
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_route_answers_as_it_is_described(case: schemathesis.Case) -> None:
    assert BROKEN not in str(case.body)
    case.call_and_validate(checks=CHECKS)
