"""The OpenAPI description: every route, each with examples that are what they stand for."""

from collections.abc import Iterator
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from assistant.web import examples
from assistant.web.api import create_api
from assistant.web.schema import AskRequest, DocumentOut, DocumentTextOut, ErrorOut, ReplyOut
from assistant.web.widget import mount_widget
from tests.fakes import DOCUMENTS, FakeAssistant
from tests.web.test_schema import REPLY_KEYS


def _describe() -> dict[str, Any]:
    api = create_api(FakeAssistant(), DOCUMENTS, version="1.2.3")
    return mount_widget(api, FakeAssistant()).openapi()


DESCRIPTION = _describe()
ROUTES = {
    ("post", "/api/ask"),
    ("get", "/api/health"),
    ("get", "/api/ready"),
    ("get", "/api/documents"),
    ("get", "/api/documents/{doc_id}"),
    ("get", "/documents/{doc_id}"),
    ("post", "/api/turn"),
    ("get", "/widget"),
    ("get", "/widget.js"),
    ("get", "/chat"),
    ("get", "/"),
}


def _operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, operations in DESCRIPTION["paths"].items():
        for method, operation in operations.items():
            yield method, path, operation


def _media() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every body of a request or response, with the place where it is described."""
    for method, path, operation in _operations():
        bodies = {"request": operation.get("requestBody", {}), **operation["responses"]}
        for name, body in bodies.items():
            for media_type, media in body.get("content", {}).items():
                yield f"{method} {path} {name} {media_type}", media


def test_every_route_is_described() -> None:
    assert {(method, path) for method, path, _ in _operations()} >= ROUTES
    assert DESCRIPTION["info"]["version"] == "1.2.3"
    for method, path, operation in _operations():
        assert operation["summary"], (method, path)
        assert operation["tags"], (method, path)


def test_every_request_and_response_has_an_example() -> None:
    for place, media in _media():
        assert media.get("examples"), place
        assert media["schema"], place
    for method, path, operation in _operations():
        for parameter in operation.get("parameters", ()):
            assert "example" in parameter, (method, path, parameter["name"])


@pytest.mark.parametrize(("place", "media"), list(_media()), ids=lambda value: str(value)[:40])
def test_every_example_fits_its_schema(place: str, media: dict[str, Any]) -> None:
    schema = {**media["schema"], "components": DESCRIPTION["components"]}
    for example in media["examples"].values():
        jsonschema.validate(example["value"], schema)


def test_no_error_is_described_but_the_one_form() -> None:
    assert "HTTPValidationError" not in DESCRIPTION["components"]["schemas"]
    for place, media in _media():
        if " 4XX " in place or " 503 " in place:
            assert media["schema"]["$ref"].endswith("/ErrorOut")
            for example in media["examples"].values():
                ErrorOut.model_validate(example["value"])


def test_the_example_replies_are_whole_replies_of_every_kind() -> None:
    for kind, reply in examples.REPLIES.items():
        assert ReplyOut.model_validate(reply).kind == kind
        assert set(reply) == set(REPLY_KEYS)
        for statement in reply["statements"]:
            citation = statement["citation"]
            text = examples.DOCUMENT["text"]
            assert statement["text"] == text[citation["start"] : citation["end"]]
            assert citation["sha256"] == examples.DOCUMENT["sha256"]
    assert set(examples.REPLIES) == {"answer", "abstention", "redirect", "urgent"}


def test_the_other_examples_are_what_they_stand_for() -> None:
    for request in examples.ASK.values():
        AskRequest.model_validate(request)
    for document in examples.DOCUMENTS:
        DocumentOut.model_validate(document)
    DocumentTextOut.model_validate(examples.DOCUMENT)


def test_describing_twice_gives_the_same() -> None:
    assert _describe() == _describe() == DESCRIPTION
