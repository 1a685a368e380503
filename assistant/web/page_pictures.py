"""Pictures of printed pages, drawn when somebody looks and kept in memory for the next."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import BoundedSemaphore, Lock

from corpus.document import Document, Page, Span
from corpus.originals import Originals
from corpus.page_picture import Box, PageNotDrawn, PagePicture, PictureLimits, draw_page
from corpus.page_places import boxes_of_words

_PDF = "application/pdf"
# A quotation crosses one border of pages at most; a span by hand could take in a whole book.
_MOST_SHOWN = 2
# What one character's place takes up in memory, and a page that could not be drawn.
_GLYPH_BYTES = 300
_FAILURE_BYTES = 500
_FAILURE_KEPT_S = 600.0
_AT_A_TIME = 2
# Two pages that wait and then cannot be drawn stay below the time that a request has.
_PATIENCE_S = 3.0


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """A page that quoted words stand on: `size` of its picture in pixels, None where none is.

    `boxes` are the lines of the quoted words on it; empty where their place is not known exactly.
    """

    number: int
    size: tuple[int, int] | None
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why a page was not drawn, and until when (on the monotonic clock) nobody tries again."""

    reason: str
    until: float


_Key = tuple[str, str, int]


def _draw(pdf: bytes, number: int) -> PagePicture:
    return draw_page(pdf, number, limits=PictureLimits())


class PagePictures:
    """Draws pages of the originals: a few at a time, each once, bounded in memory.

    That a page could not be drawn is remembered for ten minutes, so that nobody can keep the
    machine busy by asking for it again. Safe to use from several threads.
    """

    def __init__(
        self,
        originals: Originals,
        *,
        draw: Callable[[bytes, int], PagePicture] = _draw,
        most_bytes: int = 64 * 1024**2,
    ) -> None:
        self._originals = originals
        self._draw_page = draw
        self._most_bytes = most_bytes
        self._kept: OrderedDict[_Key, PagePicture | _Failure] = OrderedDict()
        self._lock = Lock()
        self._turns = BoundedSemaphore(_AT_A_TIME)

    def has(self, document: Document, number: int) -> bool:
        """Whether the document has a printed page of this number."""
        return document.media_type == _PDF and any(p.number == number for p in document.pages)

    def draw(self, document: Document, number: int) -> PagePicture:
        """The picture of a page. Raises PageNotDrawn, OriginalGone or OriginalChanged."""
        if not self.has(document, number):
            raise PageNotDrawn("the document has no printed page of this number")
        self._originals.find(document)
        key = (document.doc_id, document.sha256, number)
        kept = self._look_up(key)
        if kept is None:
            if not self._turns.acquire(timeout=_PATIENCE_S):
                raise PageNotDrawn("too many pages are being drawn")
            try:
                kept = self._look_up(key) or self._drawn(document, number)
                self._keep(key, kept)
            finally:
                self._turns.release()
        if isinstance(kept, _Failure):
            raise PageNotDrawn(kept.reason)
        return kept

    def of_quotation(self, document: Document, span: Span) -> tuple[PrintedPage, ...]:
        """The pages that `span` stands on, the first ones. Raises as `Originals.find` does."""
        if document.media_type != _PDF:
            return ()
        pages = [page for page in document.pages if page.span.overlaps(span)]
        return tuple(self._printed(document, page, span) for page in pages[:_MOST_SHOWN])

    def _printed(self, document: Document, page: Page, span: Span) -> PrintedPage:
        try:
            picture = self.draw(document, page.number)
        except PageNotDrawn:
            return PrintedPage(page.number, None, ())
        boxes = boxes_of_words(
            picture.glyphs,
            page_text=page.span.of(document.text),
            start=max(span.start - page.span.start, 0),
            end=min(span.end, page.span.end) - page.span.start,
        )
        seen = all(_on(picture, box) for box in boxes)
        return PrintedPage(page.number, (picture.width, picture.height), boxes if seen else ())

    def _drawn(self, document: Document, number: int) -> PagePicture | _Failure:
        try:
            return self._draw_page(self._originals.read(document), number)
        except PageNotDrawn as failure:
            return _Failure(str(failure), time.monotonic() + _FAILURE_KEPT_S)

    def _look_up(self, key: _Key) -> PagePicture | _Failure | None:
        with self._lock:
            kept = self._kept.get(key)
            if isinstance(kept, _Failure) and time.monotonic() > kept.until:
                del self._kept[key]
                return None
            if kept is not None:
                self._kept.move_to_end(key)
            return kept

    def _keep(self, key: _Key, picture: PagePicture | _Failure) -> None:
        with self._lock:
            self._kept[key] = picture
            while len(self._kept) > 1 and sum(self._sizes()) > self._most_bytes:
                self._kept.popitem(last=False)

    def _sizes(self) -> Iterator[int]:
        for kept in self._kept.values():
            if isinstance(kept, _Failure):
                yield _FAILURE_BYTES
            else:
                yield len(kept.png) + _GLYPH_BYTES * len(kept.glyphs)


def _on(picture: PagePicture, box: Box) -> bool:
    return (
        0 <= box.left < box.right <= picture.width and 0 <= box.top < box.bottom <= picture.height
    )
