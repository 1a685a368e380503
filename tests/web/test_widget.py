import gzip
import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from assistant.web.api import create_api
from assistant.web.assets import static_folder
from assistant.web.labels import EXAMPLES
from assistant.web.schema import AskRequest, ReplyOut
from assistant.web.spanish import SPANISH
from assistant.web.turns import render_turn
from assistant.web.widget import STARTERS, mount_widget
from assistant.web.words import ENGLISH
from tests.fakes import ANSWERS, BROKEN, DOCUMENTS, FakeAssistant, reply_to
from tests.web.markup import parse

CLINIC = "https://www.clinic.example"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    api = create_api(FakeAssistant(), DOCUMENTS, version="1")
    with TestClient(mount_widget(api, FakeAssistant(), origins=[CLINIC])) as client:
        yield client


def _directives(client: TestClient, path: str) -> dict[str, str]:
    policy = client.get(path).headers["content-security-policy"]
    parts = [part.strip().partition(" ") for part in policy.split(";")]
    return {name: value for name, _, value in parts}


def test_the_launcher_is_below_five_kilobytes_and_depends_on_nothing(client: TestClient) -> None:
    with client.stream("GET", "/widget.js", headers={"Accept-Encoding": "gzip"}) as response:
        packed = b"".join(response.iter_raw())
    assert len(packed) < 5000
    script = gzip.decompress(packed).decode()
    assert not re.search(r"\bimport\b", script)
    assert set(re.findall(r"https?://[\w.]+", script)) == {"http://www.w3.org"}
    for sink in ("innerHTML", "eval(", "document.write", "localStorage", "cookie", "fetch("):
        assert sink not in script


def test_the_launcher_may_be_loaded_by_any_site(client: TestClient) -> None:
    headers = client.get("/widget.js").headers
    assert headers["content-type"] == "text/javascript; charset=utf-8"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert headers["access-control-allow-origin"] == "*"
    assert "max-age=3600" in headers["cache-control"]


def test_the_page_may_be_framed_by_the_sites_allowed_and_runs_only_our_files(
    client: TestClient,
) -> None:
    directives = _directives(client, "/widget")
    assert directives["frame-ancestors"] == f"'self' {CLINIC}"
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == "'self'"
    assert not any("unsafe" in value for value in directives.values())
    markup = parse(client.get("/widget").text)
    for element in markup.elements:
        assert "style" not in element.attributes
        assert not any(name.startswith("on") for name in element.attributes)
    (script,) = markup.tagged("script")
    assert script.text == ""


def test_by_default_no_other_site_may_frame_the_page() -> None:
    api = create_api(FakeAssistant(), DOCUMENTS, version="1")
    client = TestClient(mount_widget(api, FakeAssistant()))
    assert _directives(client, "/widget")["frame-ancestors"] == "'self'"


def test_a_site_that_is_no_origin_is_refused_when_the_server_starts() -> None:
    api = create_api(FakeAssistant(), DOCUMENTS, version="1")
    with pytest.raises(ValueError, match=r"clinic\.example/page"):
        mount_widget(api, FakeAssistant(), origins=["https://clinic.example/page"])


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_speaks_the_language_asked_for(client: TestClient, language: str) -> None:
    html = client.get(f"/widget?lang={language}").text
    words = {"en": ENGLISH, "es": SPANISH}[language]
    assert f'<html lang="{language}">' in html
    assert parse(html).having("data-greeting")[0].text == words.greeting


def test_another_language_is_refused(client: TestClient) -> None:
    response = client.get("/widget?lang=<b>")
    assert response.status_code == 422
    assert response.json()["error"]["code"] == "invalid_request"


def test_every_file_that_the_page_names_is_there_and_may_be_kept(client: TestClient) -> None:
    markup = parse(client.get("/widget").text)
    links = markup.tagged("link")
    named = [link.attributes["href"] or "" for link in links if link.attributes["rel"] != "icon"]
    named += [script.attributes["src"] or "" for script in markup.tagged("script")]
    assert len(named) == 2
    for address in named:
        response = client.get(address)
        assert response.status_code == 200
        assert "immutable" in response.headers["cache-control"]


@pytest.mark.parametrize("question", [*ANSWERS, "fever", "should I?", "weather", "cost?", " "])
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_turn_is_the_reply_of_the_api_as_the_chat_shows_it(
    client: TestClient, question: str, language: str
) -> None:
    response = client.post(f"/api/turn?lang={language}", json={"question": question})
    reply = ReplyOut.of(reply_to(AskRequest(question=question, history=[])))
    words = {"en": ENGLISH, "es": SPANISH}[language]
    assert response.json() == {
        "turn": render_turn(reply, words),
        "searched_as": reply.searched_as,
    }
    quotes = [element.text for element in parse(response.json()["turn"]).having("data-quote")]
    assert quotes == [statement.text for statement in reply.statements]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "invalid_json"),
        (b'{"question": 1}', "invalid_request"),
        (b'{"question": "%s"}' % (b"x" * 2001), "question_too_long"),
    ],
)
def test_a_malformed_question_is_refused_as_the_api_refuses_it(
    client: TestClient, body: bytes, code: str
) -> None:
    headers = {"Content-Type": "application/json"}
    responses = [
        client.post(path, content=body, headers=headers) for path in ("/api/ask", "/api/turn")
    ]
    assert responses[0].json() == responses[1].json()
    assert responses[1].status_code == 422
    assert responses[1].json()["error"]["code"] == code


def test_without_an_index_it_says_so() -> None:
    client = TestClient(mount_widget(create_api(None, {}, version="1"), None))
    response = client.post("/api/turn", json={"question": "Why?"})
    assert response.status_code == 503
    assert response.json()["error"]["code"] == "no_index"
    assert client.get("/widget").status_code == 200


def test_a_mistake_of_ours_shows_nothing_of_the_question(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    response = client.post("/api/turn", json={"question": f"{BROKEN} secret"})
    assert response.status_code == 500
    assert "secret" not in response.text + caplog.text


def test_the_starters_are_among_the_examples_of_the_chat() -> None:
    examples = {question for questions in EXAMPLES.values() for question in questions}
    assert set(STARTERS) <= examples


def test_the_demo_is_an_ordinary_page_with_one_line_and_can_be_left_out(
    client: TestClient,
) -> None:
    markup = parse(client.get("/demo").text)
    (script,) = markup.tagged("script")
    assert script.attributes["src"] == "/widget.js"
    assert _directives(client, "/demo")["frame-ancestors"] == "'none'"
    api = create_api(FakeAssistant(), DOCUMENTS, version="1")
    bare = TestClient(mount_widget(api, FakeAssistant(), demo=False))
    assert bare.get("/demo").status_code == 404


def test_the_two_ends_of_the_conversation_speak_the_same_version() -> None:
    for constant in ("NAME", "VERSION"):
        said = {
            re.findall(rf"const {constant} = (.+);", (static_folder / name).read_text("utf-8"))[0]
            for name in ("widget-loader.js", "widget-page.js")
        }
        assert len(said) == 1
