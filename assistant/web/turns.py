"""Replies as HTML: one escaped, self-contained fragment per turn of a conversation.

Quoted words go to the page untouched: each stands alone in one element marked `data-quote`, whose
`textContent` is the statement's text, code point for code point.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from itertools import groupby

from assistant.disclaimer import DISCLAIMER, GENERAL_STATEMENTS_FOLLOW
from assistant.web.labels import SOURCE_LABELS
from assistant.web.links import reference_link
from assistant.web.schema import (
    MAX_HISTORY_TURNS,
    MAX_QUESTION_CHARACTERS,
    ReferenceOut,
    ReplyOut,
    StatementOut,
)
from corpus.document import SourceType

_HEADINGS = {
    "empty_question": "There is no question yet",
    "off_topic": "Outside what these documents cover",
    "no_evidence": "The documents do not answer this",
    "personal_advice": "A question for your doctor",
    "emergency": "Get help now",
}
_ICONS = {
    "abstention": '<circle cx="12" cy="12" r="9"/><path d="M8 12h8"/>',
    "redirect": '<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5a7.5 7.5 0 0 1 15 0"/>',
    "urgent": '<path d="M12 3 2.5 20h19z"/><path d="M12 10v4.5"/><path d="M12 17.4v.1"/>',
}


def verbatim(text: str) -> str:
    """`text` escaped so that a browser gives back exactly `text`, carriage returns included."""
    return escape(text).replace("\r", "&#13;")


def render_turn(reply: ReplyOut) -> str:
    """The visitor's question and the whole reply to it."""
    parts = [
        _searched(reply),
        _notice(reply),
        _statements(reply.statements, general=reply.message is not None),
        _suggestions(reply),
        _foot(reply),
    ]
    return (
        f'<article class="turn" data-turn data-kind="{reply.kind}">'
        f"{render_question(reply.question)}"
        f'<div class="reply reply-{reply.kind}">{"".join(parts)}</div></article>'
    )


def render_question(question: str) -> str:
    """The visitor's own words, as they were typed."""
    return (
        '<h2 class="question" tabindex="-1"><span class="hidden">You asked: </span>'
        f'<span data-question dir="auto">{verbatim(question)}</span></h2>'
    )


def render_conversation(examples: Mapping[str, Sequence[str]]) -> str:
    """The page that turns are added to: the opening, the log and the form."""
    return f"""
<div class="chat" lang="en">
<div class="bar">
<p class="brand"><span class="mark" aria-hidden="true">&ldquo;</span>
<span>Stem cells for hair loss<span class="brand-more">: answers in quotations</span></span></p>
<button type="button" class="quiet" data-new hidden
aria-label="New conversation">New<span class="wide"> conversation</span></button>
</div>
<div class="page" data-page tabindex="0" role="region" aria-label="Questions and answers">
<div class="column">
<section class="opening" data-opening aria-labelledby="opening-title">
<h1 id="opening-title">What do the documents say about
<span class="together">stem-cell</span> therapy for hair loss?</h1>
<p class="lede">Every answer here is made only of sentences quoted word for word from its
documents, each with its source. If they do not answer a question, it says so.
<strong>This is not a doctor.</strong></p>
<h2 class="examples-title">Questions to start with</h2>
<div class="topics">{"".join(_topic(*entry) for entry in examples.items())}</div>
</section>
<div class="log" data-log role="log" aria-label="Conversation" aria-live="polite"
aria-relevant="additions"></div>
</div>
</div>
<div class="composer">
<form class="column" data-form data-most="{MAX_QUESTION_CHARACTERS}"
data-most-turns="{MAX_HISTORY_TURNS}" novalidate>
<label class="hidden" for="chat-question">Your question</label>
<div class="field">
<textarea id="chat-question" data-input rows="1" dir="auto" autocomplete="off"
placeholder="Ask a question…" enterkeyhint="send"
aria-describedby="chat-problem chat-disclaimer"></textarea>
<button type="submit" class="send" data-send aria-label="Ask">
<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 19V5M5.5 11.5 12 5l6.5 6.5"/></svg>
</button>
</div>
<p class="problem" id="chat-problem" data-problem-line role="alert"></p>
<p class="standing" id="chat-disclaimer" data-standing>{escape(DISCLAIMER)}</p>
</form>
<p class="hidden" data-status role="status"></p>
</div>
</div>
"""


def render_badge(source_type: SourceType) -> str:
    """The kind of source, which opens its explanation by click, touch or key."""
    label = SOURCE_LABELS[source_type]
    return (
        f'<details class="badge badge-{source_type.value}">'
        f'<summary title="{escape(label.explanation)}"><span data-badge>{escape(label.badge)}'
        f'</span><span class="hidden">: what is this?</span></summary>'
        f"<p>{escape(label.explanation)}</p></details>"
    )


def day(reviewed: date) -> str:
    """A date as people read it, "24 November 2026"."""
    return f"{reviewed.day} {reviewed:%B %Y}"


def _topic(topic: str, questions: Sequence[str]) -> str:
    buttons = "".join(f"<li>{_ask_button(question)}</li>" for question in questions)
    return f'<section class="topic"><h3>{escape(topic)}</h3><ul>{buttons}</ul></section>'


def _ask_button(question: str) -> str:
    return f'<button type="button" class="ask" data-ask>{escape(question)}</button>'


def _searched(reply: ReplyOut) -> str:
    if reply.searched_as in ("", reply.question) or reply.kind == "urgent":
        return ""
    return (
        '<p class="searched">Searched for: '
        f'<span data-searched dir="auto">{verbatim(reply.searched_as)}</span></p>'
    )


def _notice(reply: ReplyOut) -> str:
    if reply.message is None:
        return ""
    heading = _HEADINGS.get(reply.reason or "", "")
    role = "alert" if reply.kind == "urgent" else "note"
    return (
        f'<div class="notice" role="{role}">'
        f'<svg viewBox="0 0 24 24" aria-hidden="true">{_ICONS[reply.kind]}</svg>'
        f"<h3>{escape(heading)}</h3>"
        f"<p data-message>{verbatim(reply.message)}</p></div>"
    )


def _statements(statements: Sequence[StatementOut], *, general: bool) -> str:
    if not statements:
        return ""
    lead = f'<p class="lead">{escape(GENERAL_STATEMENTS_FOLLOW)}</p>' if general else ""
    groups = groupby(statements, key=lambda statement: statement.citation.doc_id)
    return lead + "".join(_group(list(group)) for _, group in groups)


def _group(statements: Sequence[StatementOut]) -> str:
    citation = statements[0].citation
    reviewed = (
        f'<span class="reviewed">Reviewed <time datetime="{citation.reviewed.isoformat()}">'
        f"{day(citation.reviewed)}</time></span>"
        if citation.reviewed
        else ""
    )
    return (
        '<section class="source"><header>'
        f'<h3 dir="auto">{escape(citation.title)}</h3>{reviewed}</header>'
        f"{''.join(_statement(statement) for statement in statements)}</section>"
    )


def _statement(statement: StatementOut) -> str:
    citation = statement.citation
    places = [f"Section: {citation.section}"] if citation.section else []
    if citation.page is not None:
        places.append(f"Page {citation.page}")
    place = "".join(f'<span class="place" dir="auto">{escape(text)}</span>' for text in places)
    references = "".join(
        f'<li data-reference="{escape(_reference_line(reference))}">{_reference(reference)}</li>'
        for reference in citation.references
    )
    sources = (
        f'<ul class="references" aria-label="Sources"><li aria-hidden="true">Sources:</li>'
        f"{references}</ul>"
        if references
        else ""
    )
    return (
        f'<figure class="statement" data-statement="{citation.number}" '
        f'data-citation="{escape(_citation_line(statement))}">'
        f'<span class="number" aria-hidden="true">{citation.number}</span>'
        f'<blockquote cite="{escape(citation.url)}">'
        f'<span class="hidden">Quotation {citation.number}: </span>'
        f'<p data-quote dir="auto">{verbatim(statement.text)}</p></blockquote>'
        f'<figcaption>{render_badge(citation.source_type)}<cite class="hidden">'
        f"{escape(citation.title)}</cite>{place}{sources}"
        f'<a class="show" data-show href="{escape(citation.url)}#quote" target="_blank" '
        'rel="noopener">Show in the document'
        f'<span class="hidden"> (quotation {citation.number}, opens a new tab)</span></a>'
        "</figcaption></figure>"
    )


def _reference(reference: ReferenceOut) -> str:
    link = reference_link(doi=reference.doi, url=reference.url)
    if link is None:
        return escape(reference.label)
    return (
        f'<a href="{escape(link)}" target="_blank" rel="noopener noreferrer">'
        f'{escape(reference.label)}<span class="hidden"> (opens a new tab)</span></a>'
    )


def _citation_line(statement: StatementOut) -> str:
    citation = statement.citation
    parts = [SOURCE_LABELS[citation.source_type].badge, citation.title]
    if citation.section:
        parts.append(citation.section)
    if citation.page is not None:
        parts.append(f"page {citation.page}")
    if citation.reviewed:
        parts.append(f"reviewed {day(citation.reviewed)}")
    return " · ".join(parts)


def _reference_line(reference: ReferenceOut) -> str:
    link = reference_link(doi=reference.doi, url=reference.url)
    return f"{reference.label}, {link}" if link else reference.label


def _suggestions(reply: ReplyOut) -> str:
    if not reply.suggestions:
        return ""
    lead = "The documents do answer:" if reply.kind == "abstention" else "You could also ask:"
    buttons = "".join(f"<li>{_ask_button(question)}</li>" for question in reply.suggestions)
    return f'<div class="suggestions"><p>{lead}</p><ul>{buttons}</ul></div>'


def _foot(reply: ReplyOut) -> str:
    return (
        f'<footer class="foot"><p data-disclaimer>{escape(reply.disclaimer)}</p>'
        '<button type="button" class="quiet" data-copy>Copy</button></footer>'
    )
