"""The records of replies in a database (SQLite) in the data folder."""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from types import TracebackType

from assistant.audit.record import Record, Words

_FORMAT = 1
_BUSY_S = 5.0
_TABLES = """
create table if not exists bases (hash text primary key, basis text not null) strict;
create table if not exists replies (
    reply_id text primary key, at real not null, question_hash text not null,
    history_hash text not null, turns integer not null, reply_hash text not null,
    reply text not null, basis text not null references bases (hash), words text
) strict;
create index if not exists replies_at on replies (at);
"""


def audit_folder(data_folder: Path) -> Path:
    """Where the database and its secret lie."""
    return data_folder / "audit"


def database_path(data_folder: Path) -> Path:
    """The database; there is none until a reply has been recorded."""
    return audit_folder(data_folder) / "replies.sqlite"


def key_path(data_folder: Path) -> Path:
    """The secret of the hashes."""
    return audit_folder(data_folder) / "key"


class Records:
    """An open database of records; for one thread. Other processes may have it open too.

    What is deleted is overwritten with zeros. Every method raises sqlite3.Error when the disk is
    full, the file damaged or no longer there.
    """

    def __init__(self, path: Path) -> None:
        """Opens it, and makes it where there is none; only its owner may read it.

        Raises sqlite3.Error or OSError.
        """
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._database = sqlite3.connect(path, timeout=_BUSY_S)
        try:
            self._prepare()
        except sqlite3.Error:
            self._database.close()
            raise

    def _prepare(self) -> None:
        # In WAL a commit that is not synced is lost in a power cut, and nothing else is.
        for pragma in ("journal_mode = wal", "synchronous = normal", "secure_delete = on"):
            self._database.execute(f"pragma {pragma}").fetchall()
        found = self._database.execute("pragma user_version").fetchone()[0]
        if found not in (0, _FORMAT):
            raise sqlite3.DatabaseError(
                f"the records have format {found}, expected {_FORMAT}; move them away"
            )
        self._database.executescript(f"{_TABLES} pragma user_version = {_FORMAT};")

    def __enter__(self) -> "Records":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Nothing can be done with it from here on."""
        self._database.close()

    def add(self, records: Iterable[Record]) -> None:
        """Keeps all of `records` or none."""
        with self._database as database:
            for record in records:
                basis = _json(record.basis)
                basis_hash = hashlib.sha256(basis.encode()).hexdigest()
                database.execute("insert or ignore into bases values (?, ?)", (basis_hash, basis))
                database.execute(
                    "insert or ignore into replies values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        record.reply_id,
                        record.at.timestamp(),
                        record.question_hash,
                        record.history_hash,
                        record.turns,
                        record.reply_hash,
                        _json(record.reply),
                        basis_hash,
                        _json(asdict(record.words)) if record.words else None,
                    ),
                )

    def find(self, reply_id: str) -> Record | None:
        """The record of a reply; None where none is kept."""
        with closing(
            self._database.execute(
                "select at, question_hash, history_hash, turns, reply_hash, reply, bases.basis, "
                "words from replies join bases on bases.hash = replies.basis where reply_id = ?",
                (reply_id,),
            )
        ) as found:
            row = found.fetchone()
        if row is None:
            return None
        at, question_hash, history_hash, turns, reply_hash, reply, basis, words = row
        return Record(
            reply_id=reply_id,
            at=datetime.fromtimestamp(at).astimezone(),
            question_hash=question_hash,
            history_hash=history_hash,
            turns=turns,
            reply_hash=reply_hash,
            reply=json.loads(reply),
            basis=json.loads(basis),
            words=_words(json.loads(words)) if words else None,
        )

    def forget(self, *, before: datetime) -> int:
        """Deletes what was recorded before that time, also from the log; gives how many."""
        with self._database as database:
            deleted = database.execute("delete from replies where at < ?", (before.timestamp(),))
            database.execute("delete from bases where hash not in (select basis from replies)")
        if deleted.rowcount:
            self._database.execute("pragma wal_checkpoint(truncate)").fetchall()
        return deleted.rowcount


def _json(value: Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _words(fields: dict[str, object]) -> Words:
    question, history, places = fields["question"], fields["history"], fields["places"]
    assert isinstance(question, str)
    assert isinstance(history, list)
    assert isinstance(places, int)
    return Words(question, tuple(history), places)
