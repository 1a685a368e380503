"""PDF -> canonical text, blocks, sections and pages. The only importer of pypdf.

Each file is parsed in a child process with limits on time and memory: a PDF is a program, and
some are written to never end. The child prints one JSON object; this module is that program too
(`python -m corpus.pdf PATH`).
"""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from corpus.document import Block, BlockKind, Page, Section, Span
from corpus.errors import DocumentRefused
from corpus.plaintext import sections_of
from corpus.text import one_line

_BREAK = "\n\n"
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)
_BULLET = re.compile(r"^(?:[•◦▪▫■□●○‣⁃∙·►▶➢➤✓✔☐☑*–—-]|[\ue000-\uf8ff])\s*(?=\S|$)")
_NUMBERED = re.compile(r"^\(?\d{1,3}[.)]\s+(?=\S)")
_PAGE_NUMBER = re.compile(
    r"^\W*(?:page|p\.?|seite|página)?\s*\d{1,4}(?:\s*(?:of|/|von|de|sur)\s*\d{1,4})?\W*$", re.I
)
_HYPHEN_END = re.compile(r"(\w+)[-\u2010]$")
_SENTENCE_END = re.compile(r"[.!?:;][\"'”’)\]]*$")
_UNREADABLE = re.compile("[\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff]|\\(cid:\\d+\\)")
_HEADING_RATIO = 1.12
_HEADING_CHARACTERS = 140
_LEAST_LETTERS = 20
_MOST_UNREADABLE = 0.15


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
    environment = {"PYTHONPATH": str(Path(__file__).resolve().parent.parent), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "corpus.pdf", str(path.resolve()), json.dumps(asdict(limits))]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as child:
        try:
            output, _ = child.communicate(timeout=limits.seconds)
        except subprocess.TimeoutExpired as error:
            child.kill()
            child.communicate()
            raise DocumentRefused(
                "timed_out",
                f"reading did not end within {limits.seconds:.0f} s; "
                "print it to a new PDF, or save it as text",
            ) from error
    try:
        found: dict[str, Any] = json.loads(output)
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
    pages = [[_Line(text, size) for text, size in page] for page in found["pages"]]
    pages = _without_running_lines(pages)
    letters = sum(c.isalpha() for page in pages for line in page for c in line.text)
    if letters < _LEAST_LETTERS:
        raise DocumentRefused(
            "no_text",
            "the pages hold no text that can be read (scanned pictures, perhaps); "
            "run text recognition (OCR) on it and add the result",
        )
    characters = sum(len(line.text) for page in pages for line in page)
    unreadable = sum(len(_UNREADABLE.findall(line.text)) for page in pages for line in page)
    if unreadable > _MOST_UNREADABLE * characters:
        raise DocumentRefused(
            "no_text",
            "the text in the file is unreadable (its fonts do not say which letters they show); "
            "run text recognition (OCR) on it and add the result",
        )
    writer = _Writer(pages, {one_line(t).casefold(): depth for t, depth in found["outline"]})
    text, blocks, spans = writer.written()
    return PdfContent(
        text=text,
        blocks=blocks,
        sections=sections_of(text, blocks),
        pages=spans,
        title=one_line(found["title"] or "") or writer.title,
        language=found["language"],
    )


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    size: float


def _without_running_lines(pages: Sequence[Sequence[_Line]]) -> list[list[_Line]]:
    """Pages without the lines that most of them repeat at the same edge, and page numbers."""
    kept = [list(page) for page in pages]
    for edge in (0, -1):
        for _ in range(2):
            repeated = _repeated([page[edge].text for page in kept if page])
            for page in kept:
                if page and (
                    _as_template(page[edge].text) in repeated
                    or (len(pages) > 1 and _PAGE_NUMBER.match(page[edge].text))
                ):
                    page.pop(edge)
    return kept


def _repeated(lines: Sequence[str]) -> set[str]:
    counts = Counter(map(_as_template, lines))
    return {template for template, count in counts.items() if count >= max(3, len(lines) // 2)}


def _as_template(line: str) -> str:
    return re.sub(r"\d+", "#", line).casefold()


class _Writer:
    """Lines of pages -> one text in blocks, and where each page begins in it."""

    def __init__(self, pages: Sequence[Sequence[_Line]], outline: dict[str, int]) -> None:
        lines = [line for page in pages for line in page]
        self._pages = pages
        self._outline = outline
        self._body_size = _most_common_size(lines)
        self._width = _usual_width(lines, self._body_size)
        self._words = Counter(
            word.casefold() for line in lines for word in re.findall(r"\w+(?:-\w+)*", line.text)
        )
        larger = {round(s, 1) for s in (line.size for line in lines) if self._is_large(s)}
        self._levels = {s: min(rank, 6) for rank, s in enumerate(sorted(larger, reverse=True), 1)}
        self.title: str | None = None

    def written(self) -> tuple[str, tuple[Block, ...], tuple[Page, ...]]:
        text = ""
        blocks: list[Block] = []
        starts: list[tuple[int, int]] = []
        for kind, level, stretch in self._stretches():
            start = len(text) + (len(_BREAK) if text else 0)
            words = ""
            for page, line in stretch:
                words, at = self._joined(words, line)
                if not starts or starts[-1][0] != page:
                    starts.append((page, start + at))
            text += (_BREAK if text else "") + words
            blocks.append(Block(kind, Span(start, start + len(words)), level))
            if self.title is None and kind is BlockKind.HEADING:
                self.title = words
        # The first character always belongs to the first page that has text.
        ends = [start for _, start in starts[1:]] + [len(text)]
        pages = [
            Page(number, Span(start if n else 0, end))
            for n, ((number, start), end) in enumerate(zip(starts, ends, strict=True))
            if end > (start if n else 0)
        ]
        return text, tuple(blocks), tuple(pages)

    def _stretches(self) -> Iterator[tuple[BlockKind, int, list[tuple[int, str]]]]:
        """Kind, level, and the (page, line) pairs of each block."""
        kind, level, stretch = BlockKind.PARAGRAPH, 0, list[tuple[int, str]]()
        before: _Line | None = None
        awaiting_item = False
        for number, page in enumerate(self._pages, start=1):
            for line in page:
                new_kind, new_level, words = self._kind(line, awaiting_item)
                awaiting_item = not words
                if awaiting_item:
                    continue
                if (
                    stretch
                    and before is not None
                    and self._continues(before, line, kind, level, new_kind, new_level)
                ):
                    stretch.append((number, words))
                else:
                    if stretch:
                        yield kind, level, stretch
                    kind, level, stretch = new_kind, new_level, [(number, words)]
                before = line
        if stretch:
            yield kind, level, stretch

    def _kind(self, line: _Line, after_bullet: bool) -> tuple[BlockKind, int, str]:
        words = line.text
        depth = self._outline.get(words.casefold())
        if depth is not None:
            return BlockKind.HEADING, min(depth + 1, 6), words
        if after_bullet:
            return BlockKind.LIST_ITEM, 1, words
        for label in (_BULLET, _NUMBERED):
            if label.match(words):
                return BlockKind.LIST_ITEM, 1, label.sub("", words, count=1)
        short = len(words) <= _HEADING_CHARACTERS and not words.endswith((".", ",", ";"))
        if self._is_large(line.size) and short and any(c.isalpha() for c in words):
            return BlockKind.HEADING, self._levels[round(line.size, 1)], words
        return BlockKind.PARAGRAPH, 0, words

    def _is_large(self, size: float) -> bool:
        return bool(self._body_size) and size >= _HEADING_RATIO * self._body_size

    def _continues(
        self,
        before: _Line,
        line: _Line,
        kind: BlockKind,
        level: int,
        new_kind: BlockKind,
        new_level: int,
    ) -> bool:
        """Whether `line` goes on with the block that `before` belongs to."""
        if BlockKind.HEADING in (kind, new_kind):
            same = kind is new_kind and level == new_level
            return (
                same
                and before.text.casefold() not in self._outline
                and (abs(before.size - line.size) < 0.5)
            )
        if new_kind is BlockKind.LIST_ITEM:
            return False
        if abs(before.size - line.size) > 0.15 * max(before.size, 1.0):
            return False
        ended = bool(_SENTENCE_END.search(before.text))
        return not (ended and len(before.text) < 0.8 * self._width) and not (
            ended and line.text[:1].isupper() and len(before.text) < 0.9 * self._width
        )

    def _joined(self, words: str, line: str) -> tuple[str, int]:
        """`words` with `line` after it, and where the line's own first character stands."""
        if not words:
            return line, 0
        match = _HYPHEN_END.search(words)
        if match is None or not line[:1].isalpha():
            return f"{words} {line}", len(words) + 1
        following = re.match(r"\w+", line)
        tail = following.group() if following else ""
        compound = f"{match.group(1)}-{tail}".casefold()
        solid = f"{match.group(1)}{tail}".casefold()
        keeps_hyphen = line[:1].isupper() or (
            self._words[compound] > 0 and self._words[compound] >= self._words[solid]
        )
        if not keeps_hyphen and self._words[solid] == 0:
            keeps_hyphen = all(
                self._words[part] > 1 and len(part) > 2
                for part in (match.group(1).casefold(), tail.casefold())
            )
        stem = words if keeps_hyphen else words[: match.end(1)]
        return stem + line, len(stem)


def _most_common_size(lines: Sequence[_Line]) -> float:
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _usual_width(lines: Sequence[_Line], size: float) -> float:
    """The length in characters that full lines of the body text have."""
    lengths = sorted(len(line.text) for line in lines if abs(line.size - size) < 0.2)
    return float(lengths[int(len(lengths) * 0.8)]) if lengths else 0.0


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
    characters = 0
    for number in range(count):
        lines = _lines(reader.pages[number])
        characters += sum(len(text) for text, _ in lines)
        if characters > limits.characters:
            raise DocumentRefused("too_large", "the file holds too much text; split it")
        pages.append(lines)
    return {
        "pages": pages,
        "outline": _outline(reader),
        "title": _title(reader),
        "language": _language(reader),
    }


def _lines(page: Any) -> list[tuple[str, float]]:
    """The lines of a page in content order, each with the size in which most of it is set."""
    pieces: list[tuple[str, float]] = []

    def visit(text: str, cm: Any, tm: Any, font: Any, size: float) -> None:
        if text:
            scale = (abs(tm[0] * cm[0]) + abs(tm[1] * cm[1])) or abs(tm[3] * cm[3]) or 1.0
            pieces.append((text, abs(float(size)) * scale))

    page.extract_text(visitor_text=visit)
    lines: list[tuple[str, float]] = []
    words, sizes = "", Counter[float]()

    def end_line() -> None:
        nonlocal words, sizes
        line = one_line(words.translate(_LIGATURES))
        if line:
            lines.append((line, sizes.most_common(1)[0][0] if sizes else 0.0))
        words, sizes = "", Counter()

    for text, size in pieces:
        for position, part in enumerate(text.split("\n")):
            if position:
                end_line()
            words += part
            if part.strip():
                sizes[round(size, 1)] += len(part)
    end_line()
    return lines


def _outline(reader: Any) -> list[tuple[str, int]]:
    def walk(items: Any, depth: int) -> Iterator[tuple[str, int]]:
        for item in items:
            if isinstance(item, list):
                yield from walk(item, depth + 1)
            elif item.title and depth <= 6:
                yield str(item.title), depth

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
    if not title or re.search(r"\.(?:docx?|pdf|tex|indd|qxd|pptx?)\b|^untitled", str(title), re.I):
        return None
    return str(title)


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
