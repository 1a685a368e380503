"""Replies are recorded after they were given, and no reply waits, fails or is told of it."""

import logging
import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assistant.audit.record import Record, record_of
from assistant.audit.recorder import Keep, Recorder, recording
from assistant.audit.records import Records, audit_folder, database_path, key_path
from assistant.web.schema import AskRequest, HistoryTurn, ReplyOut
from tests.fakes import FakeAssistant, reply_to

ROOT = Path(__file__).resolve().parents[3]
BASIS = {"models": "abc", "settings": "{}"}
TELLING = "Is PRP vinegarish? I'm Jane Miller, jane@clinic.example, +49 170 1234567"


def _basis() -> Mapping[str, str]:
    return BASIS


def _request(question: str = TELLING) -> AskRequest:
    return AskRequest(
        question=question,
        history=[
            HistoryTurn(question="Is PRP tangy?", searched_as="is prp tangy, asked Jane Miller")
        ],
    )


def _recorded(data: Path, keep: Keep, request: AskRequest) -> Record | None:
    with recording(FakeAssistant(), data, keep=keep, days=30, basis=_basis) as ask:
        reply = ask(request)
    if not database_path(data).exists():
        return None
    with Records(database_path(data)) as records:
        return records.find(reply.reply_id)


def _bytes_below(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def _record(number: int, at: datetime) -> Record:
    request = AskRequest(question=f"question {number}", history=[])
    reply = ReplyOut.of(reply_to(request, reply_id=f"reply-{number}"))
    return record_of(request, reply, at=at, basis=BASIS, key=b"k" * 32, keep_text=True)


def test_nothing_is_recorded_unless_it_is_turned_on(tmp_path: Path) -> None:
    assert _recorded(tmp_path, "off", _request()) is None
    assert list(tmp_path.iterdir()) == []


def test_with_hashes_no_word_of_a_visitor_is_on_the_disk(tmp_path: Path) -> None:
    record = _recorded(tmp_path, "hashes", _request())
    assert record is not None
    assert record.words is None
    assert record.turns == 1
    assert record.basis == BASIS
    assert "question" not in record.reply
    assert "searched_as" not in record.reply
    spans = [(s["citation"]["doc_id"], s["citation"]["start"]) for s in record.reply["statements"]]
    expected = reply_to(_request()).statements
    assert spans == [(s.citation.doc_id, s.citation.span.start) for s in expected]
    for word in (b"vinegarish", b"tangy", b"Jane", b"Miller", b"jane", b"1234567"):
        assert word not in _bytes_below(tmp_path)


def test_the_same_question_has_another_hash_elsewhere(tmp_path: Path) -> None:
    here = _recorded(tmp_path / "here", "hashes", _request())
    again = _recorded(tmp_path / "here", "hashes", _request())
    elsewhere = _recorded(tmp_path / "elsewhere", "hashes", _request())
    assert here
    assert again
    assert elsewhere
    assert here.question_hash == again.question_hash != elsewhere.question_hash


def test_kept_text_has_lost_what_tells_who_asked(tmp_path: Path) -> None:
    record = _recorded(tmp_path, "text", _request())
    assert record is not None
    assert record.words is not None
    assert record.words.question == "Is PRP vinegarish? I'm [name], [e-mail], [phone]"
    assert record.words.history == (
        {"question": "Is PRP tangy?", "searched_as": "is prp tangy, asked [name]"},
    )
    assert record.words.places == 4
    for word in (b"Jane", b"Miller", b"jane", b"1234567"):
        assert word not in _bytes_below(tmp_path)


def test_only_the_owner_may_read_the_records(tmp_path: Path) -> None:
    with recording(FakeAssistant(), tmp_path, keep="text", days=30, basis=_basis) as ask:
        ask(_request())
    for path in (audit_folder(tmp_path), database_path(tmp_path), key_path(tmp_path)):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


def test_what_is_older_than_it_is_kept_leaves_the_disk(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with Records(database_path(tmp_path)) as records:
        records.add([_record(8808, now - timedelta(days=31)), _record(9909, now)])
    assert b"question 8808" in _bytes_below(tmp_path)
    Recorder(tmp_path, keep_text=True, days=30, basis=_basis).close()
    assert b"question 8808" not in _bytes_below(tmp_path)
    with Records(database_path(tmp_path)) as records:
        assert records.find("reply-8808") is None
        assert records.find("reply-9909") is not None


def test_what_was_recorded_is_forgotten_in_time_also_when_recording_was_turned_off(
    tmp_path: Path,
) -> None:
    with Records(database_path(tmp_path)) as records:
        records.add([_record(8808, datetime.now(UTC) - timedelta(days=8))])
    with recording(FakeAssistant(), tmp_path, keep="off", days=7, basis=_basis):
        pass
    assert b"question 8808" not in _bytes_below(tmp_path)


def test_a_reply_does_not_wait_for_the_record(tmp_path: Path) -> None:
    held, reached = threading.Event(), threading.Event()

    def slow_basis() -> Mapping[str, str]:
        reached.set()
        held.wait(30)
        return BASIS

    recorder = Recorder(tmp_path, keep_text=False, days=30, basis=slow_basis)
    request = _request()
    for number in range(50):
        reply = reply_to(request, reply_id=f"reply-{number}")
        recorder.record(request, ReplyOut.of(reply))
    assert reached.wait(30)
    held.set()
    recorder.close()
    with closing(sqlite3.connect(database_path(tmp_path))) as database:
        assert database.execute("select count(*) from replies").fetchone() == (50,)


def test_replies_that_do_not_fit_into_memory_are_lost_and_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    held = threading.Event()

    def slow_basis() -> Mapping[str, str]:
        held.wait(30)
        return BASIS

    recorder = Recorder(tmp_path, keep_text=False, days=30, basis=slow_basis, most_waiting=1)
    reply = ReplyOut.of(reply_to(_request()))
    for _ in range(5):
        recorder.record(_request(), reply)
    held.set()
    recorder.close()
    assert "replies are not being recorded (more replies wait" in caplog.text
    assert "vinegarish" not in caplog.text


def test_where_nothing_can_be_written_every_reply_is_given(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    folder = tmp_path / "file" / "data"
    with recording(FakeAssistant(), folder, keep="text", days=30, basis=_basis) as ask:
        assert ask(_request()).kind == "answer"
    assert "replies are not being recorded (NotADirectoryError" in caplog.text
    assert "vinegarish" not in caplog.text


def test_a_mistake_of_ours_is_said_by_its_kind_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def broken_basis() -> Mapping[str, str]:
        raise RuntimeError("vinegarish")

    with recording(FakeAssistant(), tmp_path, keep="text", days=30, basis=broken_basis) as ask:
        assert ask(_request()).kind == "answer"
    assert "replies are not being recorded (RuntimeError)" in caplog.text
    assert "vinegarish" not in caplog.text


def test_a_damaged_database_is_said_and_left_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    audit_folder(tmp_path).mkdir()
    database_path(tmp_path).write_bytes(b"no database at all" * 100)
    with recording(FakeAssistant(), tmp_path, keep="hashes", days=30, basis=_basis) as ask:
        assert ask(_request()).kind == "answer"
    assert "file is not a database" in caplog.text
    assert database_path(tmp_path).read_bytes() == b"no database at all" * 100
    caplog.clear()
    with recording(FakeAssistant(), tmp_path, keep="off", days=30, basis=_basis) as ask:
        assert ask(_request()).kind == "answer"
    assert "old records of replies" in caplog.text


def test_on_a_full_disk_every_reply_is_given_and_recording_goes_on_after_it(
    tmp_path: Path,
) -> None:
    program = f"""
import logging, resource, sys, time
from pathlib import Path
from assistant.audit.recorder import Recorder
from assistant.audit.records import Records, database_path
from assistant.web.schema import AskRequest, ReplyOut
from tests.fakes import reply_to
logging.basicConfig(stream=sys.stdout, format="%(message)s")
folder = Path({str(tmp_path)!r})
request = AskRequest(question="prp", history=[])
recorder = Recorder(folder, keep_text=True, days=30, basis=dict)
def record(name):
    recorder.record(request, ReplyOut.of(reply_to(request, reply_id=name)))
    time.sleep(0.6)
record("before")
_, most = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, most))
record("full")
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
record("after")
recorder.close()
with Records(database_path(folder)) as records:
    print([records.find(name) is not None for name in ("before", "full", "after")])
"""
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    said = ended.stdout.splitlines()
    assert said[0].startswith("replies are not being recorded (OperationalError: ")
    assert said[1:] == ["replies are recorded again; 1 were not", "[True, False, True]"]
    assert ended.stderr == ""


def test_two_processes_record_into_one_database(tmp_path: Path) -> None:
    recorders = [Recorder(tmp_path, keep_text=False, days=30, basis=_basis) for _ in range(2)]
    for number in range(40):
        reply = ReplyOut.of(reply_to(_request(), reply_id=f"reply-{number}"))
        recorders[number % 2].record(_request(), reply)
    for recorder in recorders:
        recorder.close()
    with closing(sqlite3.connect(database_path(tmp_path))) as database:
        found = database.execute("select count(*), count(distinct question_hash) from replies")
        assert found.fetchone() == (40, 1)


def test_only_what_begins_and_ends_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        caplog.at_level(logging.DEBUG),
        recording(FakeAssistant(), tmp_path, keep="text", days=30, basis=_basis) as ask,
    ):
        ask(_request())
    assert caplog.records == []
