"""A document with its file and its printed pages, over the routes."""

import io
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from assistant.web.api import create_api
from assistant.web.page_pictures import PagePictures
from corpus.document import Document
from corpus.loader import hash_files
from corpus.originals import OriginalGone, Originals
from corpus.page_picture import Box, PageNotDrawn, PagePicture
from tests.fakes import DOCUMENTS, FakeAssistant
from tests.printed import DOC_ID, HYPHENATED, LAST, MARKED, Printed, print_leaflet
from tests.web.markup import Markup, parse

PATH = f"/documents/{DOC_ID}"


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    return print_leaflet(tmp_path_factory.mktemp("printed"))


@pytest.fixture
def printed(master: Printed, tmp_path: Path) -> Printed:
    return master.copied(tmp_path / "copy")


def _client(document: Document, originals: Originals | None) -> TestClient:
    documents = {**DOCUMENTS, document.doc_id: document}
    return TestClient(create_api(FakeAssistant(), documents, version="1", originals=originals))


@pytest.fixture
def client(printed: Printed) -> Iterator[TestClient]:
    with _client(printed.document, printed.originals) as client:
        yield client


def _page(client: TestClient, printed: Printed, words: str, *, to: str | None = None) -> Markup:
    start = printed.span(words).start
    end = printed.span(to or words).end
    reply = client.get(PATH, params={"start": start, "end": end})
    assert reply.status_code == 200
    return parse(reply.text)


def _captions(markup: Markup) -> list[str]:
    return [caption.text for caption in markup.tagged("figcaption")]


def test_a_quotation_is_marked_on_the_picture_of_its_page(
    client: TestClient, printed: Printed
) -> None:
    markup = _page(client, printed, MARKED)
    assert "".join(mark.text for mark in markup.tagged("mark")) == MARKED
    assert len(markup.tagged("rect")) == 2
    assert "Page 1 as printed. The quoted words are marked." in _captions(markup)[0]
    picture = client.get(markup.tagged("image")[0].attributes["href"] or "")
    assert picture.headers["content-type"] == "image/png"
    size = Image.open(io.BytesIO(picture.content)).size
    assert markup.tagged("svg")[0].attributes["viewbox"] == f"0 0 {size[0]} {size[1]}"


def test_a_quotation_on_two_pages_is_marked_on_both(client: TestClient, printed: Printed) -> None:
    markup = _page(client, printed, HYPHENATED, to=LAST)
    assert len(markup.tagged("svg")) == 2
    assert all("The quoted words are marked." in caption for caption in _captions(markup))


def test_words_whose_place_is_not_known_are_marked_in_the_text_alone(printed: Printed) -> None:
    other = replace(printed.document, text=printed.document.text.replace("naïve", "silly"))
    with _client(other, printed.originals) as client:
        markup = _page(client, replace(printed, document=other), "A silly reader")
        assert markup.tagged("svg")
        assert not markup.tagged("rect")
        assert "is not known exactly, so nothing is marked" in _captions(markup)[0]
        assert [mark.text for mark in markup.tagged("mark")] == ["A silly reader"]


def test_nothing_is_marked_in_a_text_that_is_no_longer_the_quoted_one(
    client: TestClient, printed: Printed
) -> None:
    span = printed.span(MARKED)
    place = {"start": span.start, "end": span.end}
    same = parse(client.get(PATH, params={**place, "sha256": printed.document.sha256[:16]}).text)
    assert "".join(mark.text for mark in same.tagged("mark")) == MARKED
    for other in (place, {"start": 10**6, "end": 10**6 + 1}):
        reply = client.get(PATH, params={**other, "sha256": "0123456789abcdef"})
        assert reply.status_code == 200
        markup = parse(reply.text)
        assert not markup.tagged("mark")
        assert not markup.tagged("svg")
        assert "has changed since it was quoted" in reply.text


def test_what_stands_around_a_document_follows_the_language(
    client: TestClient, printed: Printed
) -> None:
    span = printed.span(MARKED)
    place = {"start": span.start, "end": span.end}
    english, spanish = (
        client.get(PATH, params={**place, "lang": lang}).text for lang in ("en", "es")
    )
    assert parse(spanish).tagged("html")[0].attributes["lang"] == "en"
    assert [m.text for m in parse(spanish).tagged("mark")] == [MARKED]
    for chrome in parse(spanish).where(lambda e: e.attributes.get("lang") == "es"):
        assert chrome.text not in {e.text for e in parse(english).elements if e.text}
    for told in ("Ir a las palabras citadas", "Descargar el archivo original", "Página 1 tal como"):
        assert told in spanish
    assert "/sources?lang=es#" in spanish


def test_a_page_that_cannot_be_drawn_says_so_and_the_text_stands(printed: Printed) -> None:
    printed.path.write_bytes(b"%PDF-1.7\nbroken")
    originals = Originals(printed.folder, hash_files(printed.folder))
    with _client(printed.document, originals) as client:
        markup = _page(client, printed, MARKED)
        assert not markup.tagged("svg")
        assert "There is no picture of page 1" in _captions(markup)[0]
        assert "".join(mark.text for mark in markup.tagged("mark")) == MARKED
        refused = client.get(f"{PATH}/pages/1")
        assert (refused.status_code, refused.json()["error"]["code"]) == (404, "no_picture")


def test_a_document_without_a_quotation_leads_to_each_printed_page(client: TestClient) -> None:
    markup = parse(client.get(PATH).text)
    addresses = [a.attributes["href"] or "" for a in markup.tagged("a")]
    pages = [address for address in addresses if "/pages/" in address]
    assert pages == [f"{PATH}/pages/1", f"{PATH}/pages/2"]
    assert all(client.get(page).status_code == 200 for page in pages)
    assert not markup.tagged("svg")


def test_the_original_file_is_kept_under_its_own_name(client: TestClient, printed: Printed) -> None:
    reply = client.get(f"{PATH}/original")
    assert reply.content == printed.path.read_bytes()
    assert reply.headers["content-type"] == "application/pdf"
    assert reply.headers["x-content-type-options"] == "nosniff"
    disposition = reply.headers["content-disposition"]
    assert disposition.startswith('attachment; filename="Wound care _ ___ 1.pdf"; ')
    assert disposition.endswith(f"filename*=UTF-8''{quote(printed.path.name, safe='')}")
    assert "Download the original file" in client.get(PATH).text


def test_a_changed_file_is_neither_given_nor_drawn(client: TestClient, printed: Printed) -> None:
    printed.path.write_bytes(printed.path.read_bytes() + b"\n")
    markup = _page(client, printed, MARKED)
    assert not markup.tagged("figure")
    assert [m.text for m in markup.tagged("mark")] == [MARKED]
    assert "has changed since" in _original(markup)
    for part in ("original", "pages/1"):
        reply = client.get(f"{PATH}/{part}")
        assert (reply.status_code, reply.json()["error"]["code"]) == (409, "original_changed")


def test_a_file_that_has_gone_leaves_its_text(client: TestClient, printed: Printed) -> None:
    printed.path.unlink()
    markup = _page(client, printed, MARKED)
    assert [m.text for m in markup.tagged("mark")] == [MARKED]
    assert "no longer there" in _original(markup)
    for part in ("original", "pages/1"):
        reply = client.get(f"{PATH}/{part}")
        assert (reply.status_code, reply.json()["error"]["code"]) == (404, "original_gone")


def _original(markup: Markup) -> str:
    return markup.where(lambda element: element.attributes.get("class") == "original")[0].text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/documents/nothing/original", 404),
        ("/documents/nothing/pages/1", 404),
        (f"{PATH}/pages/0", 404),
        (f"{PATH}/pages/3", 404),
        (f"{PATH}/pages/{'9' * 5000}", 422),
        (f"{PATH}/pages/-1", 404),
        (f"{PATH}/pages/one", 422),
        (f"{PATH}/pages/%2e%2e%2foriginal", 404),
        ("/documents/evidence/pages/1", 404),
        ("/documents/evidence/original", 404),
    ],
)
def test_what_is_not_there_is_an_error_of_the_one_form(
    client: TestClient, path: str, status: int
) -> None:
    reply = client.get(path)
    assert reply.status_code == status
    assert set(reply.json()["error"]) == {"code", "message"}


def test_files_that_are_not_offered_leave_no_trace(printed: Printed) -> None:
    with _client(printed.document, None) as client:
        html = client.get(PATH, params={"start": 0, "end": 9}).text
        assert "original" not in html
        assert "/pages/" not in html
        for part in ("original", "pages/1"):
            reply = client.get(f"{PATH}/{part}")
            assert reply.json()["error"]["code"] == "original_not_offered"


def test_a_browser_that_has_a_picture_is_not_sent_it_again(client: TestClient) -> None:
    first = client.get(f"{PATH}/pages/1")
    again = client.get(f"{PATH}/pages/1", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_no_word_of_a_file_name_becomes_markup(client: TestClient) -> None:
    html = client.get(PATH).text
    assert unescape(html).count("Wound care") == 0


class _Drawer:
    """Draws empty pages, or none; counts how often."""

    def __init__(self, *, fails: bool = False) -> None:
        self.drawn: list[int] = []
        self._fails = fails

    def __call__(self, pdf: bytes, number: int) -> PagePicture:
        self.drawn.append(number)
        if self._fails:
            raise PageNotDrawn("broken")
        return PagePicture(b"p" * 1000, 10, 10, ())


def test_a_page_is_drawn_once_while_there_is_room(printed: Printed) -> None:
    drawer = _Drawer()
    pictures = PagePictures(printed.originals, draw=drawer, most_bytes=2500)
    for number in (1, 2, 1, 2):
        pictures.draw(printed.document, number)
    assert drawer.drawn == [1, 2]
    cramped = PagePictures(printed.originals, draw=drawer, most_bytes=1500)
    for number in (1, 1, 2, 2, 1):
        cramped.draw(printed.document, number)
    assert drawer.drawn == [1, 2, 1, 2, 1]


def test_a_page_that_fails_is_not_tried_for_everybody_who_asks(printed: Printed) -> None:
    drawer = _Drawer(fails=True)
    pictures = PagePictures(printed.originals, draw=drawer)
    for _ in range(3):
        with pytest.raises(PageNotDrawn, match="broken"):
            pictures.draw(printed.document, 1)
    assert drawer.drawn == [1]


def test_a_picture_in_memory_is_not_shown_once_its_file_has_gone(printed: Printed) -> None:
    pictures = PagePictures(printed.originals, draw=_Drawer())
    pictures.draw(printed.document, 1)
    printed.path.unlink()
    with pytest.raises(OriginalGone):
        pictures.draw(printed.document, 1)


def test_a_place_outside_the_picture_is_not_marked(printed: Printed) -> None:
    real = PagePictures(printed.originals).draw(printed.document, 1)
    shifted = tuple(replace(g, box=_right(g.box)) for g in real.glyphs)
    cropped = replace(real, glyphs=shifted)
    pictures = PagePictures(printed.originals, draw=lambda pdf, number: cropped)
    (page,) = pictures.of_quotation(printed.document, printed.span(MARKED))
    assert page.size is not None
    assert page.boxes == ()


def _right(box: Box) -> Box:
    return replace(box, left=box.left + 2000, right=box.right + 2000)
