"""A record and its replay, for a terminal and as JSON."""

import json
from dataclasses import asdict
from typing import Any

from pydantic import ValidationError

from assistant.audit.record import Record
from assistant.audit.replay import Difference, Replay
from assistant.web.schema import ReplyOut
from assistant.web.terminal import as_text


def record_as_text(record: Record) -> str:
    """What was said, when, and from what."""
    kept = "not kept"
    if record.words:
        kept = f"{record.words.question!r}, with {record.words.places} places taken out"
    basis = "\n".join(f"  {name}: {value}" for name, value in record.basis.items())
    return (
        f"Reply {record.reply_id}, given at {record.at.isoformat(timespec='seconds')}\n"
        f"Question: {kept} (hash {record.question_hash})\n"
        f"Earlier questions: {record.turns}\n"
        f"It came from\n  index: {record.reply['index']['fingerprint']}\n{basis}\n\n"
        f"{_recorded(record)}"
    )


def _recorded(record: Record) -> str:
    """The reply as a terminal showed it, without the visitor's words; of another form, as JSON."""
    own = {"reply_id": record.reply_id, "question": "", "searched_as": ""}
    timings = {"total": 0.0, "retrieve": 0.0, "select": 0.0}
    try:
        return as_text(ReplyOut.model_validate({**record.reply, **own, "timings_ms": timings}))
    except ValidationError:  # recorded by a release whose replies had other fields
        return json.dumps(record.reply, indent=2, ensure_ascii=False)


def replay_as_text(replay: Replay) -> str:
    """Whether the reply comes out the same, what differs, and why."""
    if replay.same:
        lines = ["The present index and models give the same reply, byte for byte."]
    else:
        lines = ["The present index and models give another reply:"]
        lines += [_line(difference) for difference in replay.differences]
    if replay.causes:
        lines.append("Since then has changed:")
        lines += [_line(cause) for cause in replay.causes]
    elif not replay.same:
        lines.append("Nothing that is recorded of its making has changed: look at the processor.")
    return "\n".join(lines)


def as_json(record: Record, replay: Replay) -> dict[str, Any]:
    """Both, for programs."""
    return {
        "reply_id": record.reply_id,
        "at": record.at.isoformat(),
        "recorded": dict(record.reply),
        "basis": dict(record.basis),
        "same": replay.same,
        "differences": [asdict(difference) for difference in replay.differences],
        "causes": [asdict(cause) for cause in replay.causes],
        "now": replay.reply.model_dump(mode="json"),
    }


def _line(difference: Difference) -> str:
    return f"  {difference.what}\n    recorded: {difference.recorded}\n    now: {difference.now}"
