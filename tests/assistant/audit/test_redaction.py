"""What is taken out of a text before it is kept, and what is left in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.audit.redaction import redact

TAKEN = [
    ("my name is jane miller and i want prp", "my name is [name] and i want prp"),
    ("Hi, I'm Jane. Does PRP work?", "Hi, I'm [name]. Does PRP work?"),
    ("my wife Anna uses Minoxidil", "my wife [name] uses Minoxidil"),
    ("Dr. Ahmed Al-Rashid said Rogaine", "Dr. [name] said Rogaine"),
    ("Jane Miller told me to stop", "[name] told me to stop"),
    ("Is it true that Jeff Bezos uses Propecia?", "Is it true that [name] uses Propecia?"),
    ("me llamo José García y uso minoxidil", "me llamo [name] y uso minoxidil"),
    ("i live at 12 high street, and i shed", "i live at [address], and i shed"),
    ("10 Downing St, London SW1A 2AA", "[address], [name] [postcode]"),
    ("Calle Mayor 3, Madrid", "[address], [name]"),
    ("Hauptstraße 12, 10115 Berlin", "[address], [address]"),
    ("I live in Austin TX 78701 now", "I live in [place] [postcode] now"),
    ("zip code: 90210", "zip code: [postcode]"),
    ("call me on 07911 123456", "call me on [phone]"),
    ("or (212) 555-0123 after six", "or [phone] after six"),
    ("tel. +49 170 1234567", "tel. [phone]"),
    ("reach me at 867-5309", "reach me at [number]"),
    ("my ssn is 123-45-6789", "my ssn is [number]"),
    ("jane.miller+hair@gmail.com please", "[e-mail] please"),
    ("jane @ clinic.example", "[e-mail]"),
    ("see www.facebook.com/jane.miller", "see [link]"),
    ("i am @hairyjane there", "i am [link] there"),
    ("born 12/03/1984, shedding", "born [date], shedding"),
    ("DOB 1984-03-12", "DOB [date]"),
    ("dob: 4 May 1990", "dob: [date]"),
    ("born on May 4th, 1990", "born on [date]"),
    ("i was born in 1984", "i was born in [date]"),
    ("my birthday is 3 March", "my birthday is [date]"),
    ("d.o.b. 14-Sep-71", "d.o.b. [date]"),
    ("born on the twenty-second of May 1964", "born on [date]"),
    ("I was born june the ninth", "I was born [date]"),
    ("born 9. August '88", "born [date]"),
    ("1975-Jun-02, shedding", "[date], shedding"),
    ("dob 120384", "dob [date]"),
    ("can dr. okafor be right?", "can dr. [name] be right?"),
    ("mrs jane miller told me to stop", "mrs [name] told me to stop"),
    ("i saw DR MEYER on friday", "i saw DR [name] on friday"),
    ("is it true that ANNA MILLER uses minoxidil", "is it true that [name] uses minoxidil"),
    ("nurse was TOMÁS RUIZ LEÓN, at night", "nurse was [name], at night"),
    ("nacida el 3 de mayo de 1980", "nacida el [date]"),
]
LEFT = [
    "Can I take 1 mg Finasteride with 5% Minoxidil twice a day for 12 months?",
    "does prp contain stem cells?",
    "Is a PRP session worth $1,500 or €2500?",
    "What did trial NCT03388840 find in 2024?",
    "I am 43 and have lost hair for 10 years",
    "Does Platelet Rich Plasma work?",
    "Has the FDA approved exosomes in the United States?",
    "3,000 grafts in one day, at 60 per cm2",
    "Hello. May I ask about Rogaine? Thank you!",
    "my dr said it, and another dr is not so sure",
    "Is the FDA or the EMA against PRP AND SVF?",
    "DOES PRP WORK FOR HAIR LOSS",
    "does it REALLY WORK against AGA with LLLT",
    "on the second day in May 3 of us shed",
    "the study 10.1002/sctm.19-0410",
    "",
]


@pytest.mark.parametrize(("text", "expected"), TAKEN)
def test_what_tells_who_somebody_is_is_taken_out(text: str, expected: str) -> None:
    assert redact(text).text == expected


@pytest.mark.parametrize("text", LEFT)
def test_what_a_question_is_about_is_left(text: str) -> None:
    assert redact(text).text == text
    assert redact(text).places == 0


def test_each_place_is_counted() -> None:
    found = redact("I'm Jane, jane@clinic.example, +49 170 1234567, born 3.4.1979")
    assert found.text == "I'm [name], [e-mail], [phone], born [date]"
    assert found.places == 4


@given(st.text(max_size=300))
def test_any_text_can_be_redacted(text: str) -> None:
    found = redact(text)
    assert (found.text == text) is (found.places == 0)


@given(
    st.text(alphabet="abc XYZ,.", max_size=40),
    st.sampled_from(["jane@clinic.example", "+49 170 1234567", "12/03/1984", "555-01-2345"]),
    st.text(alphabet="abc XYZ,.", max_size=40),
)
def test_it_is_taken_out_wherever_it_stands(before: str, telling: str, after: str) -> None:
    assert telling not in redact(f"{before} {telling} {after}").text


@pytest.mark.parametrize(
    "unit", ["A", "a", "1", "1 ", "A a ", "@", "a@", "I'm A", "1 a ", ". A", "-"]
)
def test_the_longest_question_of_one_kind_takes_no_time(unit: str) -> None:
    redact((unit * 2000)[:2000])
