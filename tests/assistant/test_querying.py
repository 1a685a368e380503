"""The whole way from a question to what is searched, with the tables of the package."""

import pytest

from assistant.querying import Querying
from assistant.synonyms import Synonym, Synonyms
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
