"""The page that explains, in plain words, what each badge of a source means."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from assistant.web.page_frame import page_bar, page_end, page_head
from assistant.web.page_words import PAGE_WORDS, PageWords
from corpus.document import SourceType


@dataclass(frozen=True, slots=True)
class SourcesPage:
    """What the page says in one language; `advice` says what to make of each kind."""

    page: PageWords
    title: str
    lead: str
    marks: str
    advice: Mapping[SourceType, str]
    other: str


ENGLISH_SOURCES = SourcesPage(
    page=PAGE_WORDS["en"],
    title="What kind of source is this?",
    lead="Every quotation carries a badge with the kind of source that stands behind it. A "
    "quotation "
    "shows what somebody wrote, and the badge tells you how much weight their words can bear. "
    "The kinds stand here in the order in which they speak: the first one comes first in an "
    "answer.",
    marks="The sign on the badge says it in short: a filled circle for rules and for research that "
    "compares, a ring for research that does not, a square and a dashed line for advertising.",
    advice={
        SourceType.REGULATOR: "Trust it on what is allowed, and on warnings. That a treatment is "
        "allowed does not mean that it is the right one for you.",
        SourceType.GUIDELINE: "A good place to start. Look at its year: advice changes when new "
        "studies come out.",
        SourceType.SYSTEMATIC_REVIEW: "It shows what the studies say taken together. It can be no "
        "better than the studies that it found, and it says how good they were.",
        SourceType.CONTROLLED_TRIAL: "The best way to find out whether a treatment works. Ask how "
        "many people took part and for how long: in a small, short trial chance plays a part.",
        SourceType.UNCONTROLLED_STUDY: "It can show that something may be worth testing, and what "
        "went wrong. It can't show that the treatment was the cause: hair may grow back, or stop "
        "falling, by itself.",
        SourceType.LABORATORY_STUDY: "It helps to explain how something might work. Most things "
        "that work in a dish or in a mouse never help people.",
        SourceType.REGISTRY: "Use it to see whether a study exists, and what it set out to do. It "
        "is no sign that the treatment is safe.",
        SourceType.REFERENCE_WORK: "Useful to learn what words mean and how things work. For a "
        "decision, look at the sources that it names.",
        SourceType.PROFESSIONAL_BODY: "Its members know the field. Some of them also earn money "
        "with the treatments, so look for what it rests on.",
        SourceType.PRESS: "It may tell of real people and prices. One person's story says little "
        "about what will happen to you.",
        SourceType.CLINIC_MARKETING: "Read it to see what is being sold and for how much. Look for "
        "another source before you believe what it says about results or safety.",
        SourceType.UNCLASSIFIED: "Be as careful with it as with something that you found by "
        "chance.",
    },
    other='<a href="/sources?lang=es" lang="es" hreflang="es">Esta página en español</a>',
)
SPANISH_SOURCES = SourcesPage(
    page=PAGE_WORDS["es"],
    title="¿Qué clase de fuente es esta?",
    lead="Cada cita lleva una etiqueta con la clase de fuente que hay detrás. Una cita muestra "
    "lo que "
    "alguien escribió; la etiqueta le dice cuánto peso pueden tener sus palabras. Las clases están "
    "aquí en el orden en que hablan: la primera va primero en una respuesta.",
    marks="El signo de la etiqueta lo dice en breve: un círculo lleno para las normas y para los "
    "estudios que comparan, un anillo para los que no comparan, un cuadrado y una línea "
    "discontinua para la publicidad.",
    advice={
        SourceType.REGULATOR: "Confíe en ella sobre lo que está permitido y sobre las "
        "advertencias. "
        "Que un tratamiento esté permitido no significa que sea el adecuado para usted.",
        SourceType.GUIDELINE: "Un buen comienzo. Mire el año: las recomendaciones cambian cuando "
        "salen estudios nuevos.",
        SourceType.SYSTEMATIC_REVIEW: "Muestra lo que dicen los estudios en conjunto. No puede ser "
        "mejor que los estudios que encontró, y dice cómo de buenos eran.",
        SourceType.CONTROLLED_TRIAL: "La mejor manera de saber si un tratamiento funciona. "
        "Pregunte "
        "cuántas personas participaron y cuánto tiempo: en un ensayo pequeño y corto influye el "
        "azar.",
        SourceType.UNCONTROLLED_STUDY: "Puede mostrar que algo merece probarse y qué salió mal. No "
        "puede mostrar que la causa fue el tratamiento: el cabello puede volver a crecer, o dejar "
        "de caer, por sí solo.",
        SourceType.LABORATORY_STUDY: "Ayuda a explicar cómo podría funcionar algo. La mayoría de "
        "lo "
        "que funciona en una placa o en un ratón nunca llega a ayudar a personas.",
        SourceType.REGISTRY: "Sirve para ver si un estudio existe y qué se propuso. No es señal de "
        "que el tratamiento sea seguro.",
        SourceType.REFERENCE_WORK: "Útil para saber qué significan las palabras y cómo funcionan "
        "las "
        "cosas. Para decidir, mire las fuentes que nombra.",
        SourceType.PROFESSIONAL_BODY: "Sus miembros conocen el campo. Algunos también ganan dinero "
        "con los tratamientos, así que mire en qué se basa.",
        SourceType.PRESS: "Puede hablar de personas y precios reales. La historia de una persona "
        "dice poco de lo que le pasará a usted.",
        SourceType.CLINIC_MARKETING: "Léala para ver qué se vende y por cuánto. Busque otra fuente "
        "antes de creer lo que dice de resultados o de seguridad.",
        SourceType.UNCLASSIFIED: "Tenga tanto cuidado como con algo que encontró por casualidad.",
    },
    other='<a href="/sources" lang="en" hreflang="en">This page in English</a>',
)


def render_sources(sources: SourcesPage) -> str:
    """A complete HTML page: each kind of source under an anchor of its own, strongest first."""
    kinds = "".join(_kind(kind, sources) for kind in SourceType)
    return f"""{page_head(sources.title, sources.page.words.language)}
<body>
{page_bar(sources.page)}
<main class="column">
<header class="head">
<h1>{escape(sources.title)}</h1>
<p>{escape(sources.lead)}</p>
<p>{escape(sources.marks)}</p>
<p class="other">{sources.other}</p>
</header>
<div class="kinds">{kinds}</div>
</main>
{page_end(sources.page)}
</body>
</html>
"""


def _kind(kind: SourceType, sources: SourcesPage) -> str:
    label = sources.page.words.sources[kind]
    return (
        f'<section id="{kind.value}" aria-labelledby="{kind.value}-badge">'
        f'<h2 class="badge badge-{kind.value}" id="{kind.value}-badge">'
        f'<span class="face">{escape(label.badge)}</span></h2>'
        f"<p>{escape(label.explanation)}</p><p>{escape(sources.advice[kind])}</p></section>"
    )
