"""Every fixed wording that a visitor may read, in one place.

Nothing here is medical information: it says what this assistant is, when to leave it, and whom to
ask instead. A telephone number never stands without the country that it belongs to.
"""

from collections.abc import Mapping

from assistant.reply import Label

DISCLAIMER = (
    "These are quotations from the documents named, not medical advice. "
    "Talk to a doctor or another qualified professional before you decide about your health."
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

NOT_ENGLISH = (
    "The documents here are in English only, and this question could not be matched with them. "
    "Please ask in English."
)

PERSONAL_ADVICE = (
    "This depends on you: your diagnosis, your health and your medicines. Only a doctor or another "
    "qualified professional who examines you can decide it. Do not start, stop or change a "
    "treatment because of what you read here."
)

GENERAL_STATEMENTS_FOLLOW = "What the documents say in general:"

ONLY_MARKETING = (
    "For this, the documents here have only the word of people who sell such treatments. What a "
    "seller claims is not proof. Ask a doctor who does not sell it."
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
}

_EMERGENCY_NUMBERS = (
    "Call your local emergency number (112 in the European Union, 999 or 112 in the "
    "United Kingdom, 911 in the United States and Canada)"
)

URGENT: Mapping[str, str] = {
    "medical": (
        "What you describe can be a medical emergency. Do not wait for an answer here. "
        f"{_EMERGENCY_NUMBERS} or go to the nearest emergency department now. "
        "Say which treatment or medicine was used, where on the body, and when."
    ),
    "poisoning": (
        "What you describe can be poisoning. Do not wait for symptoms and do not wait for an "
        "answer here. Call a poison centre or your local emergency number now (in the United "
        "States, Poison Help is 1-800-222-1222; in the European Union call 112; in the United "
        "Kingdom call 999, or 111 if the person seems well). Keep the package at hand and say "
        "what was taken, how much and when."
    ),
    "crisis": (
        "You do not have to be alone with this. If you might act on thoughts of ending your life, "
        f"or are not safe: {_EMERGENCY_NUMBERS[0].lower()}{_EMERGENCY_NUMBERS[1:]} now. "
        "You can talk to someone at any hour: call or text 988 in the United States, call 9-8-8 "
        "in Canada, call 116 123 (Samaritans) in the United Kingdom and Ireland; in another "
        "country ask the emergency number for a crisis line. If you can, tell someone near you."
    ),
    "pregnancy": (
        "Contact a doctor, midwife or pharmacist today, and do not take or handle any more of the "
        "medicine until you have spoken to one. Some hair-loss medicines can harm an unborn "
        "child. Say which medicine it was, how contact happened, and when. If there is bleeding "
        "or pain, call your local emergency number (112 in the European Union, 999 in the "
        "United Kingdom, 911 in the United States and Canada)."
    ),
}
