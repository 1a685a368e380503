"""Measures follow-ups: `python -m tests.evaluation.followups --data ../shared [--print]`.

CANARD (Elgohary and others 2019): the tokens of our self-contained question against those of a
person's rewrite. Of the history our side is given the title of the page and the questions, as it
is in a conversation, and not the answers. The dialogues: whether our query finds the passages that
the question written out finds, how close the two are, and whether a reader judged it the right
query (`followup_readings.tsv`: who knows only the query would search for what was meant; kept by
hashes, for the dialogues stay where they are); a query that has changed is unjudged. Beside each
figure the same for the question left as it was asked; follow-ups are the turns after the first.
"""

import argparse
import csv
import gzip
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.conversation import Turn, self_contained
from assistant.settings import Settings
from assistant.training.examples import shuffled
from assistant.vocabulary import Vocabulary
from index.storage import Index, open_index
from tests.evaluation.baseline import add_options, report
from tests.evaluation.measures import Figure, mean, rouge_1
from tests.evaluation.queries import Queries

CANARD = Path("data", "canard", "dev.json.gz")
DIALOGUES = Path("questions", "dialogues-dev.jsonl")
READINGS = Path(__file__).with_name("followup_readings.tsv")
_PASSAGES = 3
_SEED = 20261125
_TOKEN = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in a conversation, what stands for it by itself, and our query for it.

    `said` are the questions up to it.
    """

    conversation: str
    place: int
    question: str
    standalone: str
    query: str
    said: tuple[str, ...] = ()

    @property
    def reading(self) -> tuple[str, str]:
        """The turn and its query, as readings name them."""
        return _hash("\n".join(self.said)), _hash(self.query)


def canard(path: Path, vocabulary: Vocabulary) -> Iterator[Asked]:
    """Every turn of CANARD's development set, rewritten by `self_contained`."""
    for row in json.loads(gzip.decompress(path.read_bytes())):
        title, section, *said = row["History"]
        turns = [Turn(title, f"{title} {section}")]
        for question in said[::2]:
            turns.append(Turn(question, self_contained(question, turns, vocabulary)))
        yield Asked(
            row["QuAC_dialog_id"],
            row["Question_no"] - 1,
            row["Question"],
            row["Rewrite"],
            self_contained(row["Question"], turns, vocabulary),
        )


def dialogues(path: Path, queries: Queries) -> Iterator[Asked]:
    """Every turn of the dialogues, with the query that the assistant would search."""
    for line in path.read_text("utf-8").splitlines():
        dialogue = json.loads(line)
        turns: list[Turn] = []
        for place, turn in enumerate(dialogue["turns"]):
            query = queries.of(turn["q"], turns).text
            turns.append(Turn(turn["q"], query))
            said = tuple(t.question for t in turns)
            yield Asked(dialogue["id"], place, turn["q"], turn["standalone"], query, said)


def canard_figures(asked: Sequence[Asked]) -> Iterator[Figure]:
    """ROUGE-1 of our questions and of the unchanged ones."""
    for part, turns in _parts(asked):
        ours = [rouge_1(_tokens(t.query), _tokens(t.standalone)) for t in turns]
        unchanged = [rouge_1(_tokens(t.question), _tokens(t.standalone)) for t in turns]
        for column, name in enumerate(("recall", "F1")):
            measure = f"CANARD dev, {part}: ROUGE-1 {name}"
            yield mean(measure, [r[column] for r in ours])
            yield mean(f"{measure}, unchanged", [r[column] for r in unchanged])


def dialogue_figures(asked: Sequence[Asked], index: Index, queries: Queries) -> Iterator[Figure]:
    """How near to the written-out question our queries and the unchanged questions lead.

    Each of the three is searched as a question without a history.
    """

    def found(question: str) -> set[str]:
        query = queries.of(question)
        hits = index.retriever.retrieve(query.text, _PASSAGES, words=query.words)
        return {hit.passage.passage_id for hit in hits}

    for part, turns in _parts(asked):
        wanted = [found(t.standalone) for t in turns]
        for name, texts in (
            ("", [t.query for t in turns]),
            (", unchanged", [t.question for t in turns]),
        ):
            shared = [bool(found(text) & w) for text, w in zip(texts, wanted, strict=True)]
            cosines = [
                _cosine(text, t.standalone, index) for text, t in zip(texts, turns, strict=True)
            ]
            yield mean(f"dialogues, {part}: one of {_PASSAGES} passages in common{name}", shared)
            yield mean(f"dialogues, {part}: cosine to it written out{name}", cosines)


def read_readings(path: Path = READINGS) -> Mapping[tuple[str, str], bool]:
    """Whether a query was judged right, by the hashes of its turn and of itself."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return {
            (r["turn"], r["query"]): {"right": True, "wrong": False}[r["verdict"]] for r in rows
        }


def reading_figures(
    asked: Sequence[Asked], readings: Mapping[tuple[str, str], bool]
) -> Iterator[Figure]:
    """The share of queries judged right; unjudged ones are left out."""
    for part, turns in _parts(asked):
        judged = [readings[t.reading] for t in turns if t.reading in readings]
        if judged:
            yield mean(f"dialogues, {part}: query judged right", judged)


def print_turns(asked: Sequence[Asked], readings: Mapping[tuple[str, str], bool]) -> None:
    """Each turn, for a person who judges whether the right thing was searched.

    An unjudged one with its hashes, for a line of `followup_readings.tsv`.
    """
    conversation = ""
    for turn in asked:
        if turn.conversation != conversation:
            conversation = turn.conversation
            print(f"\n{conversation}")
        print(f"  {turn.place + 1} asked     {turn.question}")
        print(f"    searched  {turn.query}")
        print(f"    meant     {turn.standalone}")
        if turn.reading in readings:
            print(f"    judged    {'right' if readings[turn.reading] else 'wrong'}")
        else:
            print("    unjudged  " + "\t".join(turn.reading))


def _parts(asked: Sequence[Asked]) -> list[tuple[str, list[Asked]]]:
    parts = [("all turns", list(asked)), ("follow-ups", [t for t in asked if t.place > 0])]
    return [(name, turns) for name, turns in parts if turns]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text.lower())


def _cosine(one: str, other: str, index: Index) -> float:
    first, second = index.embedder.embed([index.embedder.truncated(t) for t in (one, other)])
    return float(first @ second)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures of each set that is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the shared data")
    parser.add_argument("--index", type=Path, default=Settings().data, help="the built index")
    parser.add_argument("--limit", type=int, help="only so many turns of CANARD, seeded")
    parser.add_argument("--print", action="store_true", help="each turn of the dialogues")
    add_options(parser)
    options = parser.parse_args(arguments)
    if options.limit and options.write_baseline:
        parser.error("a baseline is over every turn; leave out --limit")
    if (options.data / CANARD).is_file():
        turns = list(canard(options.data / CANARD, Vocabulary.shipped()))
        taken = shuffled(turns, _SEED)[: options.limit]
        report("canard", canard_figures(taken), options, is_whole=not options.limit)
    else:
        print(f"SKIPPED CANARD: no file {options.data / CANARD}")
    if not (options.data / DIALOGUES).is_file():
        print(f"SKIPPED dialogues: no file {options.data / DIALOGUES}")
        return
    index = open_index(options.index)
    queries = Queries(index)
    asked = list(dialogues(options.data / DIALOGUES, queries))
    readings = read_readings()
    figures = [*dialogue_figures(asked, index, queries), *reading_figures(asked, readings)]
    report("dialogues", figures, options, is_whole=True)
    unjudged = sum(turn.reading not in readings for turn in asked)
    print(f"dialogues: {unjudged} of {len(asked)} queries are unjudged")
    if options.print:
        print_turns(asked, readings)


if __name__ == "__main__":
    main()
