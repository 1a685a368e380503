"""What puts a question where the sentences lie that answer it.

An embedder puts a question beside what sounds like it. An encoder of the same shape, trained on
questions with judged sentences (`python -m assistant.training --stage queries`), puts it beside
what answers; the vectors of the documents stay those of the embedder, so that an index needs no
rebuilding and documents of any subject keep theirs.
"""

from pathlib import Path

from index.embedding import OnnxEmbedder
from index.export import checked_card

SHIPPED = Path(__file__).parent / "weights"


def query_encoder_for(embedder: str) -> OnnxEmbedder | None:
    """The encoder of this package where it was trained for the vectors of `embedder`, else None.

    `embedder` is an identity. Raises EmbedderFailure when the files are missing or altered.
    """
    return OnnxEmbedder(SHIPPED) if checked_card(SHIPPED)["documents"] == embedder else None
