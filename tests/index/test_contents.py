"""What an index holds of its documents: each text once, and the way back to it."""

from dataclasses import replace
from pathlib import Path

import pytest

from corpus.loader import load_corpus
from index.chunking import embedded_text
from index.contents import Contents, Gathering, gather
from index.embedding import OnnxEmbedder
from tests.fakes import DOCUMENTS, Part, document, heading
from tests.index.places import Place, document_of

LONG = " ".join(["word"] * 200)


@pytest.fixture
def gathering(place: Place, tiny_onnx_embedder: OnnxEmbedder) -> Gathering:
    return gather(load_corpus(place.corpus).documents, tiny_onnx_embedder)


def test_each_passage_sentence_and_question_leads_to_its_text(gathering: Gathering) -> None:
    contents = gathering.contents
    by_id = {source.doc_id: source for source in gathering.documents}
    sentences = iter(contents.sentence_rows)
    for passage, row in zip(contents.passages, contents.passage_rows, strict=True):
        source = by_id[passage.doc_id]
        assert contents.texts[row] == embedded_text(passage, source)
        for sentence in passage.sentences:
            assert contents.texts[next(sentences)] == sentence.of(source.text)
    for question, row in zip(contents.questions, contents.question_rows, strict=True):
        assert contents.texts[row] == question.text
    assert len(set(contents.texts)) == len(contents.texts)


def test_a_section_is_asked_by_its_heading_and_by_peoples_own_questions(
    gathering: Gathering,
) -> None:
    asked = {
        question.text: (
            question.is_heading,
            {gathering.contents.passages[n].heading_path[-1] for n in question.passages},
        )
        for question in gathering.contents.questions
    }
    assert asked == {
        "What is it made of?": (True, {"What is it made of?"}),
        "Where does the plasma come from?": (False, {"What is it made of?"}),
        "What does it cost?": (True, {"What does it cost?"}),
        "AFTER THE VISIT": (True, {"AFTER THE VISIT"}),
        "Is it approved?": (True, {"Is it approved?"}),
        "In a trial": (True, {"In a trial"}),
    }


def test_text_before_the_first_heading_is_asked_by_the_title(
    tmp_path: Path, tiny_onnx_embedder: OnnxEmbedder
) -> None:
    source = document_of(tmp_path, "---\ntitle: About hair\n---\nIt grows.\n")
    (question,) = gather([source], tiny_onnx_embedder).contents.questions
    assert (question.text, question.passages) == ("About hair", (0,))


def test_a_text_that_occurs_twice_is_held_once(tiny_onnx_embedder: OnnxEmbedder) -> None:
    twice = [document(name, "Same", [heading("H"), Part("It grows.")]) for name in ("a", "b")]
    contents = gather(twice, tiny_onnx_embedder).contents
    assert contents.texts == ("Same: H: It grows.", "It grows.", "H")
    assert contents.passage_rows == (0, 0)
    assert [question.passages for question in contents.questions] == [(0,), (1,)]


def test_documents_without_a_sentence_are_refused_with_their_reason(
    tmp_path: Path, tiny_onnx_embedder: OnnxEmbedder
) -> None:
    headings = document("headings", "Headings", [heading("One"), heading("Two")])
    endless = document("endless", "Endless", [heading("H"), Part(LONG)])
    kept = document("kept", "Kept", [heading("H"), Part("It grows."), Part(LONG)])
    gathering = gather([headings, endless, kept], tiny_onnx_embedder)
    assert gathering.documents == (kept,)
    assert gathering.overlong_sentences == 2
    assert [(r.path, r.code) for r in gathering.refusals] == [
        ("headings.md", "no_text"),
        ("endless.md", "no_text"),
    ]
    assert "write whole sentences" in gathering.refusals[0].message
    assert "longer than the embedder reads" in gathering.refusals[1].message


def test_a_question_longer_than_the_embedder_reads_is_left_out(
    tiny_onnx_embedder: OnnxEmbedder,
) -> None:
    source = document("d", "Title", [heading(LONG), Part("It grows.")])
    gathering = gather([source], tiny_onnx_embedder)
    assert gathering.contents.questions == ()
    assert len(gathering.contents.passages) == 1


def test_every_kind_of_document_can_be_gathered_and_embedded(
    tiny_onnx_embedder: OnnxEmbedder,
) -> None:
    gathering = gather(DOCUMENTS.values(), tiny_onnx_embedder)
    assert {source.doc_id for source in gathering.documents} == set(DOCUMENTS)
    rows = tiny_onnx_embedder.embed(gathering.contents.texts)
    assert len(rows) == len(gathering.contents.texts)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"passage_rows": ()}, "needs rows for"),
        ({"sentence_rows": (0,)}, "needs rows for"),
        ({"questions": ()}, "needs rows for"),
        ({"texts": ("one",)}, "outside the 1 texts"),
    ],
)
def test_contents_that_lead_nowhere_cannot_be_built(
    gathering: Gathering, change: dict[str, tuple[str, ...]], reason: str
) -> None:
    contents: Contents = gathering.contents
    with pytest.raises(ValueError, match=reason):
        replace(contents, **change)  # type: ignore[arg-type]
