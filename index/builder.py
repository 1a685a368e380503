"""A folder of documents -> a built index; what did not change is not embedded again."""

import hashlib
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from corpus.document import BlockKind, Document
from corpus.errors import CorpusUnreadable
from corpus.loader import Corpus, KnownDocument, Refusal, hash_files, load_corpus
from index.contents import gather
from index.embedding import TORCH, Embedder, SentenceTransformerEmbedder, Vectors
from index.errors import EmbedderFailure, IndexFailure
from index.export import (
    ExportReport,
    check_export,
    export_folder,
    export_onnx,
    open_export,
)
from index.files import document_json, read_contents, read_documents, read_vectors, write_files
from index.manifest import Manifest, fingerprint_of, now
from index.models import ModelSource, find_model
from index.sentences import split_sentences
from index.storage import current_generation, damaged_caches, publish, publishing, writing

logger = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]

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
    """The generation that serves while the next is built; all empty where there is none.

    `documents` are by their id; `vectors` by their text.
    """

    manifest: Manifest | None
    documents: Mapping[str, Document]
    vectors: Mapping[str, Vectors]

    def vectors_of(self, embedder: Embedder) -> Mapping[str, Vectors]:
        """What `embedder` need not embed again: text -> vector."""
        made_by = (self.manifest.embedder, self.manifest.variant) if self.manifest else None
        return self.vectors if made_by == (embedder.identity, embedder.variant) else {}


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
        previous = _previous(data_folder)
        corpus = _read(corpus_folder, previous, report)
        watch.lap("read")
        with writing(data_folder):
            embedder, export = _embedder(data_folder, source, corpus.documents, report)
        watch.lap("export")
        gathering = gather(corpus.documents, embedder)
        kept, contents = gathering.documents, gathering.contents
        if not kept:
            raise CorpusUnreadable(
                f"{corpus_folder} holds no sentence that could be quoted; add documents"
            )
        watch.lap("chunk")
        vectors, embedded = _embedded(
            contents.texts, previous.vectors_of(embedder), embedder, report
        )
        watch.lap("embed")
        digests = {document.doc_id: _digest(document) for document in kept}
        with writing(data_folder):
            manifest = Manifest(
                fingerprint=fingerprint_of(digests, embedder.identity, embedder.variant),
                built_at=now(),
                embedder=embedder.identity,
                variant=embedder.variant,
                corpus=str(corpus_folder.resolve()),
                sources=dict(corpus.file_hashes),
                documents={document.doc_id: document.source_path for document in kept},
                files=write_files(folder, kept, contents, vectors),
            )
            publish(folder, data_folder, manifest)
        watch.lap("write")
    before = {doc_id: _digest(document) for doc_id, document in previous.documents.items()}
    both = sorted(digests.keys() & before.keys())
    return BuildReport(
        added=tuple(sorted(digests.keys() - before.keys())),
        changed=tuple(doc_id for doc_id in both if digests[doc_id] != before[doc_id]),
        removed=tuple(sorted(before.keys() - digests.keys())),
        unchanged=tuple(doc_id for doc_id in both if digests[doc_id] == before[doc_id]),
        refusals=tuple(sorted((*corpus.refusals, *gathering.refusals), key=lambda r: r.path)),
        fingerprint=manifest.fingerprint,
        passages=len(contents.passages),
        sentences=len(contents.sentence_rows),
        questions=len(contents.questions),
        embedded=embedded,
        overlong_sentences=gathering.overlong_sentences,
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
        if manifest.variant != TORCH:
            check_export(export_folder(data_folder, source), source)
    except IndexFailure:
        return True
    return (
        manifest.embedder != source.identity
        or manifest.sources != hashes
        or bool(manifest.faults(folder))
    )


def _previous(data_folder: Path) -> _Previous:
    """What can be used again of the index that serves; nothing of a damaged one."""
    try:
        folder = current_generation(data_folder)
        manifest = Manifest.read(folder)
        damaged_caches(manifest, folder)
        texts, vectors = read_contents(folder).texts, read_vectors(folder)
        return _Previous(manifest, read_documents(folder), dict(zip(texts, vectors, strict=True)))
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
    """Sentences of the documents that the embedder reads whole, spread evenly over all."""
    blocks = [
        block.span.of(document.text)
        for document in documents
        for block in document.blocks
        if block.kind in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM)
    ]
    step = max(1, len(blocks) // _PARITY_SENTENCES)
    sentences = [span.of(text) for text in blocks[::step] for span in split_sentences(text)[:1]]
    counts = embedder.count_tokens(sentences)
    fitting = [s for s, n in zip(sentences, counts, strict=True) if n <= embedder.max_tokens]
    return fitting[:_PARITY_SENTENCES] or [embedder.truncated(documents[0].title)]


def _embedded(
    texts: Sequence[str], known: Mapping[str, Vectors], embedder: Embedder, report: Progress
) -> tuple[Vectors, int]:
    """The vectors of `texts`, `[len(texts), d]`, and how many of them had to be embedded."""
    vectors = np.empty((len(texts), embedder.dimension), np.float32)
    new = []
    for row, text in enumerate(texts):
        if text in known:
            vectors[row] = known[text]
        else:
            new.append(row)
    for start in range(0, len(new), _STEP):
        batch = new[start : start + _STEP]
        vectors[batch] = embedder.embed([texts[row] for row in batch])
        report("Embedding", start + len(batch), len(new))
    return vectors, len(new)


def _digest(document: Document) -> str:
    return hashlib.sha256(document_json(document)).hexdigest()
