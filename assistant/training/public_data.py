"""Public question sets as examples: SQuAD 2.0, BioASQ, MedQuAD.

Only sets whose licences let a shipped model be trained on them (the model card names them). What
is natural to each makes the near misses: impossible questions in SQuAD 2.0, the other question
types of the same disease in MedQuAD, the closest snippets of other questions in BioASQ.
"""

import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import bm25s

from assistant.training.examples import UNJUDGED, Example, in_held_out_part, shuffled
from index.sentences import split_sentences

_SPACE = re.compile(r"\s+")
_MAX_SENTENCES = 8
_MEDQUAD_SENTENCES = 5
_SNIPPETS_OF_A_QUESTION = 3
_DISTRACTORS = 4


HELD_OUT_ARTICLES = 1 / 3
_MEDQUAD_EXAMPLES = 7000
_SEED = 20261125


def public_examples(folder: Path) -> Iterator[Example]:
    """What the public stage learns from; a third of SQuAD's articles is held out."""
    squad = [e for e in squad2(folder) if not in_held_out_part(e.group, HELD_OUT_ARTICLES)]
    yield from squad
    yield from _without_their_answer(squad)
    yield from bioasq(folder)
    yield from shuffled(list(medquad(folder)), _SEED)[:_MEDQUAD_EXAMPLES]


def _without_their_answer(examples: Sequence[Example]) -> Iterator[Example]:
    """Every third answerable question again, with a passage from which its answer is gone."""
    answerable = [e for e in examples if max(e.labels) > 0 and len(e.sentences) > 2]
    for example in answerable[::3]:
        kept = [i for i, label in enumerate(example.labels) if label <= 0]
        if kept:
            yield Example(
                example.question,
                example.heading,
                tuple(example.sentences[i] for i in kept),
                (0.0,) * len(kept),
                "squad2-without",
                example.group,
            )


def squad2(folder: Path) -> Iterator[Example]:
    """Every question of SQuAD 2.0's development set with its paragraph; groups are articles."""
    articles = json.loads(gzip.decompress((folder / "squad2/dev-v2.0.json.gz").read_bytes()))
    for article in articles["data"]:
        for paragraph in article["paragraphs"]:
            context = paragraph["context"]
            spans = split_sentences(context)
            sentences = tuple(span.of(context) for span in spans)
            for asked in paragraph["qas"]:
                starts = {answer["answer_start"] for answer in asked["answers"]}
                labels = [
                    float(any(span.start <= start < span.end for start in starts)) for span in spans
                ]
                if bool(starts) != any(labels):
                    continue
                first = _window(labels)
                chosen = slice(first, first + _MAX_SENTENCES)
                yield Example(
                    asked["question"].strip(),
                    article["title"].replace("_", " "),
                    sentences[chosen],
                    tuple(labels[chosen]),
                    "squad2",
                    article["title"],
                )


def _window(labels: Sequence[float]) -> int:
    """The first of the sentences shown of a long paragraph, so that the answer is among them."""
    if len(labels) <= _MAX_SENTENCES:
        return 0
    answer = labels.index(1.0) if 1.0 in labels else 0
    return min(max(0, answer - _MAX_SENTENCES // 2), len(labels) - _MAX_SENTENCES)


def medquad(folder: Path) -> Iterator[Example]:
    """Each question with the opening of its answer, and with that of another type's answer.

    The first two sentences of an answer are taken to answer; the others are unjudged.
    """
    by_focus: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in _lines(folder / "medquad/medquad.jsonl.gz"):
        if row["answer"] and row["answer"].strip():
            by_focus[row["focus"].lower()].append(row)
    for focus, rows in by_focus.items():
        openings = [_opening(row["answer"]) for row in rows]
        for number, row in enumerate(rows):
            own = openings[number]
            if not own:
                continue
            labels = (1.0, 0.6, *([UNJUDGED] * _MEDQUAD_SENTENCES))[: len(own)]
            question = _SPACE.sub(" ", row["question"]).replace(" ?", "?").strip()
            yield Example(question, row["focus"], own, labels, "medquad", focus)
            others = [
                openings[other]
                for other in range(len(rows))
                if rows[other]["qtype"] != row["qtype"] and openings[other]
            ]
            if others:
                miss = others[number % len(others)]
                if miss[0] != own[0]:
                    yield Example(
                        question, row["focus"], miss, (0.0,) * len(miss), "medquad", focus
                    )


def _opening(answer: str) -> tuple[str, ...]:
    text = _SPACE.sub(" ", answer[:1500]).removeprefix("Key Points ").strip()
    found = [span.of(text) for span in split_sentences(text)]
    return tuple(s for s in found if 20 <= len(s) <= 400)[:_MEDQUAD_SENTENCES]


def bioasq(folder: Path) -> Iterator[Example]:
    """Gold snippets of one or two sentences among the closest snippets of other questions."""
    rows = list(_lines(folder / "bioasq/bioasq-7b-11b.jsonl.gz"))
    gold = [_short_snippets(row) for row in rows]
    pool = [(number, text) for number, texts in enumerate(gold) for text in texts]
    bm25 = bm25s.BM25()
    bm25.index(bm25s.tokenize([text for _, text in pool], show_progress=False), show_progress=False)
    for number, row in enumerate(rows):
        if not gold[number]:
            continue
        question = _SPACE.sub(" ", row["question"]).strip()
        tokens = bm25s.tokenize(question, show_progress=False)
        found, _ = bm25.retrieve(tokens, k=min(60, len(pool)), show_progress=False)
        misses = [
            pool[int(i)][1]
            for i in found[0]
            if pool[int(i)][0] != number and pool[int(i)][1] not in gold[number]
        ]
        for turn, snippet in enumerate(gold[number][:_SNIPPETS_OF_A_QUESTION]):
            near = misses[turn * _DISTRACTORS : (turn + 1) * _DISTRACTORS]
            place = (number + turn) % (len(near) + 1)
            sentences = (*near[:place], snippet, *near[place:])
            labels = tuple(float(i == place) for i in range(len(sentences)))
            yield Example(question, "", sentences, labels, "bioasq", row["id"])
        empty = misses[-_DISTRACTORS:]
        if empty:
            yield Example(question, "", tuple(empty), (0.0,) * len(empty), "bioasq", row["id"])


def _short_snippets(row: dict[str, Any]) -> list[str]:
    texts = dict.fromkeys(_SPACE.sub(" ", s["text"]).strip() for s in row["snippets"])
    return [text for text in texts if 30 <= len(text) <= 400]


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
