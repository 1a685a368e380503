import gzip
from collections.abc import Mapping

import pytest
from fastapi import FastAPI, Request, Response
from starlette.testclient import TestClient

from assistant.web.assets import Asset, slim

BODY = "é" * 2000


@pytest.fixture
def client() -> TestClient:
    app, asset = FastAPI(), Asset(BODY, "text/css; charset=utf-8")

    @app.get("/asset")
    def show(request: Request) -> Response:
        return asset.response(request)

    return TestClient(app)


def _get(
    client: TestClient, headers: Mapping[str, str], **params: str
) -> tuple[Mapping[str, str], bytes]:
    with client.stream("GET", "/asset", headers=dict(headers), params=params) as response:
        return response.headers, b"".join(response.iter_raw())


def test_it_is_sent_compressed_to_whoever_reads_that(client: TestClient) -> None:
    headers, raw = _get(client, {"Accept-Encoding": "br, gzip"})
    assert headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw).decode() == BODY
    headers, raw = _get(client, {"Accept-Encoding": "identity"})
    assert "content-encoding" not in headers
    assert raw.decode() == BODY
    assert headers["vary"] == "Accept-Encoding"


def test_it_is_sent_once_while_it_is_unchanged(client: TestClient) -> None:
    first = client.get("/asset")
    again = client.get("/asset", headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    changed = client.get("/asset", headers={"If-None-Match": '"other"'})
    assert changed.text == BODY


def test_only_an_address_with_its_version_may_be_kept_forever(client: TestClient) -> None:
    version = Asset(BODY, "text/css").version
    assert Asset(BODY + "x", "text/css").version != version
    kept, _ = _get(client, {}, v=version)
    assert "immutable" in kept["cache-control"]
    for other, _ in (_get(client, {}), _get(client, {}, v="old")):
        assert "must-revalidate" in other["cache-control"]


def test_a_slim_script_has_the_same_lines_without_comments_and_indentation() -> None:
    script = '// what it is\n(() => {\n  const a = "// b"; // c\n\n    // d\n  a();\n})();\n'
    assert slim(script) == '(() => {\nconst a = "// b"; // c\na();\n})();\n'
