"""Measures retrieval: `python -m tests.evaluation.retrieval [--split test]`.

Over the answerable questions of a split, for the whole retriever and with its sides taken away:
nDCG@10 and Recall@k of passages, and whether an answering sentence is among the n closest. The gain
of a passage is the best grade of a judged sentence in it, wherever these words stand; Recall@k is
the share of the passages with an answering sentence.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.ordering import closest
from assistant.querying import Query
from assistant.settings import Settings
from assistant.training.examples import shuffled
from assistant.training.topics import Topic
from index.dense import FaissStore
from index.files import read_contents, read_vectors
from index.lexical import LexicalIndex
from index.passage import Passage
from index.query_encoder import query_encoder_for
from index.retriever import Retriever, as_rows
from index.storage import Index, current_generation, open_index
from tests.evaluation.baseline import add_options, report
from tests.evaluation.measures import Figure, mean, ndcg
from tests.evaluation.queries import Queries
from tests.evaluation.topics import SPLITS, grades, is_answerable, topics

PASSAGES = (5, 10, 20, 40)
SENTENCES = (4, 8, 12, 16, 24, 32)
_SEED = 20261125


@dataclass(frozen=True, slots=True)
class Sides:
    """Which sides of the retriever search; `asked` are people's questions beside the headings.

    `encoder` embeds questions beside what answers them; `judged` are those that readers judged,
    which need it.
    """

    vectors: bool = True
    words: bool = True
    headings: bool = True
    asked: bool = True
    encoder: bool = True
    judged: bool = True


VARIANTS: Mapping[str, Sides] = {
    "all": Sides(),
    "vectors only": Sides(words=False, headings=False, asked=False, judged=False),
    "BM25 only": Sides(vectors=False, headings=False, asked=False, judged=False),
    "question keys only": Sides(vectors=False, words=False, judged=False),
    "without vectors": Sides(vectors=False),
    "without BM25": Sides(words=False),
    "without question keys": Sides(headings=False, asked=False),
    "without people's questions": Sides(asked=False),
    "without the query encoder": Sides(encoder=False, judged=False),
    "without judged questions": Sides(judged=False),
}


class _Unsearched(LexicalIndex):
    """Weighs the words of sentences as ever, but leads to no passage."""

    def search(self, query: str, k: int) -> list[tuple[int, float]]:
        del query, k
        return []


class Retrievers:
    """The retriever over one built index, with sides taken away.

    Without the encoder sentences are weighed by other cosines, and without judged questions these
    weigh no sentence either; otherwise only what leads to a passage differs.
    """

    def __init__(self, data_folder: Path, index: Index) -> None:
        folder = current_generation(data_folder)
        self._index = index
        self._contents = read_contents(folder)
        self._vectors = read_vectors(folder)
        self._encoder = query_encoder_for(index.embedder.identity)
        self._judged = index.retriever._judged
        self._lexical = {
            True: LexicalIndex.load(folder / "lexical"),
            False: _Unsearched.load(folder / "lexical"),
        }

    def of(self, sides: Sides) -> Retriever:
        """A retriever that searches these sides."""
        contents, vectors = self._contents, self._vectors
        passages = np.arange(len(contents.passages) if sides.vectors else 0)
        questions = np.array(
            [
                number
                for number, question in enumerate(contents.questions)
                if (sides.headings if question.is_heading else sides.asked)
            ],
            np.int64,
        )
        return Retriever(
            documents=self._index.documents,
            passages=contents.passages,
            questions=contents.questions,
            embedder=self._index.embedder,
            passage_store=self._store(contents.passage_rows, passages),
            question_store=self._store(contents.question_rows, questions),
            lexical=self._lexical[sides.words],
            passage_vectors=vectors[list(contents.passage_rows)],
            sentence_vectors=as_rows(
                vectors[list(contents.sentence_rows)], contents.sentence_counts
            ),
            question_vectors=vectors[list(contents.question_rows)],
            query_encoder=self._encoder if sides.encoder else None,
            judged=self._judged if sides.judged else None,
        )

    def _store(self, rows: Sequence[int], numbers: NDArray[np.int64]) -> FaissStore:
        return FaissStore.of(self._vectors[np.array(rows, np.int64)[numbers]], numbers)


class Gains:
    """How well each passage answers each question, by the judgements of its sentences."""

    def __init__(self, index: Index) -> None:
        self._holding: dict[str, list[Passage]] = defaultdict(list)
        for passage in index.retriever.passages:
            text = index.documents[passage.doc_id].text
            for sentence in passage.sentences:
                self._holding[sentence.of(text)].append(passage)

    def of(self, qid: str) -> dict[str, int]:
        """passage_id -> the best grade of its sentences, of passages that hold a judged one."""
        found: dict[str, int] = {}
        for (_, sentence), grade in grades()[qid].items():
            for passage in self._holding.get(sentence, ()):
                found[passage.passage_id] = max(grade, found.get(passage.passage_id, 0))
        return found


@dataclass(frozen=True, slots=True)
class Found:
    """What a retriever found for one question: nDCG@10, and recall by each number."""

    ndcg: float
    passages: tuple[float, ...]
    sentences: tuple[bool, ...]


def found_for(
    topic: Topic,
    query: Query,
    retriever: Retriever,
    index: Index,
    gains: Mapping[str, int],
    read: int,
) -> Found:
    """The measures of one question; sentences are those of the `read` best passages."""
    hits = retriever.retrieve(query.text, max(PASSAGES), words=query.words)
    ranked = [gains.get(hit.passage.passage_id, 0) for hit in hits]
    answering = sum(gain == 2 for gain in gains.values())
    answers = {sentence for (_, sentence), grade in grades()[topic.qid].items() if grade == 2}
    near = closest(hits[:read], index.documents, max(SENTENCES))
    answer = [item.candidate.sentence in answers for item in near]
    return Found(
        ndcg(ranked, gains.values(), 10),
        tuple(sum(gain == 2 for gain in ranked[:k]) / answering for k in PASSAGES),
        tuple(any(answer[:n]) for n in SENTENCES),
    )


def figures_of(found: Sequence[Found]) -> Iterator[Figure]:
    """The measures of one variant."""
    yield mean("nDCG@10", [f.ndcg for f in found])
    for number, k in enumerate(PASSAGES):
        yield mean(f"Recall@{k}", [f.passages[number] for f in found])
    for number, n in enumerate(SENTENCES):
        yield mean(f"an answer among the {n} closest", [f.sentences[number] for f in found])


def lines(name: str, found: Sequence[Found], whole: Sequence[Found]) -> tuple[str, str]:
    """The rows of a variant in the tables of passages and of sentences."""
    difference = np.array([f.ndcg for f in found]) - np.array([f.ndcg for f in whole])
    passages = [mean("", [f.passages[i] for f in found]) for i in range(len(PASSAGES))]
    sentences = [mean("", [f.sentences[i] for f in found]) for i in range(len(SENTENCES))]
    ranking = mean("", [f.ndcg for f in found])
    return (
        _row(name, [ranking, *passages]) + f"  {_signed(mean('', difference))}",
        _row(name, sentences),
    )


def _row(name: str, figures: Sequence[Figure]) -> str:
    return f"{name:28}" + "".join(f"{figure.short:>23}" for figure in figures)


def _signed(figure: Figure) -> str:
    return f"{figure.value:+.3f} [{figure.low:+.3f}, {figure.high:+.3f}]"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=SPLITS, default="test")
    parser.add_argument("--data", type=Path, default=Settings().data, help="the built index")
    parser.add_argument("--limit", type=int, help="only so many questions, drawn with a seed")
    add_options(parser)
    options = parser.parse_args(arguments)
    if options.limit and options.write_baseline:
        parser.error("a baseline is over the whole split; leave out --limit")
    index = open_index(options.data)
    gains, queries = Gains(index), Queries(index)
    retrievers = Retrievers(options.data, index)
    answerable = [t for t in topics(options.split) if is_answerable(t.qid)]
    anchored = [t for t in answerable if 2 in gains.of(t.qid).values()]
    asked = shuffled(anchored, _SEED)[: options.limit]
    read = Settings().passages
    searched = [queries.of_topic(topic) for topic in asked]
    rows: list[tuple[str, str]] = []
    whole: list[Found] = []
    for name, sides in VARIANTS.items():
        retriever = retrievers.of(sides)
        found = [
            found_for(topic, query, retriever, index, gains.of(topic.qid), read)
            for topic, query in zip(asked, searched, strict=True)
        ]
        whole = whole or found
        rows.append(lines(name, found, whole))
    print(
        f"{len(asked)} answerable questions of the split {options.split}; "
        f"{len(answerable) - len(anchored)} left out, whose answer no passage holds any more\n"
    )
    heads = ["nDCG@10", *(f"Recall@{k}" for k in PASSAGES)]
    print("passages".ljust(28) + "".join(f"{head:>23}" for head in heads) + "  nDCG@10 less all's")
    print("\n".join(passages for passages, _ in rows))
    print(f"\nan answering sentence is among the n closest of the {read} best passages")
    print(" " * 28 + "".join(f"{f'n={n}':>23}" for n in SENTENCES))
    print("\n".join(sentences for _, sentences in rows))
    print("\nall parts, as the baseline keeps them")
    report(f"retrieval, {options.split}", figures_of(whole), options, is_whole=not options.limit)


if __name__ == "__main__":
    main()
