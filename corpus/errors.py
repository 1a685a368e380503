"""What can go wrong while files become documents.

CorpusError
├── DocumentRefused      one file cannot be read; the others go on
├── CorpusUnreadable     the folder itself cannot be read
└── HandoutInvalid       a Markdown master cannot become a printed handout
"""


class CorpusError(Exception):
    """Base of this package's errors."""


class DocumentRefused(CorpusError):
    """One file cannot become a document.

    The message is shown to people: what was found, what was expected, what to do.
    `code` is stable and short: `encrypted`, `no_text`, `damaged`, `empty`, `too_large`,
    `timed_out`, `invalid_metadata`, `unknown_reference`, `duplicate_id`, `unreadable`.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def __reduce__(self) -> tuple[type["DocumentRefused"], tuple[str, str]]:
        return type(self), (self.code, self.message)


class CorpusUnreadable(CorpusError):
    """The folder of documents is missing, is no folder, or may not be read."""


class HandoutInvalid(CorpusError):
    """A master or the data of its figure cannot become a handout; the message says what to do."""
