"""Pictures of pages: where the ink is, and what a hostile file may cost."""

import io
import time
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter

from corpus.page_picture import Box, PageNotDrawn, PagePicture, PictureLimits, draw_page
from tests.printed import MARKED, Printed, print_leaflet

LIMITS = PictureLimits()


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    return print_leaflet(tmp_path_factory.mktemp("printed"))


def _turned(pdf: bytes, angle: int) -> bytes:
    writer = PdfWriter()
    for page in PdfReader(io.BytesIO(pdf)).pages:
        writer.add_page(page).rotate(angle)
    data = io.BytesIO()
    writer.write(data)
    return data.getvalue()


def _pixels(image: Image.Image, box: Box) -> bytes:
    """The grey values inside `box`."""
    return image.crop((int(box.left), int(box.top), int(box.right), int(box.bottom))).tobytes()


def _ink_outside(picture: PagePicture) -> int:
    """How many dark pixels stand in no character's box."""
    image = Image.open(io.BytesIO(picture.png)).convert("L")
    for glyph in picture.glyphs:
        box = glyph.box
        image.paste(255, (int(box.left), int(box.top), int(box.right) + 1, int(box.bottom) + 1))
    return sum(image.histogram()[:100])


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_every_character_stands_where_its_box_is(printed: Printed, angle: int) -> None:
    picture = draw_page(_turned(printed.path.read_bytes(), angle), 1, limits=LIMITS)
    image = Image.open(io.BytesIO(picture.png)).convert("L")
    assert image.size == (picture.width, picture.height)
    assert max(image.size) in range(LIMITS.longest_side - 1, LIMITS.longest_side + 2)
    assert (picture.width > picture.height) == (angle in (90, 270))
    assert MARKED[:30] in "".join(glyph.character for glyph in picture.glyphs)
    for glyph in picture.glyphs:
        if glyph.character.isalnum():
            assert min(_pixels(image, glyph.box)) < 128
    assert _ink_outside(picture) == 0


def test_what_is_no_page_is_not_drawn(printed: Printed) -> None:
    pdf = printed.path.read_bytes()
    for data, number in ((b"", 1), (b"%PDF-1.7\nnothing", 1), (pdf, 3), (pdf, 0), (pdf[:900], 1)):
        with pytest.raises(PageNotDrawn):
            draw_page(data, number, limits=LIMITS)


def test_drawing_ends_with_its_time_and_its_memory(printed: Printed) -> None:
    pdf = printed.path.read_bytes()
    with pytest.raises(PageNotDrawn, match=r"within 0\.01 s"):
        draw_page(pdf, 1, limits=PictureLimits(seconds=0.01))
    with pytest.raises(PageNotDrawn, match="ended early"):
        draw_page(pdf, 1, limits=PictureLimits(memory_bytes=2**20))


def test_a_page_of_any_size_gives_a_picture_of_one_size() -> None:
    for width, height in ((1, 1), (14400, 14400), (14400, 1)):
        writer = PdfWriter()
        writer.add_blank_page(width, height)
        data = io.BytesIO()
        writer.write(data)
        picture = draw_page(data.getvalue(), 1, limits=LIMITS)
        assert max(picture.width, picture.height) <= LIMITS.longest_side + 1
        assert picture.glyphs == ()


def test_too_many_characters_cost_their_places_and_not_the_picture(printed: Printed) -> None:
    limits = PictureLimits(characters=10)
    picture = draw_page(printed.path.read_bytes(), 1, limits=limits)
    assert picture.glyphs == ()
    assert picture.png


@pytest.mark.slow
def test_hostile_files_of_other_projects_are_drawn_or_refused_in_time(shared: Path) -> None:
    hostile = [
        path
        for path in sorted((shared / "data").rglob("*.pdf"))
        if any(word in path.name.lower() for word in ("bomb", "fuzz", "poppler", "pdfbox"))
    ][:20]
    assert hostile
    for path in hostile:
        begun = time.monotonic()
        try:
            picture = draw_page(path.read_bytes(), 1, limits=LIMITS)
        except PageNotDrawn:
            pass
        else:
            assert max(picture.width, picture.height) <= LIMITS.longest_side + 1, path.name
        assert time.monotonic() - begun < LIMITS.seconds + 5, path.name
