"""What stands around the turns of a conversation: the bar, the opening, the log and the form.

`static/conversation.js` brings it to life by its `data-` marks, in the chat and in the widget.
"""

import json
from collections.abc import Mapping, Sequence
from html import escape

from assistant.disclaimer import DISCLAIMER
from assistant.web.schema import MAX_HISTORY_TURNS, MAX_QUESTION_CHARACTERS
from assistant.web.turns import render_ask_button
from assistant.web.words import ENGLISH, Words

_PRINTER = (
    '<path d="M7 9V3.5h10V9M7 17.5H4.5A1.5 1.5 0 0 1 3 16v-5.5A1.5 1.5 0 0 1 4.5 9h15'
    'a1.5 1.5 0 0 1 1.5 1.5V16a1.5 1.5 0 0 1-1.5 1.5H17M7 14.5h10v6H7z"/>'
)
_BUBBLE = '<path d="M4 5h16v11.5H9.5L5 20v-3.5H4zM12 8v5.5M9.25 10.75h5.5"/>'
_CROSS = '<path d="M6 6l12 12M18 6 6 18"/>'
# One picture for each trouble that `static/conversation.js` can be in.
_WAVES = "M2.5 9a14 14 0 0 1 19 0M6 13a9 9 0 0 1 12 0M9.5 16.5a4 4 0 0 1 5 0M12 20v.1"
_TROUBLES = {
    "offline": f'<path d="{_WAVES}M4 3l16 18"/>',
    "online": f'<path d="{_WAVES}"/>',
    "limited": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3.5 2"/>',
    "server": '<circle cx="12" cy="12" r="9"/><path d="M12 7.5V13M12 16.4v.1"/>',
}


def render_conversation(examples: Mapping[str, Sequence[str]]) -> str:
    """The chat's page, in English, with `examples` of questions by topic."""
    topics = "".join(_topic(*entry) for entry in examples.items())
    return f"""
<div class="chat" lang="en" data-words="{words_attribute(ENGLISH)}">
<div class="bar">
<p class="brand"><span class="mark" aria-hidden="true">&ldquo;</span>
<span>Stem cells for hair loss<span class="brand-more">: answers in quotations</span></span></p>
<div class="tools">{render_tools(ENGLISH)}</div>
</div>
<div class="page" data-page tabindex="0" role="region" aria-label="Questions and answers">
<div class="column">
<section class="opening" data-opening aria-labelledby="opening-title">
<h1 id="opening-title">What do the documents say about
<span class="together">stem-cell</span> therapy for hair loss?</h1>
<p class="lede">Every answer here is made only of sentences quoted word for word from its
documents, each with its source. If they do not answer a question, it says so.
<strong>This is not a doctor.</strong></p>
<h2 class="examples-title">Questions to start with</h2>
<div class="topics">{topics}</div>
</section>
{render_log(ENGLISH)}
</div>
</div>
{render_composer(ENGLISH)}
</div>
"""


def render_widget(starters: Sequence[str], words: Words) -> str:
    """The widget's page; the site that it stands on may put its own greeting and starters in."""
    buttons = "".join(f"<li>{render_ask_button(question, words)}</li>" for question in starters)
    return f"""
<main class="chat widget" data-words="{words_attribute(words)}">
<div class="bar">
<p class="brand"><span class="mark" aria-hidden="true">&ldquo;</span>
<span class="name">{escape(words.brand)}</span></p>
<div class="tools">{render_tools(words)}{_icon_button("close", words.close, _CROSS)}</div>
</div>
<div class="page" data-page tabindex="0" role="region" aria-label="{escape(words.answers)}">
<div class="column">
<section class="opening" data-opening aria-labelledby="opening-title">
<h1 id="opening-title" data-greeting tabindex="-1" dir="auto">{escape(words.greeting)}</h1>
<p class="lede">{escape(words.lede)} <strong>{escape(words.no_doctor)}</strong></p>
<h2 class="examples-title" data-starters-title>{escape(words.starters)}</h2>
<ul class="starters" data-starters>{buttons}</ul>
<p class="privacy">{escape(words.privacy)}</p>
<noscript><p class="problem">{escape(words.no_script)}</p></noscript>
</section>
{render_log(words)}
</div>
</div>
{render_composer(words)}
</main>
"""


def words_attribute(words: Words) -> str:
    """What the page's script says, as JSON that can stand in an attribute."""
    return escape(json.dumps(words.for_script(), ensure_ascii=False))


def render_tools(words: Words) -> str:
    """The buttons that act on the whole conversation, hidden until there is one."""
    return _icon_button("print", words.print, _PRINTER) + _icon_button("new", words.new, _BUBBLE)


def render_log(words: Words) -> str:
    """The place of the turns. A turn is added whole, so that it is announced whole and once."""
    return (
        f'<div class="log" data-log role="log" aria-label="{escape(words.conversation)}" '
        'aria-live="polite" aria-relevant="additions"></div>'
        '<p class="printed" data-printed></p>'
    )


def render_composer(words: Words) -> str:
    """The form, the trouble that a question is in, and the disclaimer that always stands."""
    icons = "".join(
        f'<svg viewBox="0 0 24 24" aria-hidden="true" data-icon="{kind}">{path}</svg>'
        for kind, path in _TROUBLES.items()
    )
    return f"""
<div class="composer">
<form class="column" data-form data-most="{MAX_QUESTION_CHARACTERS}"
data-most-turns="{MAX_HISTORY_TURNS}" novalidate>
<div class="trouble" data-trouble="">{icons}
<p class="problem" id="chat-problem" data-problem-line role="alert"></p>
<button type="button" class="quiet" data-retry hidden>{escape(words.retry)}</button>
</div>
<label class="hidden" for="chat-question">{escape(words.your_question)}</label>
<div class="field">
<textarea id="chat-question" data-input rows="1" dir="auto" autocomplete="off"
placeholder="{escape(words.placeholder)}" enterkeyhint="send"
aria-describedby="chat-problem chat-disclaimer"></textarea>
<button type="submit" class="send" data-send aria-label="{escape(words.send)}">
<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 19V5M5.5 11.5 12 5l6.5 6.5"/></svg>
</button>
</div>
<p class="standing" id="chat-disclaimer" data-standing>{escape(words.of(DISCLAIMER))}</p>
</form>
<p class="hidden" data-status role="status"></p>
</div>"""


def _icon_button(action: str, label: str, path: str) -> str:
    return (
        f'<button type="button" class="tool" data-{action} hidden aria-label="{escape(label)}" '
        f'title="{escape(label)}"><svg viewBox="0 0 24 24" aria-hidden="true">{path}</svg></button>'
    )


def _topic(topic: str, questions: Sequence[str]) -> str:
    buttons = "".join(f"<li>{render_ask_button(question)}</li>" for question in questions)
    return f'<section class="topic"><h3>{escape(topic)}</h3><ul>{buttons}</ul></section>'
