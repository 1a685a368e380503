"""Questions as the assistant that is served searches them."""

from collections.abc import Sequence

from assistant.answering import Assistant
from assistant.conversation import Turn
from assistant.querying import Query
from assistant.settings import Settings
from assistant.training.topics import Topic
from assistant.vocabulary import Vocabulary
from index.storage import Index
from tests.evaluation.watching import served_assistant


class Queries:
    """The queries of the assistant over `index`."""

    def __init__(self, index: Index) -> None:
        self._assistant: Assistant = served_assistant(index, Settings())[0]
        self._vocabulary = Vocabulary.shipped()

    def of(self, question: str, history: Sequence[Turn] = ()) -> Query:
        """The query for `question` after `history`, oldest turn first."""
        return self._assistant.query(question, history)

    def of_topic(self, topic: Topic) -> Query:
        """The query for a question of the evaluation set."""
        return self.of(topic.question, topic.turns(self._vocabulary))
