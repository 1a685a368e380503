"""The words of the pages themselves, in English; `assistant/web/spanish.py` has the others.

A page's words are chrome: what stands around a reply. Quotations stay in the language of their
document, whatever the language of the page.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date

from assistant.disclaimer import (
    GENERAL_STATEMENTS_FOLLOW,
    IN_PART,
    NO_MORE,
    NOT_ENGLISH,
    ONLY_MARKETING,
)
from assistant.web.labels import SOURCE_LABELS, SourceLabel
from corpus.document import SourceType

# Documents and fixed wordings are in English (`assistant.disclaimer.NOT_ENGLISH`).
SOURCE_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class ScriptWords:
    """What `static/conversation.js` says. `{...}` are places that it fills in.

    `locale` is how it writes numbers and dates.
    """

    locale: str
    searching: str
    searching_status: str
    empty: str
    too_long: str
    offline: str
    online_again: str
    unreached: str
    late: str
    limited: str
    limited_over: str
    server: str
    refused: str
    wait: str
    copy: str
    copied: str
    not_copied: str
    question: str
    searched_for: str
    rests_on: str
    printed: str


@dataclass(frozen=True, slots=True)
class Words:
    """One language. `language` is its BCP 47 tag; `day` writes a date as people read it.

    `fixed` gives the wordings of `assistant.disclaimer` in this language, by their English text.
    """

    language: str
    day: Callable[[date], str]
    sources: Mapping[SourceType, SourceLabel]
    fixed: Mapping[str, str]

    you_asked: str
    searched_for: str
    headings: Mapping[str, str]
    general_follows: str
    section: str
    asked_there: str
    page: str
    reviewed: str
    cited_page: str
    cited_review: str
    sources_title: str
    sources_lead: str
    what_is_this: str
    kinds_explained: str
    quotation: str
    show: str
    show_detail: str
    new_tab: str
    answered_instead: str
    ask_also: str

    title: str
    brand: str
    new: str
    print: str
    close: str
    answers: str
    conversation: str
    greeting: str
    lede: str
    no_doctor: str
    privacy: str
    starters: str
    your_question: str
    placeholder: str
    send: str
    retry: str
    no_script: str
    script: ScriptWords

    def of(self, wording: str) -> str:
        """A fixed wording in this language; any other text as it is."""
        return self.fixed.get(wording, wording)

    def heading_of(self, wording: str, reason: str) -> str:
        """What stands above a fixed wording: its own, or else that of the `reason` for it."""
        return self.headings.get(wording) or self.headings.get(reason, "")

    def language_of(self, wording: str) -> str:
        """The language in which `of` gives a wording."""
        return self.language if wording in self.fixed else SOURCE_LANGUAGE

    def for_script(self) -> dict[str, str]:
        """The words of the page's script."""
        return asdict(self.script)


def day(date: date) -> str:
    """`date` as people read it, "24 November 2026"."""
    return f"{date.day} {date:%B %Y}"


ENGLISH = Words(
    language="en",
    day=day,
    sources=SOURCE_LABELS,
    fixed={},
    you_asked="You asked: ",
    searched_for="Searched for: ",
    headings={
        "empty_question": "There is no question yet",
        "off_topic": "Outside what these documents cover",
        "no_evidence": "The documents do not answer this",
        NO_MORE: "Nothing more to quote",
        NOT_ENGLISH: "Please ask in English",
        "personal_advice": "A question for your doctor",
        "emergency": "Get help now",
        ONLY_MARKETING: "Only sellers say this",
        IN_PART: "Not all that you asked is answered",
    },
    general_follows=GENERAL_STATEMENTS_FOLLOW,
    section="Section: {}",
    asked_there="The document asks: {}",
    page="Page {}",
    reviewed="Reviewed",
    cited_page="page {}",
    cited_review="reviewed {}",
    sources_title="Sources",
    sources_lead="Sources:",
    what_is_this=": what is this?",
    kinds_explained="All kinds of sources explained",
    quotation="Quotation {}: ",
    show="Show in the document",
    show_detail=" (quotation {}, opens a new tab)",
    new_tab=" (opens a new tab)",
    answered_instead="The documents do answer:",
    ask_also="You could also ask:",
    title="Stem-cell therapy for hair loss: answers in quotations",
    brand="Answers in quotations",
    new="New conversation",
    print="Print this conversation",
    close="Close",
    answers="Questions and answers",
    conversation="Conversation",
    greeting="What would you like to know about stem-cell therapy for hair loss?",
    lede="Every answer is made only of sentences quoted word for word from documents, "
    "each with its source. If they do not answer a question, it says so.",
    no_doctor="This is not a doctor.",
    privacy="What you type is not stored.",
    starters="Questions to start with",
    your_question="Your question",
    placeholder="Ask a question…",
    send="Ask",
    retry="Try again",
    no_script="This page needs JavaScript to ask questions.",
    script=ScriptWords(
        locale="en-GB",
        searching="Searching the documents…",
        searching_status="Searching the documents.",
        empty="Please type a question first.",
        too_long="Your question has {found} characters; at most {most} are read. "
        "Please shorten it.",
        offline="You are offline. Your question is kept; please try again when you are connected.",
        online_again="You are online again.",
        unreached="No answer came back: the assistant could not be reached. "
        "Please check your connection and try again.",
        late="No answer came in time. Your question is kept; please try again.",
        limited="Many questions came in a short time. Your question is kept; "
        "you can ask it again in {wait}.",
        limited_over="You can ask again now.",
        server="The assistant is not working at the moment. Your question is kept; "
        "please try again in a little while.",
        refused="This question could not be read. Please put it in other words.",
        wait="{seconds} seconds",
        copy="Copy",
        copied="Copied",
        not_copied="Could not copy",
        question="Question",
        searched_for="Searched for",
        rests_on="Rests on",
        printed="{title}. Printed on {day} from {address}",
    ),
)
