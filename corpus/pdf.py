"""PDF -> canonical text, blocks, sections and pages. The only importer of pypdf.

Each file is parsed in a child process with limits on time and memory: a PDF is a program, and
some are written to never end. The child prints one JSON object; this module is that program too
(`python -m corpus.pdf PATH`).
"""

import json
import math
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from corpus.document import Block, Page, Section
from corpus.errors import DocumentRefused
from corpus.layout import (
    Line,
    OutlineEntry,
    compose,
    spells_letter_by_letter,
    unreadable_share,
    without_running_lines,
)
from corpus.text import one_line

_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)
# TeX's older fonts set an accent as a sign of its own before its letter: "na¨ıve".
_LOOSE_ACCENT = re.compile("([¨´ˆ˜])([A-Za-zı])")
_COMBINING = {"¨": "\u0308", "´": "\u0301", "ˆ": "\u0302", "˜": "\u0303"}
_CONTROL = re.compile("[\x01-\x08\x0e-\x1f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_FILE_NAME = re.compile(
    r"\.(?:docx?|odt|rtf|pdf|tex|dvi|indd|qxd|pptx?|txt|html?)\b|^untitled", re.I
)
_BOLD = re.compile(r"bold|black|heavy|semibold|demi|medi\b|cmbx|-bd\b", re.I)
_FEW_LETTERS = 20
_UNREADABLE_LINE = 0.4
_MOST_LOST = 0.3
_MOST_GARBLED = 0.1


@dataclass(frozen=True, slots=True)
class PdfLimits:
    """What one file may cost; beyond it the file is refused."""

    seconds: float = 60.0
    memory_bytes: int = 2 * 1024**3
    file_bytes: int = 64 * 1024**2
    pages: int = 2000
    characters: int = 20_000_000


@dataclass(frozen=True, slots=True)
class PdfContent:
    """What the reader found in one file.

    Pages without text have no entry in `pages`; the others keep their number in the file.
    """

    text: str
    blocks: tuple[Block, ...]
    sections: tuple[Section, ...]
    pages: tuple[Page, ...]
    title: str | None
    language: str | None


def read_pdf(path: Path, *, limits: PdfLimits) -> PdfContent:
    """The content of a PDF, parsed in a child process.

    A PDF that opens without a password is read even where it is encrypted. Raises
    DocumentRefused (encrypted, no_text, damaged, empty, too_large, timed_out).
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise DocumentRefused(
            "unreadable", f"the file cannot be opened ({error.strerror}); check that it is there"
        ) from error
    if size == 0:
        raise DocumentRefused("empty", "the file has no bytes; copy it again")
    if size > limits.file_bytes:
        raise DocumentRefused(
            "too_large",
            f"the file has {size / 2**20:.0f} MiB, at most {limits.file_bytes // 2**20} are read; "
            "split it",
        )
    return _content(_parsed(path, limits), limits)


def _parsed(path: Path, limits: PdfLimits) -> dict[str, Any]:
    root = str(Path(__file__).resolve().parent.parent)
    places = os.pathsep.join([root, *(place for place in sys.path if place)])
    # -P: the folder that the user happens to stand in is no place to import from.
    command = [sys.executable, "-P", "-m", "corpus.pdf", str(path.resolve())]
    try:
        child = subprocess.run(
            [*command, json.dumps(asdict(limits))],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": places, "PYTHONUTF8": "1"},
            timeout=limits.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise DocumentRefused(
            "timed_out",
            f"reading did not end within {limits.seconds:g} s; "
            "print it to a new PDF, or save it as text",
        ) from error
    try:
        found: dict[str, Any] = json.loads(child.stdout)
    except ValueError as error:
        raise DocumentRefused(
            "damaged",
            f"the reader ended early (exit status {child.returncode}): the file is damaged or "
            "needs more memory than allowed; print it to a new PDF",
        ) from error
    if "refused" in found:
        raise DocumentRefused(*found["refused"])
    return found


def _content(found: dict[str, Any], limits: PdfLimits) -> PdfContent:
    pages = [[Line(*line) for line in page] for page in found["pages"]]
    _refuse_unreadable(pages, garbled=found["garbled"])
    readable = [
        [line for line in page if unreadable_share(line.text) < _UNREADABLE_LINE] for page in pages
    ]
    without = without_running_lines(readable)
    if _letters(without) < _FEW_LETTERS:
        # A stamp on scanned pages is no text; a short file that repeats itself is.
        if found["pictures"] or not _letters(readable):
            raise DocumentRefused(
                "no_text",
                "the pages hold no text that can be read (scanned pages, perhaps); "
                "run text recognition (OCR) on the file and add the result",
            )
        without = readable if not _letters(without) else without
    composition = compose(without, [OutlineEntry(*entry) for entry in found["outline"]])
    return PdfContent(
        text=composition.text,
        blocks=composition.blocks,
        sections=composition.sections,
        pages=composition.pages,
        title=one_line(found["title"] or "") or composition.title,
        language=found["language"],
    )


def _letters(pages: Sequence[Sequence[Line]]) -> int:
    return sum(c.isalpha() for page in pages for line in page for c in line.text)


def _refuse_unreadable(pages: Sequence[Sequence[Line]], *, garbled: int) -> None:
    lines = [line.text for page in pages for line in page]
    characters = sum(map(len, lines)) or 1
    lost = sum(len(line) for line in lines if unreadable_share(line) >= _UNREADABLE_LINE)
    spelt = " ".join(lines)
    if spells_letter_by_letter(spelt) and unreadable_share(spelt) >= _UNREADABLE_LINE:
        lost = characters
    if lost > _MOST_LOST * characters or garbled > _MOST_GARBLED * characters:
        raise DocumentRefused(
            "no_text",
            "the text layer is unreadable (its fonts do not say which letters they show); "
            "run text recognition (OCR) on the file and add the result",
        )


# --- the child process -------------------------------------------------------------------------


def _child(path: str, limits: PdfLimits) -> dict[str, Any]:
    """What the file holds, as JSON; `refused` with code and message where it cannot be read."""
    import logging

    logging.disable(logging.CRITICAL)
    try:
        return _extracted(path, limits)
    except DocumentRefused as refused:
        return {"refused": [refused.code, refused.message]}
    except MemoryError:
        return {"refused": ["too_large", "reading needs more memory than allowed; split it"]}
    except Exception as error:  # noqa: BLE001 - whatever a broken file does to the parser
        reason = type(error).__name__
        return {
            "refused": [
                "damaged",
                f"the file is no PDF or is damaged ({reason}); "
                "open it in a viewer and print it to a new PDF",
            ]
        }


def _extracted(path: str, limits: PdfLimits) -> dict[str, Any]:
    from pypdf import PasswordType, PdfReader

    reader = PdfReader(path)
    if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
        raise DocumentRefused(
            "encrypted", "the file opens with a password only; save a copy without one"
        )
    count = len(reader.pages)
    if count == 0:
        raise DocumentRefused("empty", "the file has no pages")
    if count > limits.pages:
        raise DocumentRefused(
            "too_large", f"the file has {count} pages, at most {limits.pages} are read; split it"
        )
    pages = []
    characters = garbled = 0
    pictures = False
    for page in reader.pages:
        lines, controls = _lines(page)
        characters += sum(len(line[0]) for line in lines)
        garbled += controls
        if characters > limits.characters:
            raise DocumentRefused("too_large", "the file holds too much text; split it")
        pictures = pictures or _has_picture(page)
        pages.append(lines)
    return {
        "pages": pages,
        "garbled": garbled,
        "pictures": pictures,
        "outline": _outline(reader),
        "title": _title(reader),
        "language": _language(reader),
    }


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run of text and where it begins, in a frame that is turned so that it reads upright."""

    text: str
    size: float
    left: float
    baseline: float
    angle: int
    bold: bool


def _lines(page: Any) -> tuple[list[tuple[Any, ...]], int]:
    """The fields of each `Line` of a page in content order, and how many signs were garbled.

    Lines that run another way than most of the page, such as a stamp in the margin, are left out.
    """
    pieces: list[_Piece] = []

    def visit(text: str, cm: Any, tm: Any, font: Any, size: float) -> None:
        if text:
            pieces.append(_piece(text, cm, tm, font, float(size)))

    page.extract_text(visitor_text=visit)
    angles: Counter[int] = Counter()
    for piece in pieces:
        angles[piece.angle] += len(piece.text.strip())
    main = angles.most_common(1)[0][0] if angles else 0
    stray = angles.total() - angles[main] < 0.2 * angles.total()
    lines = []
    for line in _split_at_line_ends(pieces):
        inked = [piece for piece in line if piece.text.strip()]
        if inked and not (stray and inked[0].angle != main):
            lines.append(_line(line, inked))
    garbled = sum(len(_CONTROL.findall(piece.text)) for piece in pieces)
    return [fields for fields in lines if fields[0]], garbled


def _piece(text: str, cm: Any, tm: Any, font: Any, size: float) -> _Piece:
    a, b = tm[0] * cm[0] + tm[1] * cm[2], tm[0] * cm[1] + tm[1] * cm[3]
    c, d = tm[2] * cm[0] + tm[3] * cm[2], tm[2] * cm[1] + tm[3] * cm[3]
    x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
    y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
    length = math.hypot(a, b) or 1.0
    name = str(font.get("/BaseFont", "")) if font else ""
    return _Piece(
        text=text,
        size=round(abs(size) * (math.hypot(c, d) or length), 2),
        left=round((a * x + b * y) / length, 1),
        baseline=round((b * x - a * y) / length, 1),
        angle=round(math.degrees(math.atan2(b, a)) / 10) * 10 % 360,
        bold=bool(_BOLD.search(name)),
    )


def _split_at_line_ends(pieces: Sequence[_Piece]) -> Iterator[list[_Piece]]:
    line: list[_Piece] = []
    for piece in pieces:
        parts = piece.text.split("\n")
        for part in parts[:-1]:
            yield [*line, _with_text(piece, part)]
            line = []
        line.append(_with_text(piece, parts[-1]))
    yield line


def _with_text(piece: _Piece, text: str) -> _Piece:
    return _Piece(text, piece.size, piece.left, piece.baseline, piece.angle, piece.bold)


def _line(line: Sequence[_Piece], inked: Sequence[_Piece]) -> tuple[Any, ...]:
    """The fields of a `Line`; its size and baseline are those of most of its letters."""
    sizes: Counter[tuple[float, float]] = Counter()
    bold = total = 0
    for piece in inked:
        letters = len(piece.text.strip())
        sizes[(piece.size, piece.baseline)] += letters
        total += letters
        bold += letters * piece.bold
    size, baseline = sizes.most_common(1)[0][0]
    words = _SURROGATE.sub("", "".join(piece.text for piece in line)).rstrip()
    words = _LOOSE_ACCENT.sub(_accented, words.translate(_LIGATURES))
    return (
        one_line(words),
        size,
        inked[0].left,
        baseline,
        bold > 0.9 * total,
        words.endswith("\xad"),
    )


def _accented(match: re.Match[str]) -> str:
    letter = "i" if match[2] == "ı" else match[2]
    return one_line(letter + _COMBINING[match[1]])


def _has_picture(page: Any) -> bool:
    try:
        objects = page["/Resources"].get("/XObject", {})
        return any(objects[name].get("/Subtype") == "/Image" for name in objects)
    except Exception:  # noqa: BLE001 - only a hint of what kind of file this is
        return False


def _outline(reader: Any) -> list[tuple[str, int, int | None]]:
    def walk(items: Any, depth: int) -> Iterator[tuple[str, int, int | None]]:
        for item in items:
            if isinstance(item, list):
                yield from walk(item, depth + 1)
            elif item.title and depth <= 6:
                number = reader.get_destination_page_number(item)
                page = None if number is None or number < 0 else number + 1
                yield _SURROGATE.sub("", str(item.title)), depth, page

    try:
        return list(walk(reader.outline, 1))
    except Exception:  # noqa: BLE001 - a broken outline costs headings, not the document
        return []


def _title(reader: Any) -> str | None:
    try:
        title = reader.metadata.title if reader.metadata else None
    except Exception:  # noqa: BLE001 - broken metadata costs the title, not the document
        return None
    # A file name that a word processor left behind is no title.
    if not title or _FILE_NAME.search(str(title)):
        return None
    return _SURROGATE.sub("", str(title))


def _language(reader: Any) -> str | None:
    try:
        language = reader.trailer["/Root"].get("/Lang")
    except Exception:  # noqa: BLE001 - as above
        return None
    match = re.match(r"[A-Za-z]{2,3}\b", str(language or ""))
    return match.group().lower() if match else None


def _limit_child(limits: PdfLimits) -> None:
    try:
        import resource
    except ImportError:  # not on Windows: the parent's clock still ends the child
        return
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    cpu = int(limits.seconds) + 5
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _main() -> None:
    limits = PdfLimits(**json.loads(sys.argv[2]))
    _limit_child(limits)
    os.nice(5)
    output = json.dumps(_child(sys.argv[1], limits))
    sys.stdout.write(output)


if __name__ == "__main__":
    _main()
