"""Examples for the OpenAPI description; each is a request or response of the form it stands for."""

import hashlib
from typing import Any

from assistant import disclaimer

_HEADING = "What did the 2020 trial of a fat-cell-extract lotion find?"
_QUOTED = (
    "In the blinded 2020 trial of 38 adults with pattern hair loss, hair count rose 28.1% with "
    "the extract and 7.1% with the vehicle at 16 weeks."
)
_TEXT = f"{_HEADING}\n\n{_QUOTED}"
_START, _END = len(_TEXT) - len(_QUOTED), len(_TEXT)
_SHA256 = hashlib.sha256(_TEXT.encode()).hexdigest()
_DOCUMENT = {
    "doc_id": "fat-cell-extract-lotion-trial",
    "title": "The trial of a lotion made from donor fat stem cells (2020)",
    "source_type": "reference_work",
    "language": "en",
    "reviewed": "2026-11-24",
    "pages": None,
    "url": "/documents/fat-cell-extract-lotion-trial",
}
_COMMON: dict[str, Any] = {
    "reply_id": "5b0c7e0d7c3f4c52a7b1f1f0f3c4a9d2",
    "message": None,
    "reason": None,
    "statements": [],
    "suggestions": [],
    "disclaimer": disclaimer.DISCLAIMER,
    "index": {"fingerprint": "4e" * 32, "built_at": "2026-11-24T12:00:00Z"},
    "timings_ms": {"total": 41.3, "retrieve": 6.0, "select": 29.8},
    "reading_grade": None,
}
_STATEMENT = {
    "text": _QUOTED,
    "score": 0.93,
    "citation": {
        "number": 1,
        "doc_id": _DOCUMENT["doc_id"],
        "title": _DOCUMENT["title"],
        "section": _HEADING,
        "page": None,
        "start": _START,
        "end": _END,
        "sha256": _SHA256,
        "source_type": "controlled_trial",
        "reviewed": "2026-11-24",
        "url": f"{_DOCUMENT['url']}?start={_START}&end={_END}",
        "references": [
            {
                "key": "tak2020",
                "label": "Tak et al. 2020",
                "source_type": "controlled_trial",
                "year": 2020,
                "doi": "10.1002/sctm.19-0410",
                "url": None,
            }
        ],
    },
    "labels": [],
}


def _reply(kind: str, question: str, **fields: object) -> dict[str, Any]:
    return {**_COMMON, "kind": kind, "question": question, "searched_as": question, **fields}


ASK: dict[str, Any] = {
    "first question": {"question": "What did the trial of a stem-cell lotion find?"},
    "follow-up": {
        "question": "and for women?",
        "history": [
            {
                "question": "Does PRP work for hair loss?",
                "searched_as": "Does PRP work for hair loss?",
            }
        ],
    },
}

REPLIES: dict[str, Any] = {
    "answer": _reply(
        "answer",
        "What did the trial of a stem-cell lotion find?",
        statements=[_STATEMENT],
        reading_grade=9.8,
        suggestions=["Were living stem cells injected in the 2020 lotion trial?"],
    ),
    "abstention": _reply(
        "abstention",
        "Does a stem-cell lotion help with grey hair?",
        reason="no_evidence",
        message=disclaimer.NO_EVIDENCE,
        suggestions=[_HEADING],
    ),
    "redirect": _reply(
        "redirect",
        "Should I use a stem-cell lotion?",
        reason="personal_advice",
        message=disclaimer.PERSONAL_ADVICE,
        statements=[_STATEMENT],
        reading_grade=9.8,
    ),
    "urgent": _reply(
        "urgent",
        "My scalp is hot and swollen and I have a fever since the injection",
        reason="emergency",
        message=disclaimer.URGENT["medical"],
        disclaimer=disclaimer.URGENT_DISCLAIMER,
    ),
}

DOCUMENT: dict[str, Any] = {**_DOCUMENT, "text": _TEXT, "sha256": _SHA256}
DOCUMENTS: list[dict[str, Any]] = [_DOCUMENT]
DOCUMENT_PAGE = f'<!doctype html>... <mark id="quote">{_QUOTED}</mark> ...</html>'
ORIGINAL = "(the bytes of the file)"
PICTURE = "(the bytes of a PNG)"
SOURCES_PAGE = '<!doctype html>... <section id="controlled_trial"> ... </section> ...</html>'
CHAT_PAGE = "<!doctype html>...</html>"
WIDGET_PAGE = '<!doctype html>... <main class="chat widget"> ... </main> ...</html>'
LAUNCHER = "(() => { ... })();"
TURNS: dict[str, Any] = {
    "answer": {
        "turn": '<article class="turn" data-turn data-kind="answer">... '
        f'<p data-quote dir="auto">{_QUOTED}</p> ...</article>',
        "searched_as": "What did the trial of a stem-cell lotion find?",
    }
}


def _error(code: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}


BAD_QUESTIONS: dict[str, Any] = {
    "question too long": _error(
        "question_too_long",
        "The question has 2,417 characters, at most 2,000 are read; shorten it.",
    ),
    "no JSON": _error(
        "invalid_json",
        'The body is no JSON (Expecting value at character 14); send {"question": "..."}.',
    ),
    "wrong type": _error("invalid_request", "question: Input should be a valid string"),
}
UNKNOWN_DOCUMENT = _error(
    "unknown_document", "There is no document with this id; GET /api/documents lists them."
)
SPAN_OUTSIDE_TEXT = _error(
    "span_outside_text",
    f"start={_START}, end=900 is no span of this document; expected 0 <= start < end <= {_END}.",
)
ORIGINAL_CHANGED = _error(
    "original_changed",
    "The file, or what is recorded about it, has changed since it was read; "
    "the document's page has the text that is quoted.",
)
ORIGINAL_GONE = _error(
    "original_gone",
    "The file is no longer there; the document's page has the text that is quoted.",
)
NO_PICTURE = _error(
    "no_picture",
    "There is no picture of this page: the document has no printed page of this number.",
)
UNKNOWN_LANGUAGE = _error("invalid_request", "lang: Input should be 'en' or 'es'")
NO_INDEX = _error("no_index", "No index is loaded; run `python app.py index`.")
