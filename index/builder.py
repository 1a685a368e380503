"""A folder of documents -> a built index; what did not change is not embedded again."""

import hashlib
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from corpus.document import Document, Section, Span
from corpus.errors import CorpusUnreadable
from corpus.loader import Corpus, KnownDocument, Refusal, hash_files, load_corpus
from index.chunking import chunk, embedded_text
from index.embedding import (
    Embedder,
    ModelSource,
    SentenceTransformerEmbedder,
    Vectors,
    find_model,
)
from index.errors import EmbedderFailure, IndexFailure
from index.export import ExportReport, export_folder, export_onnx, open_export
from index.manifest import Manifest, fingerprint_of, now
from index.passage import Passage
from index.retriever import Question
from index.storage import (
    Contents,
    current_generation,
    publish,
    publishing,
    read_contents,
    read_documents,
    write_generation,
)

logger = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]

_DOCUMENT: TypeAdapter[Document] = TypeAdapter(Document)
# Texts embedded between two steps of the progress bar, and sentences on which an export is checked.
_STEP = 128
_PARITY_SENTENCES = 200


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did. The first four are doc_ids; seconds are by stage."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    refusals: tuple[Refusal, ...]
    fingerprint: str
    passages: int
    sentences: int
    questions: int
    embedded: int
    overlong_sentences: int
    seconds: Mapping[str, float]
    export: ExportReport | None

    def as_json(self) -> dict[str, Any]:
        fields = asdict(self)
        fields["refused"] = fields.pop("refusals")
        fields["seconds"] = {stage: round(s, 3) for stage, s in self.seconds.items()}
        return fields


class _Stopwatch:
    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        now_s = time.perf_counter()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now_s - self._last
        self._last = now_s


@dataclass(frozen=True, slots=True)
class _Previous:
    """The generation that serves while the next is built; all empty where there is none."""

    manifest: Manifest | None
    documents: Mapping[str, Document]
    vectors: Mapping[str, Vectors]


def build_index(
    corpus_folder: Path,
    data_folder: Path,
    *,
    model: str | Path | None = None,
    progress: Progress | None = None,
) -> BuildReport:
    """Reads the documents, embeds what is new, and publishes the result in one step.

    `progress` is called with a stage, the steps done and the steps in all.

    Raises CorpusUnreadable for a folder without a single readable document, and IndexFailure's
    kinds; whatever is raised, the index that was there still serves.
    """
    report = progress or (lambda stage, done, total: None)
    watch = _Stopwatch()
    source = find_model(model)
    hash_files(corpus_folder)  # a wrong folder is told before anything is written
    with publishing(data_folder) as folder:
        previous = _previous(data_folder, source)
        corpus = _read(corpus_folder, previous, report)
        watch.lap("read")
        embedder, export = _embedder(data_folder, source, corpus.documents, report)
        watch.lap("export")
        kept, refusals, contents, overlong = _chunked(corpus, embedder)
        watch.lap("chunk")
        contents, embedded = _embedded(contents, previous, embedder, report)
        watch.lap("embed")
        manifest = Manifest(
            fingerprint=fingerprint_of({d.doc_id: _digest(d) for d in kept}, source.identity),
            built_at=now(),
            embedder=source.identity,
            corpus=str(corpus_folder.resolve()),
            sources=dict(corpus.file_hashes),
            documents={document.doc_id: document.source_path for document in kept},
            files=write_generation(folder, kept, contents),
        )
        publish(folder, data_folder, manifest)
        watch.lap("write")
    before = {doc_id: _digest(document) for doc_id, document in previous.documents.items()}
    after = {document.doc_id: _digest(document) for document in kept}
    return BuildReport(
        added=tuple(sorted(after.keys() - before.keys())),
        changed=tuple(sorted(i for i in after.keys() & before.keys() if after[i] != before[i])),
        removed=tuple(sorted(before.keys() - after.keys())),
        unchanged=tuple(sorted(i for i in after.keys() & before.keys() if after[i] == before[i])),
        refusals=refusals,
        fingerprint=manifest.fingerprint,
        passages=len(contents.passages),
        sentences=len(contents.sentence_rows),
        questions=len(contents.questions),
        embedded=embedded,
        overlong_sentences=overlong,
        seconds=watch.seconds,
        export=export,
    )


def needs_build(corpus_folder: Path, data_folder: Path, *, model: str | Path | None = None) -> bool:
    """Whether there is no usable index of just these files by this embedder.

    Raises CorpusUnreadable when the folder cannot be read.
    """
    hashes = hash_files(corpus_folder)
    source = find_model(model)
    try:
        folder = current_generation(data_folder)
        manifest = Manifest.read(folder)
        manifest.check_files(folder)
        open_export(export_folder(data_folder, source), source)
    except IndexFailure:
        return True
    return manifest.embedder != source.identity or dict(manifest.sources) != dict(hashes)


def _previous(data_folder: Path, source: ModelSource) -> _Previous:
    """What can be used again of the index that serves; nothing of a damaged or foreign one."""
    try:
        folder = current_generation(data_folder)
        manifest = Manifest.read(folder)
        manifest.check_files(folder)
        documents = read_documents(folder)
        if manifest.embedder != source.identity:
            return _Previous(manifest, documents, {})
        contents = read_contents(folder)
        return _Previous(
            manifest, documents, dict(zip(contents.texts, contents.vectors, strict=True))
        )
    except IndexFailure:
        return _Previous(None, {}, {})


def _read(corpus_folder: Path, previous: _Previous, report: Progress) -> Corpus:
    known = {}
    if previous.manifest is not None:
        for document in previous.documents.values():
            file_hash = previous.manifest.sources.get(document.source_path)
            if file_hash is not None:
                known[document.source_path] = KnownDocument(file_hash, document)
    corpus = load_corpus(
        corpus_folder,
        known=known,
        progress=lambda done, total, path: report("Reading documents", done, total),
    )
    if not corpus.documents:
        reasons = "; ".join(f"{r.path}: {r.message}" for r in corpus.refusals[:3])
        raise CorpusUnreadable(
            f"{corpus_folder} holds no document that can be read"
            + (f" ({reasons})" if reasons else "; put .md, .txt or .pdf files into it")
        )
    return corpus


def _embedder(
    data_folder: Path,
    source: ModelSource,
    documents: Sequence[Document],
    report: Progress,
) -> tuple[Embedder, ExportReport | None]:
    """The embedder that serving will use, exported now if it was not before."""
    folder = export_folder(data_folder, source)
    try:
        return open_export(folder, source), None
    except EmbedderFailure:
        pass
    report("Preparing the embedder", 0, 2)
    original = SentenceTransformerEmbedder(source)
    report("Preparing the embedder", 1, 2)
    try:
        exported = export_onnx(original, folder, _parity_sentences(documents, original))
    except EmbedderFailure as error:
        logger.warning("%s; serving will use sentence-transformers, which starts slowly", error)
        return original, None
    report("Preparing the embedder", 2, 2)
    return open_export(folder, source), exported


def _parity_sentences(documents: Sequence[Document], embedder: Embedder) -> list[str]:
    """Real texts of many lengths, spread evenly over the documents."""
    texts = [
        block.span.of(document.text)[:400] for document in documents for block in document.blocks
    ]
    fitting = [t for t, n in zip(texts, embedder.count_tokens(texts), strict=True)
               if n <= embedder.max_tokens]  # fmt: skip
    step = max(1, len(fitting) // _PARITY_SENTENCES)
    return fitting[::step][:_PARITY_SENTENCES] or [documents[0].title[:100]]


def _chunked(
    corpus: Corpus, embedder: Embedder
) -> tuple[tuple[Document, ...], tuple[Refusal, ...], Contents, int]:
    """Passages and questions of every document; one without any passage is refused."""
    kept: list[Document] = []
    refusals = list(corpus.refusals)
    passages: list[Passage] = []
    questions: list[Question] = []
    texts: dict[str, int] = {}
    rows: dict[str, list[int]] = {"passage": [], "sentence": [], "question": []}
    overlong = 0
    for document in corpus.documents:
        chunking = chunk(
            document, count_tokens=embedder.count_tokens, max_tokens=embedder.max_tokens
        )
        overlong += chunking.overlong_sentences
        if not chunking.passages:
            refusals.append(
                Refusal(
                    document.source_path,
                    "no_text",
                    "the document holds no sentence that could be quoted; "
                    "write whole sentences, or move it away",
                )
            )
            continue
        kept.append(document)
        first = len(passages)
        passages.extend(chunking.passages)
        for passage in chunking.passages:
            rows["passage"].append(_row(texts, embedded_text(passage, document)))
            rows["sentence"].extend(_row(texts, s.of(document.text)) for s in passage.sentences)
        for question in _questions(document, chunking.passages, first, embedder):
            questions.append(question)
            rows["question"].append(_row(texts, question.text))
    if not kept:
        raise CorpusUnreadable("no document holds a sentence that could be quoted; add some")
    contents = Contents(
        passages=tuple(passages),
        questions=tuple(questions),
        texts=tuple(texts),
        vectors=np.empty((0, embedder.dimension), np.float32),
        passage_rows=tuple(rows["passage"]),
        sentence_rows=tuple(rows["sentence"]),
        question_rows=tuple(rows["question"]),
    )
    return tuple(kept), tuple(sorted(refusals, key=lambda r: r.path)), contents, overlong


def _row(texts: dict[str, int], text: str) -> int:
    return texts.setdefault(text, len(texts))


def _questions(
    document: Document, passages: Sequence[Passage], first: int, embedder: Embedder
) -> Iterable[Question]:
    """Heading and questions of each section that has passages; what is too long is left out."""
    for section in document.sections:
        numbers = tuple(
            first + number
            for number, passage in enumerate(passages)
            if _inside(section, passage.span)
        )
        asked = [(section.path[-1], True)] if section.path else [(document.title, True)]
        asked += [(question, False) for question in section.questions]
        counts = embedder.count_tokens([text for text, _ in asked])
        for (text, is_heading), count in zip(asked, counts, strict=True):
            if numbers and count <= embedder.max_tokens:
                yield Question(text, numbers, is_heading)


def _inside(section: Section, span: Span) -> bool:
    return section.span.start <= span.start < section.span.end


def _embedded(
    contents: Contents, previous: _Previous, embedder: Embedder, report: Progress
) -> tuple[Contents, int]:
    """`contents` with the vectors of its texts, and how many had to be embedded."""
    vectors = np.empty((len(contents.texts), embedder.dimension), np.float32)
    new = []
    for row, text in enumerate(contents.texts):
        if text in previous.vectors:
            vectors[row] = previous.vectors[text]
        else:
            new.append(row)
    # Texts of one length together, so that batches are full.
    counts = embedder.count_tokens([contents.texts[row] for row in new])
    ordered = [row for _, row in sorted(zip(counts, new, strict=True))]
    for start in range(0, len(ordered), _STEP):
        batch = ordered[start : start + _STEP]
        vectors[batch] = embedder.embed([contents.texts[row] for row in batch])
        report("Embedding", min(start + _STEP, len(ordered)), len(ordered))
    return (
        Contents(
            contents.passages,
            contents.questions,
            contents.texts,
            vectors,
            contents.passage_rows,
            contents.sentence_rows,
            contents.question_rows,
        ),
        len(new),
    )


def _digest(document: Document) -> str:
    return hashlib.sha256(_DOCUMENT.dump_json(document)).hexdigest()
