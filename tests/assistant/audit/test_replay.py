"""A recorded reply is made again, and told whether it is the same and what has changed."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from assistant.audit.basis import basis_of
from assistant.audit.errors import QuestionForeign, RecordMissing
from assistant.audit.recorder import Keep, recording
from assistant.audit.records import database_path, key_path
from assistant.audit.replay import Replay, asked_again, earlier_turns, find_record, replay
from assistant.audit.report import as_json, record_as_text, replay_as_text
from assistant.web.schema import AskRequest, HistoryTurn, ReplyOut
from tests.fakes import ANSWERS, FakeAssistant
from tests.web.test_schema import KINDS

BASIS = {"models": "abc", "settings": '{"answer_threshold": 0.5}'}
TURN = HistoryTurn(question="Is PRP new?", searched_as="Is PRP new?")

Ask = Callable[[AskRequest], ReplyOut]


def _given(data: Path, request: AskRequest, keep: Keep = "hashes") -> str:
    """The id of a reply that was given and recorded."""
    with recording(FakeAssistant(), data, keep=keep, days=30, basis=lambda: BASIS) as ask:
        return ask(request).reply_id


def _replayed(
    data: Path,
    reply_id: str,
    question: str | None = None,
    history: tuple[HistoryTurn, ...] = (),
    *,
    ask: Ask | None = None,
    basis: Mapping[str, str] = BASIS,
) -> Replay:
    record = find_record(data, reply_id)
    request = asked_again(record, data, question=question, history=history)
    return replay(record, request, data, ask=ask or FakeAssistant(), basis=basis)


def _altered(change: Callable[[dict[str, Any]], None]) -> Ask:
    """An assistant whose reply is another in one thing."""

    def ask(request: AskRequest) -> ReplyOut:
        fields = FakeAssistant()(request).model_dump()
        change(fields)
        return ReplyOut.model_validate(fields)

    return ask


@pytest.mark.parametrize("question", [*ANSWERS, *KINDS])
def test_a_reply_of_any_kind_comes_out_the_same(tmp_path: Path, question: str) -> None:
    reply_id = _given(tmp_path, AskRequest(question=question, history=[]))
    found = _replayed(tmp_path, reply_id, question)
    assert found.same
    assert (found.differences, found.causes) == ((), ())
    assert "the same reply, byte for byte" in replay_as_text(found)


def test_kept_text_from_which_nothing_was_taken_is_enough(tmp_path: Path) -> None:
    request = AskRequest(question="and for women?", history=[TURN])
    assert _replayed(tmp_path, _given(tmp_path, request, "text")).same


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda r: r["statements"][1].update(text="Other words."), "statements[1].text"),
        (lambda r: r["statements"][0].update(score=0.8999), "statements[0].score"),
        (lambda r: r["statements"].pop(), "statements[3]"),
        (lambda r: r["suggestions"].append("And?"), "suggestions[1]"),
        (lambda r: r["index"].update(fingerprint="1" * 64), "index.fingerprint"),
        (lambda r: r.update(disclaimer="None."), "disclaimer"),
        (lambda r: r.update(searched_as="prp twice"), "searched_as"),
    ],
)
def test_whatever_differs_is_named(
    tmp_path: Path, change: Callable[[dict[str, Any]], None], place: str
) -> None:
    reply_id = _given(tmp_path, AskRequest(question="prp", history=[]))
    found = _replayed(tmp_path, reply_id, "prp", ask=_altered(change))
    assert not found.same
    assert [difference.what for difference in found.differences] == [place]
    assert "look at the processor" in replay_as_text(found)


def test_an_id_and_times_of_its_own_make_no_difference(tmp_path: Path) -> None:
    def change(reply: dict[str, Any]) -> None:
        reply.update(reply_id="another", timings_ms={"total": 9.9, "retrieve": 1.0, "select": 1.0})

    reply_id = _given(tmp_path, AskRequest(question="prp", history=[]))
    assert _replayed(tmp_path, reply_id, "prp", ask=_altered(change)).same


def test_what_has_changed_since_is_told_as_the_cause(tmp_path: Path) -> None:
    reply_id = _given(tmp_path, AskRequest(question="prp", history=[]))
    ask = _altered(lambda reply: reply["statements"].pop())
    found = _replayed(tmp_path, reply_id, "prp", ask=ask, basis={**BASIS, "models": "def"})
    assert [(c.what, c.recorded, c.now) for c in found.causes] == [("models", "abc", "def")]
    text = replay_as_text(found)
    assert text.index("statements[3]") < text.index("Since then has changed:\n  models\n")


def test_the_record_is_shown_with_the_words_that_were_shown(tmp_path: Path) -> None:
    reply_id = _given(tmp_path, AskRequest(question="prp sourly", history=[]))
    record = find_record(tmp_path, reply_id)
    text = record_as_text(record)
    for document, span in ANSWERS["prp"]:
        assert span.of(document.text) in text
    for told in (reply_id, "Question: not kept", "models: abc", record.reply["disclaimer"][:40]):
        assert told in text
    assert "sourly" not in text
    told_again = as_json(record, _replayed(tmp_path, reply_id, "prp sourly"))
    assert (told_again["same"], told_again["recorded"]) == (True, record.reply)


@pytest.mark.parametrize(
    ("keep", "asked", "given", "told"),
    [
        ("hashes", "prp?", None, "give it with --question"),
        ("hashes", "prp?", "prp", "its hash is another"),
        ("text", "prp? I'm Jane", None, "names and the like were taken out"),
    ],
)
def test_another_question_is_refused_without_its_words(
    tmp_path: Path, keep: Keep, asked: str, given: str | None, told: str
) -> None:
    reply_id = _given(tmp_path, AskRequest(question=asked, history=[]), keep)
    with pytest.raises(QuestionForeign, match=told) as refused:
        _replayed(tmp_path, reply_id, given)
    assert "prp" not in str(refused.value)


def test_a_follow_up_needs_the_turns_before_it(tmp_path: Path) -> None:
    request = AskRequest(question="and for women?", history=[TURN])
    reply_id = _given(tmp_path, request)
    with pytest.raises(QuestionForeign, match="followed on 1 earlier"):
        _replayed(tmp_path, reply_id, request.question)
    history = earlier_turns('[{"question": "Is PRP new?", "searched_as": "Is PRP new?"}]')
    assert _replayed(tmp_path, reply_id, request.question, history).same


@pytest.mark.parametrize("text", ["vinegar", '["vinegar"]', '[{"answer": "vinegar"}]', "{}"])
def test_a_history_that_is_none_is_refused_without_its_words(text: str) -> None:
    with pytest.raises(ValueError, match="--history: ") as refused:
        earlier_turns(text)
    assert "vinegar" not in str(refused.value)


def test_a_reply_that_is_not_on_record_is_told(tmp_path: Path) -> None:
    with pytest.raises(RecordMissing, match="no replies are recorded"):
        find_record(tmp_path, "reply-1")
    _given(tmp_path, AskRequest(question="prp", history=[]))
    with pytest.raises(RecordMissing, match="no record of the reply 'reply-2'"):
        find_record(tmp_path, "reply-2")


def test_records_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    reply_id = _given(tmp_path, AskRequest(question="prp", history=[]))
    record = find_record(tmp_path, reply_id)
    key_path(tmp_path).write_text("no key", "ascii")
    with pytest.raises(RecordMissing, match="cannot be read"):
        asked_again(record, tmp_path, question="prp", history=())
    key_path(tmp_path).unlink()
    with pytest.raises(RecordMissing, match="is gone"):
        asked_again(record, tmp_path, question="prp", history=())
    database_path(tmp_path).write_bytes(b"no database at all" * 100)
    with pytest.raises(RecordMissing, match="not a database"):
        find_record(tmp_path, reply_id)


def test_a_record_of_another_form_is_shown_all_the_same(tmp_path: Path) -> None:
    record = find_record(tmp_path, _given(tmp_path, AskRequest(question="prp", history=[])))
    del record.reply["kind"]  # type: ignore[attr-defined]
    assert '"statements": [' in record_as_text(record)


def test_the_basis_changes_with_every_file_and_setting(tmp_path: Path) -> None:
    weights = tmp_path / "minilm" / "model.onnx"
    weights.parent.mkdir()
    weights.write_bytes(b"weights")
    before = basis_of(embedders=tmp_path, settings={"passages": 12})
    assert before == basis_of(embedders=tmp_path, settings={"passages": 12})
    weights.write_bytes(b"Weights")
    after = basis_of(embedders=tmp_path, settings={"passages": 13})
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"embedder minilm", "settings"}
    assert {"models", "tables", "program", "libraries", "machine"} < set(after)
