"""What can go wrong with an index.

IndexFailure
├── IndexMissing      none was built yet
├── IndexDamaged      files are missing or not what was written
├── IndexForeign      made by another embedder or another version of this program
├── IndexBusy         another process is building
├── IndexUnwritable   no permission, or no space left
└── EmbedderFailure   the model is missing, altered, or cannot be exported
"""


class IndexFailure(Exception):
    """Base of this package's errors; messages say what was found, expected, and what to do."""


class IndexMissing(IndexFailure):
    """There is no built index in the data folder."""


class IndexDamaged(IndexFailure):
    """The index on disk is not what was written."""


class IndexForeign(IndexFailure):
    """The index was made by another embedder or another version of this program."""


class IndexBusy(IndexFailure):
    """Another process is building the index."""


class IndexUnwritable(IndexFailure):
    """The data folder cannot be written; the index that was there goes on serving."""


class EmbedderFailure(IndexFailure):
    """The embedding model is missing, altered, or of a kind that cannot be used so."""
