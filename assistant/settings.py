"""Plain values; the only reader of the environment.

Every setting is an environment variable `HAIR_ASSISTANT_...`; command-line options win over them.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from assistant.web.embedding import embedding_origins

_ROOT = Path(__file__).resolve().parent.parent


def _listed(value: object) -> object:
    return value.replace(",", " ").split() if isinstance(value, str) else value


# In the environment a list is written with blanks or commas between its values.
_Origins = Annotated[
    tuple[str, ...], NoDecode, BeforeValidator(_listed), AfterValidator(embedding_origins)
]


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
    passages: int = Field(default=12, ge=1, le=200, description="Passages read for a question.")
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
        default=0.5, ge=0, le=1, description="Below this the best sentence is no answer."
    )
    support_threshold: float = Field(
        default=0.35, ge=0, le=1, description="Below this a sentence is not quoted beside the best."
    )
    audit: Literal["off", "hashes", "text"] = Field(
        default="off",
        description="Whether replies are recorded, with the question's hash or redacted text.",
    )
    audit_days: int = Field(default=30, ge=1, le=3650, description="How long records are kept.")
