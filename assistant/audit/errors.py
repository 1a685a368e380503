"""What can go wrong when a reply is to be made again.

AssistantError
├── RecordMissing      there is no record of it that can be read
└── QuestionForeign    the question that is given is not the one of the record
"""

from assistant.errors import AssistantError


class RecordMissing(AssistantError):
    """The message says where the record was looked for and why it may not be there."""


class QuestionForeign(AssistantError):
    """The message repeats nothing of a question; it says what to give."""
