import pytest

from assistant.synonyms import Synonym, Synonyms
from assistant.vocabulary import Vocabulary

SHIPPED = Synonyms.shipped()


@pytest.mark.parametrize("row", SHIPPED.synonyms, ids=lambda row: row.means)
def test_each_way_of_writing_is_looked_up_as_the_documents_call_it(row: Synonym) -> None:
    for written in row.written:
        found = SHIPPED.in_documents_words(f"Is {written.upper()} safe?")
        assert found == f"Is {row.means} safe?"


def test_no_way_of_writing_stands_twice() -> None:
    written = [words for row in SHIPPED.synonyms for words in row.written]
    assert len(written) == len(set(written))


def test_parts_of_words_stay() -> None:
    assert SHIPPED.in_documents_words("final jab-free shotgun") == "final jab-free shotgun"


@pytest.mark.parametrize(("brand", "substance"), SHIPPED.brands.items())
def test_a_brand_is_searched_with_its_substance(brand: str, substance: str) -> None:
    asked = f"Does {brand.title()} help?"
    assert SHIPPED.with_substances(asked) == f"Does {substance} ({brand.title()}) help?"
    named = f"{brand} and {substance}"
    assert SHIPPED.with_substances(named) == named
    assert Synonyms().with_substances(asked) == asked


def test_two_names_of_one_group_are_not_compared_by_it() -> None:
    compared = "Capillus vs iRestore, which is better"
    assert SHIPPED.with_substances(compared) == compared
    both = SHIPPED.with_substances("can Prozac or Zoloft thin hair")
    assert both == "can SSRI antidepressant (Prozac) or SSRI antidepressant (Zoloft) thin hair"
    differing = SHIPPED.with_substances("is Wellbutrin worse than Zoloft")
    assert differing == "is bupropion (Wellbutrin) worse than SSRI antidepressant (Zoloft)"


def test_misspellings_are_put_right_whatever_their_case() -> None:
    assert SHIPPED.right("Wich condishoned media?") == "which conditioned media?"
    assert Synonyms().right("wich") == "wich"


def test_a_word_that_is_misspelt_only_as_an_opening_is_put_right_there_alone() -> None:
    assert SHIPPED.right("Dose PRP work at a low dose") == "does PRP work at a low dose"
    assert SHIPPED.right("dose of minoxidil") == "dose of minoxidil"
    assert SHIPPED.right("dose per day") == "dose per day"


def test_a_longer_name_is_left_as_it_is_where_a_row_fits_a_part_of_it() -> None:
    assert SHIPPED.in_documents_words("alopecia pills") == "hair loss alopecia pills"
    for kept in SHIPPED.kept:
        assert SHIPPED.in_documents_words(f"Is {kept} rare?") == f"Is {kept} rare?"


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("is minox bad 4 hair", "is minox bad for hair"),
        ("does minoxidil work 4 women", "does minoxidil work for women"),
        ("baricitinib 4 mg after 4 weeks", "baricitinib 4 mg after 4 weeks"),
        ("what are the dos and don'ts", "what are the dos and don'ts"),
        ("how dos PRP work", "how does PRP work"),
        ("is hair fall normal", "is hair loss normal"),
        ("does hair fall out", "does hair fall out"),
        ("isnt it new", "isn't it new"),
    ],
)
def test_short_words_are_put_right_only_in_their_company(written: str, right: str) -> None:
    assert SHIPPED.right(written) == right


def test_no_misspelling_is_a_way_of_writing_a_subject() -> None:
    subjects = {words for s in Vocabulary.shipped().subjects for words in s.written}
    assert not subjects & SHIPPED.misspellings.keys()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("shes pregnant", "she's pregnant"),
        ("hes losing hair", "he's losing hair"),
        ("theyre bald", "they're bald"),
        ("weve had PRP", "we've had PRP"),
    ],
)
def test_a_left_out_apostrophe_is_no_other_word(typed: str, meant: str) -> None:
    assert SHIPPED.right(typed) == meant
