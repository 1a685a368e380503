from pathlib import Path

import pytest
from pydantic import ValidationError

from assistant.settings import Settings

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"HAIR_ASSISTANT_{name.upper()}", raising=False)


def test_the_defaults_are_those_of_the_contract() -> None:
    settings = Settings()
    assert (settings.host, settings.port) == ("127.0.0.1", 7860)
    assert settings.corpus == ROOT / "corpus" / "documents"
    assert settings.data == ROOT / "var"
    assert settings.model is None


def test_the_environment_wins_over_defaults_and_arguments_win_over_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HAIR_ASSISTANT_PORT", "8000")
    monkeypatch.setenv("HAIR_ASSISTANT_CORPUS", "documents")
    assert Settings().port == 8000
    assert Settings().corpus == Path("documents")
    assert Settings(port=9000).port == 9000


def test_an_empty_variable_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.setenv(f"HAIR_ASSISTANT_{name.upper()}", "")
    assert Settings().model_fields_set == set()
    assert Settings().corpus == ROOT / "corpus" / "documents"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "http"),
        ("PASSAGES", "0"),
        ("PASSAGES", "201"),
        ("ANSWER_THRESHOLD", "1.5"),
        ("SUPPORT_THRESHOLD", "-0.1"),
        ("AUDIT", "on"),
        ("AUDIT_DAYS", "0"),
        ("AUDIT_DAYS", "for ever"),
        ("WORKERS", "0"),
        ("TRUSTED_PROXIES", "*"),
        ("TRUSTED_PROXIES", "10.0.0.1, proxy"),
        ("METRICS_READERS", "everybody"),
        ("QUESTIONS_PER_VISITOR", "many"),
        ("SECONDS_PER_REQUEST", "0"),
        ("EMBED_ORIGINS", "*"),
        ("EMBED_ORIGINS", "https://clinic.example/page"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"HAIR_ASSISTANT_{name}", value)
    with pytest.raises(ValidationError, match=name.lower()):
        Settings()


def test_sites_that_may_embed_the_widget_are_listed_with_blanks_or_commas(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert Settings().embed_origins == ()
    sites = "https://Clinic.example, https://www.clinic.example https://clinic.example/"
    monkeypatch.setenv("HAIR_ASSISTANT_EMBED_ORIGINS", sites)
    expected = ("https://clinic.example", "https://www.clinic.example")
    assert Settings().embed_origins == expected


def test_replies_are_recorded_only_where_that_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert (Settings().audit, Settings().audit_days) == ("off", 30)
    monkeypatch.setenv("HAIR_ASSISTANT_AUDIT", "hashes")
    assert Settings().audit == "hashes"


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().port = 1


def test_networks_are_listed_with_blanks_or_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAIR_ASSISTANT_TRUSTED_PROXIES", "10.0.0.1, 172.16.0.0/12 ::1")
    found = [str(network) for network in Settings().trusted_proxies]
    assert found == ["10.0.0.1/32", "172.16.0.0/12", "::1/128"]


def test_a_limit_can_be_chosen_or_turned_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAIR_ASSISTANT_QUESTIONS_PER_VISITOR", "5/minute; 50/day")
    monkeypatch.setenv("HAIR_ASSISTANT_QUESTIONS_IN_TOTAL", "off")
    limits = Settings().limits
    assert limits.questions_per_visitor == "5/minute; 50/day"
    assert limits.questions_in_total == "off"


def test_how_it_is_served_is_no_part_of_what_answers_depend_on() -> None:
    served = Settings(port=9000, workers=3, questions_per_visitor="1/day")
    assert served.of_answers() == Settings().of_answers()
    assert Settings(passages=3).of_answers() != Settings().of_answers()
