"""Plain values; the only reader of the environment.

Every setting but one (`PROMETHEUS_MULTIPROC_DIR`) is an environment variable `HAIR_ASSISTANT_...`;
command-line options win over them.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from assistant.web.bounds import Limits, Pace, rates
from assistant.web.embedding import embedding_origins
from assistant.web.networks import Network, networks

_ROOT = Path(__file__).resolve().parent.parent


def _listed(value: object) -> object:
    return value.replace(",", " ").split() if isinstance(value, str) else value


# In the environment a list is written with blanks or commas between its values.
_Origins = Annotated[
    tuple[str, ...], NoDecode, BeforeValidator(_listed), AfterValidator(embedding_origins)
]
_Networks = Annotated[
    tuple[Network, ...], NoDecode, BeforeValidator(lambda value: networks(_listed(value)))
]


def _readable(rate: str) -> str:
    rates(rate)
    return rate


_Rate = Annotated[str, AfterValidator(_readable)]
_OF_LIMITS, _OF_PACE = Limits(), Pace()
# Where, how and for whom it is served; the rest is what answers depend on.
_NOT_OF_ANSWERS = {
    "host",
    "port",
    "corpus",
    "data",
    "embed_origins",
    "workers",
    "trusted_proxies",
    "metrics_readers",
    "metrics_folder",
    "questions_per_visitor",
    "questions_in_total",
    "requests_per_visitor",
    "answered_at_once",
    "questions_waiting",
    "seconds_per_request",
    "audit",
    "audit_days",
}


class Settings(BaseSettings):
    """What an operator can choose. `app.py` turns these values into objects."""

    model_config = SettingsConfigDict(
        env_prefix="HAIR_ASSISTANT_",
        env_ignore_empty=True,
        frozen=True,
        extra="ignore",
        protected_namespaces=(),
    )

    host: str = "127.0.0.1"
    port: int = Field(default=7860, ge=1, le=65535)
    corpus: Path = _ROOT / "corpus" / "documents"
    data: Path = _ROOT / "var"
    model: str | None = Field(
        default=None,
        description="A sentence-transformers model by name or folder; None for all-MiniLM-L6-v2.",
    )
    embed_origins: _Origins = Field(
        default=(), description="Sites that may show the widget, beside our own."
    )
    workers: int = Field(default=1, ge=1, le=64, description="Processes that answer.")
    trusted_proxies: _Networks = Field(
        default=(), description="Addresses whose X-Forwarded-For says who the visitor is."
    )
    metrics_readers: _Networks = Field(
        default=networks(("127.0.0.0/8", "::1")), description="Who may read /metrics."
    )
    metrics_folder: Path | None = Field(
        default=None,
        validation_alias="PROMETHEUS_MULTIPROC_DIR",
        description="Where several workers put their counts, so that they can be added up.",
    )
    questions_per_visitor: _Rate = _OF_LIMITS.questions_per_visitor
    questions_in_total: _Rate = _OF_LIMITS.questions_in_total
    requests_per_visitor: _Rate = _OF_LIMITS.requests_per_visitor
    answered_at_once: int = Field(default=_OF_PACE.at_once, ge=1, le=64)
    questions_waiting: int = Field(default=_OF_PACE.waiting, ge=0)
    seconds_per_request: float = Field(default=_OF_PACE.seconds, ge=0.1, le=3600)
    passages: int = Field(
        default=40, ge=1, le=200, description="Passages whose sentences are weighed."
    )
    review_months: int = Field(
        default=24, ge=1, description="Months after its review before a document is labelled."
    )
    price_months: int = Field(
        default=12, ge=1, description="Months after the review before a price is labelled."
    )
    rule_months: int = Field(
        default=12, ge=1, description="Months after the review before a rule or law is labelled."
    )
    answer_threshold: float = Field(
        default=0.7,
        ge=0,
        le=1,
        description="As probable it must be that the documents answer, for an answer.",
    )
    support_threshold: float = Field(
        default=0.2, ge=0, le=1, description="Below this a sentence is not quoted beside the best."
    )
    audit: Literal["off", "hashes", "text"] = Field(
        default="off",
        description="Whether replies are recorded, with the question's hash or redacted text.",
    )
    audit_days: int = Field(default=30, ge=1, le=3650, description="How long records are kept.")

    @property
    def limits(self) -> Limits:
        """How much may be asked, in each worker."""
        return Limits(
            self.questions_per_visitor, self.questions_in_total, self.requests_per_visitor
        )

    @property
    def pace(self) -> Pace:
        """How much is answered at once, in each worker."""
        return Pace(self.answered_at_once, self.questions_waiting, self.seconds_per_request)

    def of_answers(self) -> dict[str, object]:
        """The settings that answers depend on, as JSON values."""
        return self.model_dump(mode="json", exclude=_NOT_OF_ANSWERS)
