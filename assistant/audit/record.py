"""What is kept of one reply: enough to make it again and to see whether it comes out the same.

A question is health data and short enough to be guessed, so that a plain hash would give it away
to whoever tries the likely ones; the hashes here are keyed (HMAC-SHA-256, RFC 2104) with a secret
that lies beside the database and not in it.
"""

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from assistant.audit.redaction import redact
from assistant.web.schema import AskRequest, HistoryTurn, ReplyOut

# What a reply says of itself and not of the answer: both are other bytes each time.
_OF_ITSELF = {"reply_id", "timings_ms"}
_WORDS = {"question", "searched_as"}
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Words:
    """A question and the turns before it, as they were kept: with `places` taken out."""

    question: str
    history: tuple[Mapping[str, str], ...]
    places: int


@dataclass(frozen=True, slots=True)
class Record:
    """One reply that was given.

    `reply` is the reply object without the visitor's words and without what it says of itself
    (`reply_id`, `timings_ms`): its statements have their spans, and its index its fingerprint.
    `basis` names what else it came from (models, tables, program, thresholds). `reply_hash` is of
    the whole object but for what it says of itself. `turns` counts the questions before this one,
    whose hash is `history_hash`. `words` is None unless the operator keeps text.
    """

    reply_id: str
    at: datetime
    question_hash: str
    history_hash: str
    turns: int
    reply_hash: str
    reply: Mapping[str, Any]
    basis: Mapping[str, str]
    words: Words | None = None


def record_of(
    request: AskRequest,
    reply: ReplyOut,
    *,
    at: datetime,
    basis: Mapping[str, str],
    key: bytes,
    keep_text: bool,
) -> Record:
    """The record of `reply`, given to `request` at that time."""
    return Record(
        reply_id=reply.reply_id,
        at=at,
        question_hash=keyed_hash(request.question, key),
        history_hash=keyed_hash(history_text(request.history), key),
        turns=len(request.history),
        reply_hash=keyed_hash(reply_text(reply), key),
        reply=without_words(reply),
        basis=basis,
        words=_redacted(request) if keep_text else None,
    )


def reply_text(reply: ReplyOut) -> str:
    """The JSON that is sent, byte for byte, less `reply_id` and `timings_ms`."""
    return reply.model_dump_json(exclude=_OF_ITSELF)


def without_words(reply: ReplyOut) -> dict[str, Any]:
    """The reply object less what it says of itself and less what the visitor wrote."""
    return reply.model_dump(mode="json", exclude=_OF_ITSELF | _WORDS)


def history_text(history: Sequence[HistoryTurn]) -> str:
    """The earlier turns as one text, for their hash."""
    return json.dumps([turn.model_dump() for turn in history], ensure_ascii=False)


def keyed_hash(text: str, key: bytes) -> str:
    """Hex HMAC-SHA-256 of `text` in UTF-8."""
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def read_key(path: Path) -> bytes:
    """The secret in that file, which is made where there is none; only its owner may read it.

    Raises OSError where it cannot be read or written, ValueError where it is none.
    """
    if not path.exists():
        _make_key(path)
    key = bytes.fromhex(path.read_text("ascii"))
    if len(key) != _KEY_BYTES:
        raise ValueError(f"{path} holds {len(key)} bytes, expected {_KEY_BYTES}")
    return key


def _make_key(path: Path) -> None:
    """Whole or not at all; where two processes make one, the first stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    work = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    try:
        with open(os.open(work, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:  # noqa: PTH123 - by a descriptor, for its mode
            file.write(secrets.token_bytes(_KEY_BYTES).hex())
        if not path.exists():
            work.rename(path)
    finally:
        work.unlink(missing_ok=True)


def _redacted(request: AskRequest) -> Words:
    question = redact(request.question)
    places = question.places
    history = []
    for turn in request.history:
        kept = {name: redact(text) for name, text in turn.model_dump().items()}
        places += sum(redacted.places for redacted in kept.values())
        history.append({name: redacted.text for name, redacted in kept.items()})
    return Words(question.text, tuple(history), places)
