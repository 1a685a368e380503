"""Replies as HTML: one escaped, self-contained fragment per turn of a conversation.

Quoted words go to the page untouched: each stands alone in one element marked `data-quote`, whose
`textContent` is the statement's text, code point for code point.
"""

from collections.abc import Sequence
from html import escape
from itertools import groupby

from assistant.context import answers_its_heading
from assistant.web.links import quoted_address, reference_link
from assistant.web.schema import CitationOut, ReferenceOut, ReplyOut, StatementOut
from assistant.web.words import ENGLISH, SOURCE_LANGUAGE, Words
from assistant.web.words import day as day
from corpus.document import SourceType

_ICONS = {
    "answer": '<circle cx="12" cy="12" r="9"/><path d="M12 7.5v5.5"/><path d="M12 16.4v.1"/>',
    "abstention": '<circle cx="12" cy="12" r="9"/><path d="M8 12h8"/>',
    "redirect": '<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5a7.5 7.5 0 0 1 15 0"/>',
    "urgent": '<path d="M12 3 2.5 20h19z"/><path d="M12 10v4.5"/><path d="M12 17.4v.1"/>',
}


def verbatim(text: str) -> str:
    """`text` escaped so that a browser gives back exactly `text`, carriage returns included."""
    return escape(text).replace("\r", "&#13;")


def render_turn(reply: ReplyOut, words: Words = ENGLISH) -> str:
    """The visitor's question and the whole reply to it, with its chrome in the given words."""
    parts = [
        _searched(reply, words),
        _notice(reply, words),
        _statements(reply.statements, words, general=reply.kind == "redirect"),
        _suggestions(reply, words),
        _foot(reply, words),
    ]
    return (
        f'<article class="turn" data-turn data-kind="{reply.kind}">'
        f"{render_question(reply.question, words)}"
        f'<div class="reply reply-{reply.kind}">{"".join(parts)}</div></article>'
    )


def render_question(question: str, words: Words = ENGLISH) -> str:
    """The visitor's own words, as they were typed."""
    return (
        f'<h2 class="question" tabindex="-1"><span class="hidden">{escape(words.you_asked)}</span>'
        f'<span data-question dir="auto">{verbatim(question)}</span></h2>'
    )


def render_badge(source_type: SourceType, words: Words = ENGLISH) -> str:
    """The kind of source, which opens its explanation by click, touch or key."""
    label = words.sources[source_type]
    return (
        f'<details class="badge badge-{source_type.value}">'
        f'<summary title="{escape(label.explanation)}"><span data-badge>{escape(label.badge)}'
        f'</span><span class="hidden">{escape(words.what_is_this)}</span></summary>'
        f"<p>{escape(label.explanation)} "
        f'<a href="{sources_address(source_type, words)}" target="_blank" rel="noopener">'
        f'{escape(words.kinds_explained)}<span class="hidden">{escape(words.new_tab)}</span></a>'
        "</p></details>"
    )


def sources_address(source_type: SourceType, words: Words) -> str:
    """Where the page that explains all badges has this one."""
    query = "" if words.language == SOURCE_LANGUAGE else f"?lang={words.language}"
    return f"/sources{query}#{source_type.value}"


def render_ask_button(question: str, words: Words = ENGLISH) -> str:
    """A question that is asked by a click."""
    return (
        f'<button type="button" class="ask" data-ask{_in_source_language(words)}>'
        f"{escape(question)}</button>"
    )


def _in_source_language(words: Words) -> str:
    """The attribute that words of a document need on a page in another language."""
    return language_attribute(SOURCE_LANGUAGE, words)


def language_attribute(language: str, words: Words) -> str:
    """The attribute that words in `language` need on a page in that of `words`."""
    return "" if language == words.language else f' lang="{language}"'


def _searched(reply: ReplyOut, words: Words) -> str:
    if reply.searched_as in ("", reply.question) or reply.kind == "urgent":
        return ""
    return (
        f'<p class="searched">{escape(words.searched_for)}'
        f'<span data-searched dir="auto">{verbatim(reply.searched_as)}</span></p>'
    )


def _notice(reply: ReplyOut, words: Words) -> str:
    if reply.message is None:
        return ""
    heading = words.heading_of(reply.message, reply.reason or reply.kind)
    role = "alert" if reply.kind == "urgent" else "note"
    language = language_attribute(words.language_of(reply.message), words)
    return (
        f'<div class="notice" role="{role}">'
        f'<svg viewBox="0 0 24 24" aria-hidden="true">{_ICONS[reply.kind]}</svg>'
        f"<h3>{escape(heading)}</h3>"
        f"<p data-message{language}>{verbatim(words.of(reply.message))}</p></div>"
    )


def _statements(statements: Sequence[StatementOut], words: Words, *, general: bool) -> str:
    if not statements:
        return ""
    lead = f'<p class="lead">{escape(words.general_follows)}</p>' if general else ""
    groups = groupby(statements, key=lambda statement: statement.citation.doc_id)
    return lead + "".join(_group(list(group), words) for _, group in groups)


def _group(statements: Sequence[StatementOut], words: Words) -> str:
    citation = statements[0].citation
    reviewed = (
        f'<span class="reviewed">{escape(words.reviewed)} '
        f'<time datetime="{citation.reviewed.isoformat()}">'
        f"{escape(words.day(citation.reviewed))}</time></span>"
        if citation.reviewed
        else ""
    )
    return (
        '<section class="source"><header>'
        f'<h3 dir="auto"{_in_source_language(words)}>{escape(citation.title)}</h3>{reviewed}'
        f"</header>{''.join(_statement(statement, words) for statement in statements)}</section>"
    )


def _statement(statement: StatementOut, words: Words) -> str:
    citation = statement.citation
    section = citation.section
    asks = section is not None and answers_its_heading(statement.text)
    places = [words.section.format(section)] if section is not None and not asks else []
    if citation.page is not None:
        places.append(words.page.format(citation.page))
    place = "".join(f'<span class="place" dir="auto">{escape(text)}</span>' for text in places)
    asked = (
        f'<p class="asked-there" dir="auto">{escape(words.asked_there.format(section))}</p>'
        if asks
        else ""
    )
    references = "".join(
        f'<li data-reference="{escape(_reference_line(reference))}">'
        f"{_reference(reference, words)}</li>"
        for reference in citation.references
    )
    sources = (
        f'<ul class="references" aria-label="{escape(words.sources_title)}">'
        f'<li aria-hidden="true">{escape(words.sources_lead)}</li>{references}</ul>'
        if references
        else ""
    )
    return (
        f'<figure class="statement" data-statement="{citation.number}" '
        f'data-citation="{escape(_citation_line(statement, words))}">'
        f'<span class="number" aria-hidden="true">{citation.number}</span>'
        f"{_labels(statement, words)}{asked}"
        f'<blockquote cite="{escape(citation.url)}">'
        f'<span class="hidden">{escape(words.quotation.format(citation.number))}</span>'
        f'<p data-quote dir="auto"{_in_source_language(words)}>{verbatim(statement.text)}</p>'
        f"</blockquote><figcaption>{render_badge(citation.source_type, words)}"
        f'<cite class="hidden">{escape(citation.title)}</cite>{place}{sources}'
        f'<a class="show" data-show href="{escape(_shown_at(citation, words))}" target="_blank" '
        f'rel="noopener">{escape(words.show)}'
        f'<span class="hidden">{escape(words.show_detail.format(citation.number))}</span></a>'
        "</figcaption></figure>"
    )


def _shown_at(citation: CitationOut, words: Words) -> str:
    """Where the quoted words are marked, with the page's own words around them."""
    language = "" if words.language == SOURCE_LANGUAGE else f"&lang={words.language}"
    return f"{quoted_address(citation)}{language}#quote"


def _labels(statement: StatementOut, words: Words) -> str:
    """What readers are told before they read the quotation."""
    if not statement.labels:
        return ""
    items = "".join(
        f'<li data-label="{label.code.value}"'
        f"{language_attribute(words.language_of(label.text), words)}>"
        f"{escape(words.of(label.text))}</li>"
        for label in statement.labels
    )
    return f'<ul class="labels">{items}</ul>'


def _reference(reference: ReferenceOut, words: Words) -> str:
    link = reference_link(doi=reference.doi, url=reference.url)
    if link is None:
        return escape(reference.label)
    return (
        f'<a href="{escape(link)}" target="_blank" rel="noopener noreferrer">'
        f'{escape(reference.label)}<span class="hidden">{escape(words.new_tab)}</span></a>'
    )


def _citation_line(statement: StatementOut, words: Words) -> str:
    citation = statement.citation
    parts = [words.sources[citation.source_type].badge, citation.title]
    if citation.section:
        parts.append(citation.section)
    if citation.page is not None:
        parts.append(words.cited_page.format(citation.page))
    if citation.reviewed:
        parts.append(words.cited_review.format(words.day(citation.reviewed)))
    parts.extend(words.of(label.text) for label in statement.labels)
    return " · ".join(parts)


def _reference_line(reference: ReferenceOut) -> str:
    link = reference_link(doi=reference.doi, url=reference.url)
    return f"{reference.label}, {link}" if link else reference.label


def _suggestions(reply: ReplyOut, words: Words) -> str:
    if not reply.suggestions:
        return ""
    lead = words.answered_instead if reply.kind == "abstention" else words.ask_also
    buttons = "".join(f"<li>{render_ask_button(text, words)}</li>" for text in reply.suggestions)
    return f'<div class="suggestions"><p>{escape(lead)}</p><ul>{buttons}</ul></div>'


def _foot(reply: ReplyOut, words: Words) -> str:
    language = language_attribute(words.language_of(reply.disclaimer), words)
    return (
        f'<footer class="foot"><p data-disclaimer{language}>'
        f"{escape(words.of(reply.disclaimer))}</p>"
        f'<button type="button" class="quiet" data-copy>{escape(words.script.copy)}</button>'
        "</footer>"
    )
