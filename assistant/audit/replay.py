"""A recorded reply made again with the present index and models, and compared byte for byte."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from assistant.audit.errors import QuestionForeign, RecordMissing
from assistant.audit.record import (
    Record,
    history_text,
    keyed_hash,
    read_key,
    reply_text,
    without_words,
)
from assistant.audit.records import Records, database_path, key_path
from assistant.web.schema import AskRequest, HistoryTurn, ReplyOut, first_problem

_SHOWN_CHARACTERS = 160
_TURNS = TypeAdapter(list[HistoryTurn])


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that was recorded and is another now, each as text."""

    what: str
    recorded: str
    now: str


@dataclass(frozen=True, slots=True)
class Replay:
    """A reply made again. `differences` are in the reply, `causes` in what it came from."""

    reply: ReplyOut
    same: bool
    differences: tuple[Difference, ...]
    causes: tuple[Difference, ...]


def earlier_turns(text: str) -> tuple[HistoryTurn, ...]:
    """The turns that a JSON list names, as the API takes it; ValueError, with none of its words."""
    try:
        return tuple(_TURNS.validate_json(text))
    except ValidationError as error:
        raise ValueError(
            f"--history: {first_problem(error)}; "
            'expected [{"question": "...", "searched_as": "..."}, ...]'
        ) from None


def find_record(data_folder: Path, reply_id: str) -> Record:
    """Raises RecordMissing where none is kept or the records cannot be read."""
    path = database_path(data_folder)
    if not path.is_file():
        raise RecordMissing(
            f"no replies are recorded in {path.parent}; they are from the moment when "
            "HAIR_ASSISTANT_AUDIT is set to hashes or text"
        )
    try:
        with Records(path) as records:
            record = records.find(reply_id)
    except sqlite3.Error as error:
        raise RecordMissing(
            f"the records in {path} cannot be read ({error}); restore them from a backup"
        ) from error
    if record is None:
        raise RecordMissing(
            f"no record of the reply {reply_id[:64]!r} in {path.parent}; it is older than records "
            "are kept, or was given while they were off"
        )
    return record


def asked_again(
    record: Record, data_folder: Path, *, question: str | None, history: tuple[HistoryTurn, ...]
) -> AskRequest:
    """The request that `record` is of: from what is given, else from what is kept.

    Raises QuestionForeign where neither is the question, or the earlier turns, that was recorded.
    """
    key = _key(data_folder)
    words = record.words
    if question is None:
        if words is None:
            raise QuestionForeign(
                "the record holds no question, only its hash; give it with --question"
            )
        question = words.question
    if not history and words is not None:
        history = tuple(HistoryTurn.model_validate(turn) for turn in words.history)
    if keyed_hash(question, key) != record.question_hash:
        raise QuestionForeign(_NOT_THE_QUESTION if words is None else _TAKEN_OUT)
    if keyed_hash(history_text(history), key) != record.history_hash:
        raise QuestionForeign(
            f"the reply followed on {record.turns} earlier questions; give them, each with what "
            'was searched, with --history \'[{"question": "...", "searched_as": "..."}]\''
        )
    return AskRequest(question=question, history=list(history))


def replay(
    record: Record,
    request: AskRequest,
    data_folder: Path,
    *,
    ask: Callable[[AskRequest], ReplyOut],
    basis: Mapping[str, str],
) -> Replay:
    """The reply that `ask` gives now, compared with the recorded one."""
    reply = ask(request)
    same = keyed_hash(reply_text(reply), _key(data_folder)) == record.reply_hash
    differences = tuple(_differences("", record.reply, without_words(reply)))
    if not same and not differences:
        differences = (Difference("searched_as", "(not kept)", reply.searched_as),)
    return Replay(reply, same, differences, tuple(_differences("", record.basis, basis)))


_NOT_THE_QUESTION = (
    "that is not the question of this reply: its hash is another; give every character as asked"
)
_TAKEN_OUT = (
    "the kept text is not the question as asked, because names and the like were taken out of it; "
    "give the question with --question"
)


def _key(data_folder: Path) -> bytes:
    path = key_path(data_folder)
    try:
        if path.is_file():
            return read_key(path)
    except (OSError, ValueError) as error:
        raise RecordMissing(f"the secret of the records cannot be read: {error}") from error
    raise RecordMissing(f"{path} is gone, without which no hash can be compared; restore it")


def _differences(place: str, recorded: Any, now: Any) -> Iterator[Difference]:
    """Every leaf of two JSON values that is not the same in both, by its place."""
    if isinstance(recorded, Mapping) and isinstance(now, Mapping):
        for name in dict.fromkeys([*recorded, *now]):
            inner = f"{place}.{name}" if place else str(name)
            yield from _differences(inner, recorded.get(name), now.get(name))
    elif isinstance(recorded, list) and isinstance(now, list):
        for number in range(max(len(recorded), len(now))):
            yield from _differences(
                f"{place}[{number}]",
                recorded[number] if number < len(recorded) else None,
                now[number] if number < len(now) else None,
            )
    elif recorded != now:
        yield Difference(place, _shown(recorded), _shown(now))


def _shown(value: Any) -> str:
    if value is None:
        return "(nothing)"
    text = str(value["text"]) if isinstance(value, Mapping) and "text" in value else str(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
