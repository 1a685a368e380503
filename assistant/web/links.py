"""Addresses of quoted words, and those of primary sources, made safe to stand in a page."""

from urllib.parse import quote, urlsplit

from assistant.web.schema import CitationOut

_HASH_CHARACTERS = 16


def quoted_address(citation: CitationOut) -> str:
    """Where the quoted words are marked, as long as the document has the text that they are of."""
    return f"{citation.url}&sha256={citation.sha256[:_HASH_CHARACTERS]}"


def reference_link(*, doi: str | None, url: str | None) -> str | None:
    """Where a reference can be read: its DOI first, else its address where that is of the web.

    Any other scheme (`javascript:`, `file:`) gives None: a document may come from anyone.
    """
    if doi:
        return f"https://doi.org/{quote(doi, safe='/:;()._-')}"
    if url is None:
        return None
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    return url.strip() if parts.scheme in ("http", "https") and parts.netloc else None
