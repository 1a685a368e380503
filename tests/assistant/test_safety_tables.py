"""Every row of the safety tables against its own examples, and what must hold of the tables."""

import json
import re
from pathlib import Path

import pytest

from assistant.disclaimer import URGENT
from assistant.errors import TablesInvalid
from assistant.safety import Route, SafetyGate
from assistant.safety.messages import UrgentMessages
from assistant.safety.reading import Reader
from assistant.safety.rows import PersonalAdvice, PersonalTable, Scope, ScopeTable
from assistant.safety.signs import SignTable
from assistant.safety.wording import SpellingTable, Wording
from assistant.tables import read_table
from index.models import find_model

SIGNS = read_table("emergencies.yaml", SignTable)
PERSONAL = read_table("personal.yaml", PersonalTable)
SCOPE = read_table("scope.yaml", ScopeTable)
SPELLING = read_table("spelling.yaml", SpellingTable)
GATE = SafetyGate.of_tables()
WHOLE_GATE = SafetyGate.shipped()
READER = Reader.shipped()


@pytest.mark.parametrize(
    ("name", "message"),
    [(row.name, message) for row in SIGNS.signs for message in row.urgent],
)
def test_a_sign_is_found_in_its_urgent_examples(name: str, message: str) -> None:
    found = READER.read(message).found
    assert name in found.reported
    assert found.is_urgent


@pytest.mark.parametrize("message", [m for row in SIGNS.signs for m in row.not_urgent])
def test_a_sign_raises_no_alarm_in_its_other_examples(message: str) -> None:
    assert not READER.read(message).found.is_urgent


@pytest.mark.parametrize(
    ("name", "message"),
    [(row.name, message) for row in PERSONAL.patterns for message in row.personal],
)
def test_a_personal_row_is_found_in_its_examples(name: str, message: str) -> None:
    assert name in PersonalAdvice(PERSONAL).rows(READER.read(message).text)


@pytest.mark.parametrize(
    "message",
    [m for row in (*PERSONAL.patterns, *PERSONAL.not_personal) for m in row.general],
)
def test_a_general_example_is_not_personal(message: str) -> None:
    assert PersonalAdvice(PERSONAL).rows(READER.read(message).text) == ()


ADVISING = (*PERSONAL.patterns, *PERSONAL.not_personal)


@pytest.mark.parametrize(
    ("message", "is_urgent", "is_personal"),
    [
        *((m, True, None) for row in SIGNS.signs for m in row.urgent),
        *((m, False, None) for row in SIGNS.signs for m in row.not_urgent),
        *((m, False, True) for row in ADVISING for m in row.personal),
        *((m, False, False) for row in ADVISING for m in row.general),
    ],
)
def test_the_classifier_overrules_no_example_of_a_row(
    message: str, is_urgent: bool, is_personal: bool | None
) -> None:
    """Where a new row fails here, `python -m assistant.training.safety` learns from it."""
    route = WHOLE_GATE.assess(message).route
    assert (route is Route.EMERGENCY) == is_urgent
    if is_personal is not None:
        assert (route is Route.PERSONAL_ADVICE) == is_personal


def test_a_request_to_look_at_a_photo_is_personal_even_where_it_seems_off_topic() -> None:
    rows = PersonalAdvice(PERSONAL).rows
    assert rows("can you look at my photo", in_doubt=True) == ("photo",)
    assert rows("should i sell the car", in_doubt=True) == ()


@pytest.mark.parametrize("message", [m for row in PERSONAL.not_personal for m in row.personal])
def test_an_exception_spares_only_what_is_general(message: str) -> None:
    assert PersonalAdvice(PERSONAL).rows(READER.read(message).text) != ()


@pytest.mark.parametrize(
    ("name", "message"),
    [(row.name, message) for row in SCOPE.off_topic for message in row.off_topic],
)
def test_a_scope_row_is_found_in_its_examples(name: str, message: str) -> None:
    assert name in Scope(SCOPE).rows(READER.read(message).text)
    assert GATE.assess(message).route is Route.OFF_TOPIC


@pytest.mark.parametrize("message", [m for row in SCOPE.off_topic for m in row.on_topic])
def test_an_example_on_topic_is_not_turned_away(message: str) -> None:
    assert Scope(SCOPE).rows(READER.read(message).text) == ()


def test_every_kind_has_one_message_and_every_message_a_kind() -> None:
    assert set(SIGNS.kinds) == set(URGENT)
    assert {sign.kind for sign in SIGNS.signs} == set(SIGNS.kinds)
    assert len(set(URGENT.values())) == len(URGENT)


def test_row_names_are_unique() -> None:
    for names in (
        [row.name for row in SIGNS.signs],
        [row.name for row in PERSONAL.patterns],
        [row.name for row in SCOPE.off_topic],
    ):
        assert len(set(names)) == len(names)


SOOTHING = re.compile(
    r"\b(?:don't worry|no need to worry|usually harmless|probably|nothing serious|normal|"
    r"common|will pass|be fine|is fine|mild|relax|rare)\b"
)
COUNTRIES = re.compile(
    r"European Union|United Kingdom|United States|Canada|Australia|Ireland", re.IGNORECASE
)
NUMBER = re.compile(r"\b\d[\d -]{1,}\d\b")


@pytest.mark.parametrize("kind", URGENT)
def test_an_urgent_message_says_what_to_do_now_and_soothes_nobody(kind: str) -> None:
    message = URGENT[kind]
    assert not SOOTHING.search(message.lower())
    assert re.search(r"\bnow\b|\btoday\b", message)
    assert re.search(r"\b[Cc]all\b|\bContact\b", message)
    assert "{" not in message
    assert len(message.split()) <= 150


@pytest.mark.parametrize("kind", URGENT)
def test_a_telephone_number_stands_with_its_country(kind: str) -> None:
    """Within the clause, that is before the next semicolon, comma outside a list, or bracket."""
    message = URGENT[kind]
    numbers = [m for m in NUMBER.finditer(message) if m.group() != "20"]
    assert numbers
    for number in numbers:
        around = message[max(0, number.start() - 90) : number.end() + 60]
        assert COUNTRIES.search(around), number.group()


def test_the_kinds_differ_where_the_help_differs() -> None:
    assert "988" in URGENT["crisis"]
    assert "1-800-222-1222" in URGENT["poisoning"]
    assert "vomit" in URGENT["poisoning"]
    assert "water" in URGENT["chemical"]
    assert "Press" in URGENT["bleeding"]
    assert "midwife" in URGENT["pregnancy"]
    assert "vet" in URGENT["animal"].split()
    assert all("988" not in URGENT[kind] for kind in URGENT if kind != "crisis")


@pytest.mark.parametrize(
    ("name", "content", "form", "told"),
    [
        ("emergencies.yaml", "signs: [{name: x}]", SignTable, r"emergencies\.yaml: kinds"),
        ("personal.yaml", "lists: {}\npatterns: 3", PersonalTable, r"personal\.yaml: patterns"),
        ("scope.yaml", "about_hair: [", ScopeTable, r"scope\.yaml: expected a YAML table"),
    ],
)
def test_a_table_that_does_not_fit_its_form_is_named(
    name: str,
    content: str,
    form: type[SignTable | PersonalTable | ScopeTable],
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    (tmp_path / name).write_text(content)
    monkeypatch.setattr("assistant.tables._FOLDER", tmp_path)
    with pytest.raises(TablesInvalid, match=told):
        read_table(name, form)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"kind": "panic"}, "'x' has the kind 'panic'"),
        ({"patterns": ["{nowhere} hurts"]}, "'x' names the list 'nowhere'"),
        ({"patterns": ["(unclosed"]}, "'(unclosed' is no regular expression"),
        ({"unless": ["nowhere"]}, "'x' gives way to 'nowhere', which is no row"),
    ],
)
def test_a_row_that_names_what_is_not_there_is_refused(
    change: dict[str, object], told: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    row = {
        "name": "x",
        "kind": "medical",
        "weight": 3,
        "patterns": ["fever"],
        "urgent": ["I have a fever"],
        "not_urgent": ["no fever"],
    }
    content = {"kinds": ["medical"], "lists": {}, "after_treatment": [], "signs": [row | change]}
    (tmp_path / "emergencies.yaml").write_text(json.dumps(content))
    monkeypatch.setattr("assistant.tables._FOLDER", tmp_path)
    with pytest.raises(TablesInvalid, match=re.escape(told)):
        read_table("emergencies.yaml", SignTable)


def test_a_broken_message_table_is_named_when_it_is_first_looked_at(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "urgent.yaml").write_text("call: x\nmessages: {medical: 'go {there} now'}")
    monkeypatch.setattr("assistant.tables._FOLDER", tmp_path)
    messages = UrgentMessages()
    with pytest.raises(TablesInvalid, match=r"urgent\.yaml.*medical"):
        messages["medical"]


def test_no_common_word_is_taken_for_a_misspelling() -> None:
    """The model's vocabulary holds some 18,000 common words of five letters or more."""
    wording = Wording(SPELLING)
    tokenizer = json.loads((find_model(None).folder / "tokenizer.json").read_text("utf-8"))
    words = [w for w in tokenizer["model"]["vocab"] if re.fullmatch("[a-z]{5,}", w)]
    changed = {word for word in words if wording.corrected(word) != word} - {*SPELLING.words}
    assert len(words) > 15_000
    assert changed <= {"nothin", "bresters", "breuning", "abscessus"}
