"""What can go wrong in this package.

AssistantError
├── TablesInvalid      a table that a clinician edits does not fit its form
├── ModelInvalid       the files of a shipped model are missing or altered
└── NoIndexLoaded      a question came before there was an index to answer it from
"""


class AssistantError(Exception):
    """Base of this package's errors."""


class TablesInvalid(AssistantError):
    """The message names the file, the row and what was expected there."""


class ModelInvalid(AssistantError):
    """The message names the folder or the file, and what to do."""


class NoIndexLoaded(AssistantError):
    """Passes by itself, once an index is there."""
