"""The page for people on which a whole document stands, with the quoted words marked.

Nothing but escaped text of the document and our own markup; the page loads files of our own and
its security policy allows nothing else.
"""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from assistant.disclaimer import DISCLAIMER
from assistant.web.document_body import picture_address, render_body
from assistant.web.labels import SOURCE_LABELS
from assistant.web.links import reference_link
from assistant.web.page_pictures import PrintedPage
from assistant.web.turns import day, render_badge
from corpus.document import Document, Reference, Span
from corpus.originals import OriginalChanged, OriginalFile, OriginalUnavailable

static_folder = Path(__file__).parent / "static"

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
# Pixels of the picture between quoted words and the frame around them.
_AIR = 2
_KINDS = {"application/pdf": "PDF", "text/markdown": "Markdown", "text/plain": "plain text"}


def render_document(
    document: Document,
    span: Span | None,
    *,
    original: OriginalFile | OriginalUnavailable | None = None,
    printed: Sequence[PrintedPage] = (),
) -> str:
    """A complete HTML page: `document` with `span`, where one is given, in `<mark>` elements.

    The text of the `<mark>` elements, in order, is `span.of(document.text)` code point for code
    point; the first of them has the id `quote`. `original` is the file to download, or why there
    is none (None where files are not offered at all); `printed` are the pages that the quotation
    stands on. Raises ValueError when `span` lies outside the text.
    """
    if span is not None:
        span.of(document.text)
    pictures = isinstance(original, OriginalFile) and document.media_type == "application/pdf"
    title = escape(document.title)
    beside = " beside" if printed else ""
    return f"""{page_head(document.title, document.language)}
<body>
{page_bar()}
<main class="column{beside}">
<header class="head">
<h1 dir="auto">{title}</h1>
<div class="facts" lang="en">{_facts(document)}</div>
{_original(document, original)}
{_pointer(document, span, printed)}
</header>
<article class="text" data-document>
{render_body(document, span, pictures=pictures)}
</article>
{_printed_pages(document, printed)}
{_reference_list(document.references)}
</main>
{page_end()}
</body>
</html>
"""


def page_head(title: str, language: str) -> str:
    """The start of a page of documents or about them, up to its body."""
    return f"""<!doctype html>
<html lang="{escape(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>{escape(title)}</title>
<link rel="icon" type="image/svg+xml" href="/static/icon.svg">
<link rel="stylesheet" href="/static/tokens.css">
<link rel="stylesheet" href="/static/document.css">
<script src="/static/document.js" defer></script>
</head>"""


def page_bar(
    language: str = "en",
    *,
    chat: str = "Open the chat",
    close: str = "Close this page, back to the conversation",
    stuck: str = "Your browser does not let a page close itself. Close this tab: "
    "your conversation is still open in the other one.",
) -> str:
    """The bar above a page.

    The page opens in a tab of its own, so the way back to a conversation is to close it: the
    script shows that button in a tab that has seen no other page. The link begins anew.
    """
    return (
        f'<header class="bar" lang="{language}"><nav class="column" aria-label="Site">'
        f'<button type="button" class="back" data-close hidden>'
        f'<span aria-hidden="true">←</span> {escape(close)}</button>'
        f'<a class="back" href="/chat">{escape(chat)}</a>'
        f'<p role="status" class="stuck" data-stuck="{escape(stuck)}"></p></nav></header>'
    )


def page_end(language: str = "en", disclaimer: str = DISCLAIMER) -> str:
    """The foot of a page: the disclaimer."""
    return (
        f'<footer class="end" lang="{language}"><p class="column">{escape(disclaimer)}</p></footer>'
    )


def _facts(document: Document) -> str:
    parts = [render_badge(document.source_type)]
    if document.reviewed:
        parts.append(
            f'<span>Reviewed <time datetime="{document.reviewed.isoformat()}">'
            f"{day(document.reviewed)}</time></span>"
        )
    if document.pages:
        last = document.pages[-1].number
        parts.append(f"<span>{last} {'page' if last == 1 else 'pages'}</span>")
    return "".join(parts)


def _original(document: Document, original: OriginalFile | OriginalUnavailable | None) -> str:
    if original is None:
        return ""
    if isinstance(original, OriginalFile):
        kind = _KINDS.get(document.media_type, document.media_type)
        address = f"/documents/{quote(document.doc_id, safe='')}/original"
        words = (
            f'<a href="{escape(address)}" download>Download the original file</a> '
            f"({escape(kind)}, {_size(original.size)})"
        )
    elif isinstance(original, OriginalChanged):
        words = (
            "The original file, or what is recorded about it, has changed since this text was "
            "read from it, so it is not offered here. This is the text that is quoted."
        )
    else:
        words = (
            "The original file is no longer there. This is its text as it was read, "
            "the text that is quoted."
        )
    return f'<p class="original" lang="en">{words}</p>'


def _size(size: int) -> str:
    return f"{max(size / 1000, 1):.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def _pointer(document: Document, span: Span | None, printed: Sequence[PrintedPage]) -> str:
    if span is None:
        return ""
    places = []
    if (page := document.page_of(span)) is not None:
        places.append(f"page {page}")
    if (section := document.section_of(span)) and section.path:
        places.append(section.path[-1])
    where = f": {escape(', '.join(places))}" if places else ""
    picture = (
        f'<a href="#printed-{printed[0].number}">See page {printed[0].number} as printed</a>'
        if printed
        else ""
    )
    return (
        f'<p class="pointer" lang="en"><a href="#quote">Go to the quoted words{where}</a>'
        f"{picture}</p>"
    )


def _printed_pages(document: Document, printed: Sequence[PrintedPage]) -> str:
    if not printed:
        return ""
    figures = "".join(_printed_page(document, page) for page in printed)
    return (
        '<section class="printed" lang="en" aria-labelledby="printed-title">'
        f'<h2 class="hidden" id="printed-title">As printed</h2>{figures}</section>'
    )


def _printed_page(document: Document, page: PrintedPage) -> str:
    identity = f'<figure id="printed-{page.number}">'
    if page.size is None:
        return (
            f"{identity}<figcaption>There is no picture of page {page.number}, because it could "
            "not be drawn. The quoted words are marked in the text.</figcaption></figure>"
        )
    width, height = page.size
    address = escape(picture_address(document, page.number))
    marks = "".join(
        f'<rect x="{box.left - _AIR}" y="{box.top - _AIR}" '
        f'width="{box.right - box.left + 2 * _AIR}" height="{box.bottom - box.top + 2 * _AIR}"/>'
        for box in page.boxes
    )
    words = (
        "The quoted words are marked."
        if page.boxes
        else "Where on the picture the quoted words stand is not known exactly, so nothing is "
        "marked on it; they are marked in the text."
    )
    return (
        f'{identity}<svg viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="Picture of page {page.number}; its words stand in the text of this page.">'
        f'<image href="{address}" width="{width}" height="{height}"/>{marks}</svg>'
        f"<figcaption>Page {page.number} as printed. {words} "
        f'<a href="{address}" target="_blank" rel="noopener">Full size'
        f'<span class="hidden">, page {page.number} (opens a new tab)</span></a>'
        "</figcaption></figure>"
    )


def _reference_list(references: Sequence[Reference]) -> str:
    if not references:
        return ""
    items = "".join(
        f'<li id="source-{number}">{_reference(reference)}</li>'
        for number, reference in enumerate(references, start=1)
    )
    return f'<section class="reference-list" lang="en"><h2>Sources</h2><ol>{items}</ol></section>'


def _reference(reference: Reference) -> str:
    line = reference.details or f"{reference.label}. {reference.title}"
    kind = SOURCE_LABELS[reference.source_type]
    link = reference_link(doi=reference.doi, url=reference.url)
    where = (
        f' <a href="{escape(link)}" target="_blank" rel="noopener noreferrer">'
        f"{escape(f'doi.org/{reference.doi}' if reference.doi else link)}</a>"
        if link
        else ""
    )
    return (
        f'<a class="kind" href="/sources#{reference.source_type.value}" target="_blank" '
        f'rel="noopener" title="{escape(kind.explanation)}">{escape(kind.badge)}'
        f'<span class="hidden">: what is this? (opens a new tab)</span></a> '
        f'<span dir="auto">{escape(line)}</span>{where}'
    )
