"""The whole way from a question to what is searched, with the tables of the package."""

import pytest

from assistant.conversation import Turn
from assistant.querying import Querying
from assistant.synonyms import Synonym, Synonyms
from assistant.vocabulary import Vocabulary
from tests.fakes import document, heading

TABLE = Synonyms.shipped()
# Words that are one or two letters off a short form of the table.
CLOSE = "The FDA has data and a doi; jak, derma and cpb are in it. Drugs work, ozone too."
QUERYING = Querying.shipped([document("doc", "Hair", [heading(CLOSE)])], is_word=lambda _: False)


@pytest.mark.parametrize("row", TABLE.synonyms, ids=lambda row: row.means)
def test_no_spelling_undoes_the_table_of_synonyms(row: Synonym) -> None:
    for written in row.written:
        query = QUERYING.query(f"is {written} safe")
        assert query.text == f"is {written} safe"
        assert query.words == f"is {row.means} safe"


@pytest.mark.parametrize(("brand", "substance"), TABLE.brands.items())
def test_no_spelling_undoes_the_table_of_brands(brand: str, substance: str) -> None:
    assert QUERYING.query(f"is {brand} safe").text == f"is {substance} ({brand}) safe"


def test_a_list_is_asked_for_by_the_question_itself_and_not_by_the_one_before() -> None:
    before = Turn("what are the side effects of PRP", "what are the side effects of PRP")
    assert QUERYING.query(before.question).asks_for_list
    assert not QUERYING.query("how long does it last", [before]).asks_for_list
    assert QUERYING.query("what are the risks", [Turn("what is PRP", "what is PRP")]).asks_for_list


def test_the_parts_of_a_question_are_queries_of_their_own() -> None:
    cost, work = QUERYING.query("how much does prp cost and is it dangerous").parts
    assert (cost.text, work.text) == ("how much does prp cost", "Is PRP safe")
    assert QUERYING.query("is prp safe").parts == ()


@pytest.mark.parametrize(
    ("question", "searched"),
    [
        ("is it safe?", "is stem cell therapy for hair loss safe?"),
        ("cost", "stem cell therapy for hair loss: cost"),
        ("who is a good candidate", "stem cell therapy for hair loss: who is a good candidate"),
        ("what happens during the procedure", None),
        ("hi, how long do results last", None),
    ],
)
def test_a_first_question_that_names_nothing_is_of_stem_cell_therapy(
    question: str, searched: str | None
) -> None:
    query = QUERYING.query(question)
    assert query.text == query.subject == query.whole
    assert query.text == (searched or f"stem cell therapy for hair loss: {question}")


@pytest.mark.parametrize(
    "question",
    [
        "is PRP safe",
        "best treatment",
        "what treatments are there",
        "can you recommend a restaurant",
        "what is the weather",
        "more",
        "what else",
        "",
        "?",
    ],
)
def test_a_first_question_that_names_something_is_searched_as_it_is(question: str) -> None:
    assert "stem cell" not in QUERYING.query(question).text


def test_after_another_question_the_subject_is_of_that() -> None:
    before = Turn("what is PRP", "what is PRP")
    assert QUERYING.query("is it safe", [before]).text == "is PRP safe"


@pytest.mark.parametrize(
    ("before", "question", "query"),
    [
        (
            "does PRP work and how long does it last",
            "what about for women",
            "does PRP work for women",
        ),
        (
            "what does PRP cost and is it covered by insurance",
            "in the UK?",
            "what does PRP cost in UK",
        ),
        ("does PRP work and does minoxidil hurt", "which is better", None),
    ],
)
def test_after_several_things_of_one_subject_the_first_is_asked_on(
    before: str, question: str, query: str | None
) -> None:
    found = QUERYING.query(question, [Turn(before, before)]).text
    if query is None:
        assert {"PRP", "minoxidil"} <= {*Vocabulary.shipped().subjects_in(found)}
    else:
        assert found.lower().rstrip("?") == query.lower()


def test_more_of_several_things_is_more_of_them_all() -> None:
    before = "does PRP work and how long does it last"
    assert QUERYING.query("more", [Turn(before, before)]).text == before
