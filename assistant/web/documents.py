"""The page for people on which a whole document stands, with the quoted words marked.

Nothing but escaped text of the document and our own markup; the page loads files of our own and
its security policy allows nothing else.
"""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from assistant.web.document_body import picture_address, render_body
from assistant.web.links import reference_link
from assistant.web.page_frame import page_bar, page_end, page_head
from assistant.web.page_pictures import PrintedPage
from assistant.web.page_words import PAGE_WORDS, PageWords
from assistant.web.turns import language_attribute, render_badge, sources_address
from assistant.web.words import SOURCE_LANGUAGE
from corpus.document import Document, Reference, Span
from corpus.originals import OriginalChanged, OriginalFile, OriginalUnavailable

static_folder = Path(__file__).parent / "static"

# Pixels of the picture between quoted words and the frame around them.
_AIR = 2
_KINDS = {"application/pdf": "PDF", "text/markdown": "Markdown"}
_ENGLISH = PAGE_WORDS["en"]


def render_document(
    document: Document,
    span: Span | None,
    *,
    original: OriginalFile | OriginalUnavailable | None = None,
    printed: Sequence[PrintedPage] = (),
    page: PageWords = _ENGLISH,
    changed: bool = False,
) -> str:
    """A complete HTML page: `document` with `span`, where one is given, in `<mark>` elements.

    The text of the `<mark>` elements, in order, is `span.of(document.text)` code point for code
    point; the first of them has the id `quote`. `original` is the file to download, or why there
    is none (None where files are not offered at all); `printed` are the pages that the quotation
    stands on. `changed` says that the words to be marked were those of another text. Raises
    ValueError when `span` lies outside the text.
    """
    if span is not None:
        span.of(document.text)
    pictures = isinstance(original, OriginalFile) and document.media_type == "application/pdf"
    language = page.words.language
    beside = " beside" if printed else ""
    return f"""{page_head(document.title, document.language)}
<body>
{page_bar(page)}
<main class="column{beside}">
<header class="head">
<h1 dir="auto">{escape(document.title)}</h1>
<div class="facts" lang="{language}">{_facts(document, page)}</div>
{_original(document, original, page)}
{_pointer(document, span, printed, page)}
{_change(page) if changed else ""}
</header>
<article class="text" data-document>
{render_body(document, span, page, pictures=pictures)}
</article>
{_printed_pages(document, printed, page)}
{_reference_list(document.references, page)}
</main>
{page_end(page)}
</body>
</html>
"""


def _facts(document: Document, page: PageWords) -> str:
    words = page.words
    parts = [render_badge(document.source_type, words)]
    if document.reviewed:
        parts.append(
            f'<span>{words.reviewed} <time datetime="{document.reviewed.isoformat()}">'
            f"{words.day(document.reviewed)}</time></span>"
        )
    if document.pages:
        last = document.pages[-1].number
        parts.append(f"<span>{(page.one_page if last == 1 else page.pages).format(last)}</span>")
    return "".join(parts)


def _original(
    document: Document, original: OriginalFile | OriginalUnavailable | None, page: PageWords
) -> str:
    if original is None:
        return ""
    if isinstance(original, OriginalFile):
        kind = _KINDS.get(document.media_type, page.plain_text)
        address = f"/documents/{quote(document.doc_id, safe='')}/original"
        words = (
            f'<a href="{escape(address)}" download>{escape(page.download)}</a> '
            f"({escape(kind)}, {_size(original.size)})"
        )
    elif isinstance(original, OriginalChanged):
        words = escape(page.file_changed)
    else:
        words = escape(page.file_gone)
    return f'<p class="original" lang="{page.words.language}">{words}</p>'


def _size(size: int) -> str:
    return f"{max(size / 1000, 1):.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def _change(page: PageWords) -> str:
    return f'<p class="changed" lang="{page.words.language}">{escape(page.text_changed)}</p>'


def _pointer(
    document: Document, span: Span | None, printed: Sequence[PrintedPage], page: PageWords
) -> str:
    if span is None:
        return ""
    places = []
    if (number := document.page_of(span)) is not None:
        places.append(page.words.cited_page.format(number))
    if (section := document.section_of(span)) and section.path:
        places.append(section.path[-1])
    where = f": {escape(', '.join(places))}" if places else ""
    picture = (
        f'<a href="#printed-{printed[0].number}">'
        f"{escape(page.see_printed.format(printed[0].number))}</a>"
        if printed
        else ""
    )
    return (
        f'<p class="pointer" lang="{page.words.language}">'
        f'<a href="#quote">{escape(page.to_quotation)}{where}</a>{picture}</p>'
    )


def _printed_pages(document: Document, printed: Sequence[PrintedPage], page: PageWords) -> str:
    if not printed:
        return ""
    figures = "".join(_printed_page(document, one, page) for one in printed)
    return (
        f'<section class="printed" lang="{page.words.language}" aria-labelledby="printed-title">'
        f'<h2 class="hidden" id="printed-title">{escape(page.as_printed)}</h2>{figures}</section>'
    )


def _printed_page(document: Document, printed: PrintedPage, page: PageWords) -> str:
    number = printed.number
    identity = f'<figure id="printed-{number}">'
    if printed.size is None:
        words = escape(page.not_drawn.format(number))
        return f"{identity}<figcaption>{words}</figcaption></figure>"
    width, height = printed.size
    address = escape(picture_address(document, number))
    marks = "".join(
        f'<rect x="{box.left - _AIR}" y="{box.top - _AIR}" '
        f'width="{box.right - box.left + 2 * _AIR}" height="{box.bottom - box.top + 2 * _AIR}"/>'
        for box in printed.boxes
    )
    caption = (
        f"{page.printed.format(number)} {page.marked if printed.boxes else page.place_unknown}"
    )
    detail = f", {page.words.cited_page.format(number)}{page.words.new_tab}"
    return (
        f'{identity}<svg viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(page.picture.format(number))}">'
        f'<image href="{address}" width="{width}" height="{height}"/>{marks}</svg>'
        f"<figcaption>{escape(caption)} "
        f'<a href="{address}" target="_blank" rel="noopener">{escape(page.full_size)}'
        f'<span class="hidden">{escape(detail)}</span></a></figcaption></figure>'
    )


def _reference_list(references: Sequence[Reference], page: PageWords) -> str:
    if not references:
        return ""
    items = "".join(
        f'<li id="source-{number}">{_reference(reference, page)}</li>'
        for number, reference in enumerate(references, start=1)
    )
    return (
        f'<section class="reference-list" lang="{page.words.language}">'
        f"<h2>{escape(page.words.sources_title)}</h2><ol>{items}</ol></section>"
    )


def _reference(reference: Reference, page: PageWords) -> str:
    line = reference.details or f"{reference.label}. {reference.title}"
    kind = page.words.sources[reference.source_type]
    what = f"{page.words.what_is_this}{page.words.new_tab}"
    link = reference_link(doi=reference.doi, url=reference.url)
    where = (
        f' <a href="{escape(link)}" target="_blank" rel="noopener noreferrer">'
        f"{escape(f'doi.org/{reference.doi}' if reference.doi else link)}</a>"
        if link
        else ""
    )
    address = sources_address(reference.source_type, page.words)
    return (
        f'<a class="kind" href="{address}" target="_blank" '
        f'rel="noopener" title="{escape(kind.explanation)}">{escape(kind.badge)}'
        f'<span class="hidden">{escape(what)}</span></a> '
        f'<span dir="auto"{language_attribute(SOURCE_LANGUAGE, page.words)}>'
        f"{escape(line)}</span>{where}"
    )
