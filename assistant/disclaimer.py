"""Every fixed wording that a visitor may read, in one place.

Nothing here is medical information: it says what this assistant is, when to leave it, and whom to
ask instead. A telephone number never stands without the country that it belongs to.
"""

from collections.abc import Mapping

from assistant.reply import Label
from assistant.safety.messages import UrgentMessages

DISCLAIMER = (
    "These are quotations from the documents named, not medical advice. "
    "Talk to a doctor or another qualified professional before you decide about your health."
)

# Under an urgent message nothing is quoted, and there is nothing to think over first.
URGENT_DISCLAIMER = (
    "This is fixed safety information, not medical advice, and this assistant cannot get help for "
    "you. Act on it now, and follow what the doctors or other professionals who help you say."
)

EMPTY_QUESTION = "Please type a question about hair loss or its treatments."

OFF_TOPIC = (
    "This assistant only answers questions about hair loss and about stem-cell therapy and other "
    "treatments for it. Nothing was quoted, because the documents here do not cover this."
)

NO_EVIDENCE = (
    "The documents here do not answer this, so nothing is quoted. "
    "That does not mean the answer is yes or no; ask a doctor or another qualified professional."
)

NO_MORE = (
    "The documents here say no more about this that is sure enough to be quoted. Each quotation "
    "above names its source, where you can read on."
)

NOT_ENGLISH = (
    "In an emergency call your local emergency number, for example 112, 911 or 999. The documents "
    "here are in English only, and this question could not be matched with them. Please ask in "
    "English."
)

PERSONAL_ADVICE = (
    "This depends on you: your diagnosis, your health and your medicines. Only a doctor or another "
    "qualified professional who examines you can decide it. Do not start, stop or change a "
    "treatment because of what you read here."
)

GENERAL_STATEMENTS_FOLLOW = "What the documents say in general:"

ONLY_MARKETING = (
    "What answers this in the documents here rests only on the word of people who sell such "
    "treatments. What a seller claims is not proof. Ask a doctor who does not sell it."
)

IN_PART = (
    "You asked more than one thing. For a part of it no sentence was found here that clearly "
    "answers it. Ask that part again by itself, or ask a professional."
)

# The words beside a quotation, by what they are about.
LABELS: Mapping[Label, str] = {
    Label.RETRACTED: "Retracted: a study named here was withdrawn. Do not rely on it.",
    Label.SOURCES_DIFFER: "Sources differ: another source gives a different number.",
    Label.COUNTERWEIGHT: "For balance: what is not known, or what can go wrong.",
    Label.NOT_IN_PEOPLE: "Seen in a laboratory or in animals, not in people.",
    Label.NO_COMPARISON: "Measured before and after, without a comparison group.",
    Label.REVIEW_OVERDUE: "Past its review date: this may be out of date.",
    Label.PRICE_DATED: "This price may have changed since the document was reviewed.",
    Label.RULE_DATED: "Rules may have changed since the document was reviewed.",
    Label.UNDATED: "The document does not say when it was last reviewed.",
}

# By the kind of emergency: the table `urgent.yaml`.
URGENT: Mapping[str, str] = UrgentMessages()
