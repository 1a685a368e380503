"""Builds the PDF handouts from their Markdown masters: `python -m corpus.handouts`.

A master is a Markdown document with two front-matter keys more: `urgent` and `checklists` name
the headings whose sections stand in a marked box, or have a box to tick before each item. Beside
each PDF a sidecar NAME.pdf.yaml carries what a page cannot: which references each sentence rests
on, and the questions that each section answers.

The same master, bibliography and version of Typst give the same bytes, so `--check` compares.
No PDF is written that does not read back word for word.
"""

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from corpus.document import Block, BlockKind, Reference, Section
from corpus.errors import CorpusError, DocumentRefused
from corpus.markdown import Content, read_markdown
from corpus.pdf import PdfLimits, read_pdf
from corpus.references import BIBLIOGRAPHY_NAME, read_bibliography

HERE = Path(__file__).resolve().parent
MASTERS = HERE / "handout_sources"
HANDOUTS = HERE / "documents" / "handouts"
BIBLIOGRAPHY = HERE / "documents" / BIBLIOGRAPHY_NAME
TEMPLATE = MASTERS / "handout.typ"
AUTHOR = "Verbatim Hair Answers"
LEAST_PAGES = 3
SOURCES = "Sources"
_SIDECAR_KEYS = ("doc_id", "title", "topic", "source_type", "reviewed", "language", "audience")
_SENTENCE_END = re.compile(r"[.!?][\"')]?(?=\s|$)")


class HandoutInvalid(CorpusError):
    """A master cannot become a handout; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Handout:
    """A built handout: the bytes of its PDF and of its sidecar."""

    doc_id: str
    pdf: bytes
    sidecar: bytes


def build(master: Path, bibliography: Mapping[str, Reference]) -> Handout:
    """The handout of one master, checked by reading it back.

    Raises HandoutInvalid where the master lacks metadata, cites an unknown key, names an unknown
    heading, or where the PDF has too few pages or does not give back the master's words.
    """
    try:
        metadata, content = read_markdown(master.read_text("utf-8"))
    except DocumentRefused as refused:
        raise HandoutInvalid(f"{master.name}: {refused.message}") from refused
    _check_metadata(master, metadata, content, bibliography)
    pdf = _compiled(_printed(metadata, content, bibliography), metadata["reviewed"])
    _check_reading(master.name, content, pdf)
    return Handout(metadata["doc_id"], pdf, _sidecar(metadata, content))


def _check_metadata(
    master: Path,
    metadata: Mapping[str, Any],
    content: Content,
    bibliography: Mapping[str, Reference],
) -> None:
    missing = [key for key in _SIDECAR_KEYS if not metadata.get(key)]
    if missing:
        raise HandoutInvalid(f"{master.name}: the front matter lacks {', '.join(missing)}; add it")
    if metadata["doc_id"] != master.stem:
        raise HandoutInvalid(f"{master.name}: doc_id is {metadata['doc_id']!r}; name the file so")
    unknown = {key for mark in content.marks for key in mark.keys} - set(bibliography)
    if unknown:
        raise HandoutInvalid(
            f"{master.name}: cites {', '.join(sorted(unknown))}, which the bibliography lacks; "
            "add the entries or name another with --bibliography PATH"
        )
    headings = {section.path[-1] for section in content.sections if section.path}
    named = {*metadata.get("urgent", ()), *metadata.get("checklists", ())}
    if named - headings:
        raise HandoutInvalid(
            f"{master.name}: `urgent` and `checklists` name headings that are not there: "
            f"{sorted(named - headings)}"
        )


def _printed(
    metadata: Mapping[str, Any], content: Content, bibliography: Mapping[str, Reference]
) -> dict[str, Any]:
    """What the template prints, as plain strings."""
    reviewed: date = metadata["reviewed"]
    cited = dict.fromkeys(key for mark in content.marks for key in mark.keys)
    references = sorted((bibliography[key] for key in cited), key=lambda r: r.label.casefold())
    opening = next((s for s in content.sections if not s.path), None)
    return {
        "title": metadata["title"],
        "short": metadata.get("short_title", metadata["title"]),
        "author": AUTHOR,
        "running": f"{AUTHOR} · Handout",
        "footer": f"Reviewed {reviewed.day} {reviewed:%B %Y}. "
        "General information, no substitute for a doctor's advice.",
        "keywords": [metadata["topic"], *metadata.get("keywords", ())],
        "description": metadata.get("description", metadata["title"]),
        "language": metadata["language"],
        "year": reviewed.year,
        "month": reviewed.month,
        "day": reviewed.day,
        "opening": list(_parts(content, opening, ticks=False)) if opening else [],
        "sections": [
            {
                "title": section.path[-1],
                "level": len(section.path),
                "urgent": section.path[-1] in metadata.get("urgent", ()),
                "parts": list(
                    _parts(
                        content,
                        section,
                        ticks=section.path[-1] in metadata.get("checklists", ()),
                    )
                ),
                "sources": _sources_line(content, section, bibliography),
            }
            for section in content.sections
            if section.path
        ],
        "references": [_printed_reference(reference) for reference in references],
    }


def _parts(content: Content, section: Section, *, ticks: bool) -> Iterator[dict[str, Any]]:
    """Paragraphs, lists and tables of a section, in order."""
    blocks = [block for block in content.blocks if section.span.contains(block.span)]
    for kind, run in groupby(blocks, key=lambda block: block.kind):
        found = list(run)
        if kind is BlockKind.LIST_ITEM:
            words = [block.span.of(content.text) for block in found]
            yield {"kind": "items", "words": words, "ticks": ticks}
        elif kind is BlockKind.TABLE_CELL:
            yield {"kind": "table", "rows": _rows(found, content.text)}
        else:
            for block in found:
                yield {"kind": "paragraph", "words": block.span.of(content.text)}


def _rows(cells: Sequence[Block], text: str) -> list[list[str]]:
    return [
        [cell.span.of(text) for cell in row] for _, row in groupby(cells, key=lambda cell: cell.row)
    ]


def _sources_line(content: Content, section: Section, bibliography: Mapping[str, Reference]) -> str:
    """The small line below a section; sentences that open with "Sources:" are never indexed."""
    keys = dict.fromkeys(
        key
        for mark in content.marks
        if section.span.start < mark.position <= section.span.end
        for key in mark.keys
    )
    labels = dict.fromkeys(bibliography[key].label for key in keys)
    return f"{SOURCES}: {'; '.join(labels)}." if labels else ""


def _printed_reference(reference: Reference) -> dict[str, str]:
    title = reference.title.rstrip(".") + "."
    if reference.doi:
        address, shown = f"https://doi.org/{reference.doi}", f"doi:{reference.doi}"
    else:
        address = reference.url or ""
        shown = re.sub(r"^https?://(?:www\.)?", "", address).rstrip("/")
    return {"label": reference.label, "title": title, "address": address, "shown": shown}


def _compiled(printed: Mapping[str, Any], reviewed: date) -> bytes:
    import typst

    moment = datetime(reviewed.year, reviewed.month, reviewed.day, tzinfo=UTC)
    try:
        pdf = typst.compile(
            str(TEMPLATE),
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"handout": json.dumps(printed, ensure_ascii=False, sort_keys=True)},
            pdf_standards=["ua-1"],
            timestamp=moment,
        )
    except typst.TypstError as error:
        raise HandoutInvalid(f"Typst refuses the handout: {error}") from error
    if not isinstance(pdf, bytes):
        raise TypeError(f"expected the bytes of one PDF, found {type(pdf).__name__}")
    return pdf


def _check_reading(name: str, content: Content, pdf: bytes) -> None:
    """Reads the PDF as any other file and compares it with its master."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "handout.pdf"
        path.write_bytes(pdf)
        found = read_pdf(path, limits=PdfLimits())
    if len(found.pages) < LEAST_PAGES:
        raise HandoutInvalid(f"{name}: {len(found.pages)} pages; write at least {LEAST_PAGES}")
    for block in content.blocks:
        words = block.span.of(content.text)
        if words not in found.text:
            raise HandoutInvalid(f"{name}: the PDF does not read back these words: {words!r}")
    headings = [section.path[-1] for section in found.sections if section.path]
    expected = [section.path[-1] for section in content.sections if section.path]
    if headings[: len(expected)] != expected:
        raise HandoutInvalid(f"{name}: headings read back as {headings}, expected {expected}")


def _sidecar(metadata: Mapping[str, Any], content: Content) -> bytes:
    fields: dict[str, Any] = {key: metadata[key] for key in _SIDECAR_KEYS}
    fields["citations"] = list(_citations(content))
    fields["questions"] = [
        {"section": section.path[-1], "questions": list(section.questions)}
        for section in content.sections
        if section.path and section.questions
    ]
    head = f"# Built from {metadata['doc_id']}.md by `python -m corpus.handouts`; edit that.\n"
    text = yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, width=96)
    return (head + text).encode()


def _citations(content: Content) -> Iterator[dict[str, Any]]:
    """Each cited sentence with the keys of all its marks."""
    for block in content.blocks:
        words = block.span.of(content.text)
        ends = [match.end() for match in _SENTENCE_END.finditer(words)]
        keys_by_sentence: dict[tuple[int, int], dict[str, None]] = {}
        for mark in content.marks:
            position = mark.position - block.span.start
            if not 0 < position <= len(words):
                continue
            end = next((e for e in ends if e >= position), len(words))
            start = max((e for e in ends if e < position), default=0)
            keys_by_sentence.setdefault((start, end), {}).update(dict.fromkeys(mark.keys))
        for (start, end), keys in keys_by_sentence.items():
            yield {"quote": words[start:end].strip(), "keys": list(keys)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Builds all handouts, or checks them; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m corpus.handouts", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only; exit 1 if any differs")
    parser.add_argument("--masters", type=Path, default=MASTERS, metavar="DIR")
    parser.add_argument("--output", type=Path, default=HANDOUTS, metavar="DIR")
    parser.add_argument("--bibliography", type=Path, default=BIBLIOGRAPHY, metavar="PATH")
    options = parser.parse_args(arguments)
    try:
        bibliography = read_bibliography(options.bibliography)
        handouts = [build(path, bibliography) for path in sorted(options.masters.glob("*.md"))]
    except CorpusError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    stale = [name for handout in handouts for name in _differing(handout, options.output)]
    if options.check:
        for name in stale:
            sys.stderr.write(f"{name} differs from its master; run: python -m corpus.handouts\n")
        return 1 if stale else 0
    options.output.mkdir(parents=True, exist_ok=True)
    for handout in handouts:
        for name, data in _files(handout).items():
            (options.output / name).write_bytes(data)
    sys.stdout.write(f"{len(handouts)} handouts, {len(stale)} files changed\n")
    return 0


def _files(handout: Handout) -> dict[str, bytes]:
    return {f"{handout.doc_id}.pdf": handout.pdf, f"{handout.doc_id}.pdf.yaml": handout.sidecar}


def _differing(handout: Handout, folder: Path) -> list[str]:
    def before(name: str) -> bytes | None:
        path = folder / name
        return path.read_bytes() if path.is_file() else None

    return [name for name, data in _files(handout).items() if before(name) != data]


if __name__ == "__main__":
    sys.exit(main())
