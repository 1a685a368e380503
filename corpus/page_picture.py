"""A page of a PDF -> a picture of it, and where on it each character stands.

The only importer of pypdfium2. A page is drawn in a child process with limits on time and memory,
because a PDF is a program and may come from anyone; the child gets the file's bytes and no path,
may write no file, and is this module too (`python -m corpus.page_picture NUMBER`).
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_COLOURS_OF_PRINT = 4096


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """What one picture may cost; beyond it there is none."""

    seconds: float = 6.0
    memory_bytes: int = 1024**3
    longest_side: int = 1754
    characters: int = 40_000


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a picture, in its pixels from the upper left corner."""

    left: float
    top: float
    right: float
    bottom: float

    def on_one_line_with(self, other: "Box") -> bool:
        """Whether the middle of `other` stands between the top and the bottom of this box."""
        return self.top <= (other.top + other.bottom) / 2 <= self.bottom

    def around(self, other: "Box") -> "Box":
        """The smallest box that holds both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character as the PDF gives it, white space and line ends included."""

    character: str
    box: Box


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A PNG of `width` by `height` pixels; `glyphs` in the order of the PDF's own text.

    `glyphs` is empty where the page holds no text or more than the limit.
    """

    png: bytes
    width: int
    height: int
    glyphs: tuple[Glyph, ...]


class PageNotDrawn(Exception):
    """There is no picture: the page is missing, broken, or beyond the limits. Says why."""


def draw_page(pdf: bytes, number: int, *, limits: PictureLimits) -> PagePicture:
    """Page `number`, counted from 1, drawn in a child process. Raises PageNotDrawn."""
    root = str(Path(__file__).resolve().parent.parent)
    places = os.pathsep.join([root, *(place for place in sys.path if place)])
    # -P: the folder that the user happens to stand in is no place to import from.
    command = [sys.executable, "-P", "-m", "corpus.page_picture", str(number)]
    try:
        child = subprocess.run(
            [*command, json.dumps(asdict(limits))],
            input=pdf,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": places, "PYTHONUTF8": "1"},
            timeout=limits.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PageNotDrawn(f"drawing did not end within {limits.seconds:g} s") from error
    if child.returncode != 0:
        raise PageNotDrawn(f"drawing ended early (exit status {child.returncode})")
    header, _, png = child.stdout.partition(b"\n")
    found: dict[str, Any] = json.loads(header)
    glyphs = tuple(Glyph(character, Box(*box)) for character, *box in found["glyphs"])
    return PagePicture(png, found["width"], found["height"], glyphs)


# --- the child process -------------------------------------------------------------------------


def _drawn(pdf: bytes, number: int, limits: PictureLimits) -> tuple[dict[str, Any], Any]:
    """The header as JSON and the picture; raises whatever a broken file makes pypdfium2 raise."""
    from pypdfium2 import PdfDocument

    page = PdfDocument(pdf)[number - 1]
    scale = limits.longest_side / max(*page.get_size(), 1)
    bitmap = page.render(scale=scale, may_draw_forms=False, rev_byteorder=True)
    glyphs = list(_glyphs(page, bitmap, limits))
    header = {"width": bitmap.width, "height": bitmap.height, "glyphs": glyphs}
    return header, _slim(bitmap.to_pil().convert("RGB"))


def _slim(picture: Any) -> Any:
    """A page of print with a palette, which makes a third of the file; a page of photos as is."""
    from PIL import Image

    if picture.getcolors(_COLOURS_OF_PRINT) is None:
        return picture
    return picture.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)


def _glyphs(page: Any, bitmap: Any, limits: PictureLimits) -> Iterator[tuple[Any, ...]]:
    from pypdfium2 import raw

    text = page.get_textpage()
    count = text.count_chars()
    if count > limits.characters:
        return
    place = bitmap.get_posconv(page)
    for index in range(count):
        code = raw.FPDFText_GetUnicode(text, index)
        left, bottom, right, top = text.get_charbox(index, loose=True)
        corners = [place.to_bitmap(left, top), place.to_bitmap(right, bottom)]
        across, down = sorted(x for x, _ in corners), sorted(y for _, y in corners)
        yield chr(code), across[0], down[0], across[1], down[1]


def _limit_child(limits: PictureLimits) -> None:
    try:
        import resource
    except ImportError:  # not on Windows: the parent's clock still ends the child
        return
    cpu = int(limits.seconds) + 1
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _main() -> None:
    number, limits = int(sys.argv[1]), PictureLimits(**json.loads(sys.argv[2]))
    _limit_child(limits)
    os.nice(5)
    header, picture = _drawn(sys.stdin.buffer.read(), number, limits)
    sys.stdout.buffer.write(json.dumps(header).encode() + b"\n")
    picture.save(sys.stdout.buffer, "PNG")


if __name__ == "__main__":
    _main()
