"""The OpenAPI description: an example of every request and response, and the pages for people.

FastAPI would leave every null out of an example that is given to a route, and with it keys that a
reply always has; so examples are put into the finished description.
"""

from collections.abc import Mapping
from typing import Any

from assistant.web import examples

_Examples = Mapping[str, Any]

_REQUESTS: Mapping[str, _Examples] = {"/api/ask": examples.ASK, "/api/turn": examples.ASK}
_RESPONSES: Mapping[str, Mapping[str, _Examples]] = {
    "/api/ask": {
        "200": examples.REPLIES,
        "4XX": examples.BAD_QUESTIONS,
        "503": {"no index": examples.NO_INDEX},
    },
    "/api/turn": {
        "200": examples.TURNS,
        "4XX": examples.BAD_QUESTIONS,
        "503": {"no index": examples.NO_INDEX},
    },
    "/widget": {
        "200": {"page": examples.WIDGET_PAGE},
        "4XX": {"unknown language": examples.UNKNOWN_LANGUAGE},
    },
    "/widget.js": {"200": {"launcher": examples.LAUNCHER}},
    "/api/health": {"200": {"alive": {"status": "ok"}}},
    "/api/ready": {
        "200": {"ready": {"status": "ready"}},
        "503": {"no index": examples.NO_INDEX},
    },
    "/api/documents": {"200": {"documents": examples.DOCUMENTS}},
    "/api/documents/{doc_id}": {
        "200": {"document": examples.DOCUMENT},
        "4XX": {"unknown document": examples.UNKNOWN_DOCUMENT},
        "503": {"no index": examples.NO_INDEX},
    },
    "/documents/{doc_id}": {
        "200": {"page": examples.DOCUMENT_PAGE},
        "4XX": {
            "unknown document": examples.UNKNOWN_DOCUMENT,
            "span outside the text": examples.SPAN_OUTSIDE_TEXT,
        },
        "503": {"no index": examples.NO_INDEX},
    },
    "/documents/{doc_id}/original": {
        "200": {"file": examples.ORIGINAL},
        "4XX": {
            "unknown document": examples.UNKNOWN_DOCUMENT,
            "file changed": examples.ORIGINAL_CHANGED,
            "file gone": examples.ORIGINAL_GONE,
        },
        "503": {"no index": examples.NO_INDEX},
    },
    "/documents/{doc_id}/pages/{number}": {
        "200": {"picture": examples.PICTURE},
        "4XX": {
            "unknown document": examples.UNKNOWN_DOCUMENT,
            "no such page": examples.NO_PICTURE,
        },
        "503": {"no index": examples.NO_INDEX},
    },
    "/sources": {
        "200": {"page": examples.SOURCES_PAGE},
        "4XX": {"unknown language": examples.UNKNOWN_LANGUAGE},
    },
}
_PARAMETERS: Mapping[str, Any] = {
    "number": 1,
    "lang": "en",
    "doc_id": examples.DOCUMENT["doc_id"],
    "start": examples.REPLIES["answer"]["statements"][0]["citation"]["start"],
    "end": examples.REPLIES["answer"]["statements"][0]["citation"]["end"],
    "sha256": examples.REPLIES["answer"]["statements"][0]["citation"]["sha256"][:16],
}
_PAGES: Mapping[str, Any] = {
    "/": {
        "get": {
            "summary": "The way to the chat",
            "tags": ["pages"],
            "operationId": "home",
            "responses": {
                "307": {
                    "description": "Leads to the chat.",
                    "headers": {"Location": {"schema": {"type": "string"}, "example": "/chat"}},
                }
            },
        }
    },
    "/chat": {
        "get": {
            "summary": "The chat, a page for people",
            "description": "Programs find its API at /chat/gradio_api/info and its MCP server at "
            "/chat/gradio_api/mcp/.",
            "tags": ["pages"],
            "operationId": "chat",
            "responses": {
                "200": {
                    "description": "The page.",
                    "content": {
                        "text/html": {
                            "schema": {"type": "string"},
                            "examples": {"page": {"value": examples.CHAT_PAGE}},
                        }
                    },
                }
            },
        }
    },
}


def with_examples(description: dict[str, Any]) -> dict[str, Any]:
    """`description` itself, completed; doing so again changes nothing."""
    for path, operations in description["paths"].items():
        for operation in operations.values():
            _add_examples(operation, path)
    description["paths"].update(_PAGES)
    return description


def _add_examples(operation: dict[str, Any], path: str) -> None:
    if path in _REQUESTS:
        _add(operation["requestBody"]["content"], _REQUESTS[path])
    for status, values in _RESPONSES.get(path, {}).items():
        _add(operation["responses"][status]["content"], values)
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in _PARAMETERS:
            parameter["example"] = _PARAMETERS[parameter["name"]]


def _add(content: dict[str, Any], values: _Examples) -> None:
    for media in content.values():
        media["examples"] = {name: {"value": value} for name, value in values.items()}
