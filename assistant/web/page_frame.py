"""What stands around every page of documents or about them: its head, its bar and its end."""

from html import escape

from assistant.disclaimer import DISCLAIMER
from assistant.web.page_words import PageWords

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)


def page_head(title: str, language: str) -> str:
    """The start of a page, up to its body; `language` is that of what the page is about."""
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


def page_bar(page: PageWords) -> str:
    """The bar above a page.

    The page opens in a tab of its own, so the way back to a conversation is to close it: the
    script shows that button in a tab that has seen no other page. The link begins anew.
    """
    return (
        f'<header class="bar" lang="{page.words.language}">'
        f'<nav class="column" aria-label="{escape(page.site)}">'
        f'<button type="button" class="back" data-close hidden>'
        f'<span aria-hidden="true">←</span> {escape(page.close)}</button>'
        f'<a class="back" href="/chat" hreflang="en">{escape(page.chat)}</a>'
        f'<p role="status" class="stuck" data-stuck="{escape(page.stuck)}"></p></nav></header>'
    )


def page_end(page: PageWords) -> str:
    """The foot of a page: the disclaimer."""
    return (
        f'<footer class="end" lang="{page.words.language}">'
        f'<p class="column">{escape(page.words.of(DISCLAIMER))}</p></footer>'
    )


def render_trouble(page: PageWords, title: str, why: str, *, passes: bool) -> str:
    """A complete page for people who did not get what they asked for.

    With `passes` it offers to ask for the same address again.
    """
    again = f'<p><a href="">{escape(page.again)}</a></p>' if passes else ""
    return f"""{page_head(title, page.words.language)}
<body>
{page_bar(page)}
<main class="column">
<header class="head">
<h1>{escape(title)}</h1>
<p>{escape(why)}</p>
{again}
</header>
</main>
{page_end(page)}
</body>
</html>
"""
