"""Command lines read, and replies and build reports as plain text for a terminal."""

import argparse
import sys
import textwrap
from pathlib import Path
from types import TracebackType
from typing import NoReturn

from tqdm import tqdm

from assistant.context import answers_its_heading
from assistant.disclaimer import GENERAL_STATEMENTS_FOLLOW
from assistant.web.labels import SOURCE_LABELS
from assistant.web.links import quoted_address
from assistant.web.schema import ReplyOut, StatementOut
from index.builder import BuildReport

_WIDTH = 92


class OneLineParser(argparse.ArgumentParser):
    """Ends wrong usage with exit code 2 and one line, which repeats nothing of a question."""

    def error(self, message: str) -> NoReturn:
        if message.startswith("unrecognized arguments"):
            message = "more arguments than one question; put the question in quotes"
        elif "invalid choice" in message:
            message = "no such command; expected serve, index, ask or replay"
        self.exit(2, f"error: {message} ({self.prog} --help tells the rest)\n")


def folder(name: str) -> Path:
    """A folder's path as an option gives it; the empty name would be the current folder."""
    if not name.strip():
        raise argparse.ArgumentTypeError("expected the name of a folder, found an empty one")
    return Path(name)


def as_text(reply: ReplyOut) -> str:
    """The whole reply, disclaimer included. Quoted words are not wrapped: they are verbatim."""
    parts = []
    if reply.searched_as not in ("", reply.question) and reply.kind != "urgent":
        parts.append(f"Searched for: {_printable(reply.searched_as)}")
    if reply.message:
        parts.append(textwrap.fill(reply.message, _WIDTH))
    if reply.kind == "redirect" and reply.statements:
        parts.append(GENERAL_STATEMENTS_FOLLOW)
    parts.extend(_statement(statement) for statement in reply.statements)
    if reply.suggestions:
        asked = "\n".join(f"  - {suggestion}" for suggestion in reply.suggestions)
        parts.append(f"The documents also answer:\n{asked}")
    parts.append(textwrap.fill(reply.disclaimer, _WIDTH))
    return "\n\n".join(parts)


def _printable(text: str) -> str:
    """`text` without what a terminal would obey instead of showing it."""
    return "".join(c if c.isprintable() else " " for c in text)


def _statement(statement: StatementOut) -> str:
    citation = statement.citation
    place = [f"[{citation.number}] {SOURCE_LABELS[citation.source_type].badge}", citation.title]
    asks = citation.section is not None and answers_its_heading(statement.text)
    if citation.section is not None and not asks:
        place.append(citation.section)
    if citation.page is not None:
        place.append(f"page {citation.page}")
    if citation.reviewed is not None:
        place.append(f"reviewed {citation.reviewed.isoformat()}")
    lines = [f"    ! {label.text}" for label in statement.labels]
    if asks:
        lines.append(f"    The document asks: {citation.section}")
    lines += [f'"{statement.text}"', "    " + " · ".join(place)]
    for reference in citation.references:
        where = f"https://doi.org/{reference.doi}" if reference.doi else reference.url or ""
        lines.append(f"    {reference.label} {where}".rstrip())
    lines.append(f"    {quoted_address(citation)}")
    return "\n".join(lines)


def report_as_text(report: BuildReport) -> str:
    """What a build did, with every refused file and its reason."""
    changes = (
        f"{len(report.added)} added, {len(report.changed)} changed, {len(report.removed)} removed, "
        f"{len(report.unchanged)} unchanged, {len(report.refusals)} refused"
    )
    lines = [
        f"Documents: {changes}.",
        f"Index {report.fingerprint[:12]}: {report.passages} passages, {report.sentences} "
        f"sentences, {report.embedded} texts embedded.",
    ]
    if report.overlong_sentences:
        lines.append(
            f"Left out: {report.overlong_sentences} sentences longer than the embedder reads."
        )
    lines.extend(f"Refused {r.path}: {r.message} ({r.code})" for r in report.refusals)
    return "\n".join(lines)


class ProgressBar:
    """A bar for each stage of a build, on standard error; called with done, total and stage."""

    def __init__(self) -> None:
        self._bar: tqdm | None = None

    def __enter__(self) -> "ProgressBar":
        return self

    def __call__(self, stage: str, done: int, total: int) -> None:
        if self._bar is None or self._bar.desc.rstrip(": ") != stage:
            self._close()
            self._bar = tqdm(total=total, desc=stage, file=sys.stderr, leave=True, ncols=80)
        self._bar.total = total
        self._bar.update(done - self._bar.n)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
