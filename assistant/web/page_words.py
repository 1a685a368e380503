"""The words of the pages on which documents stand, in English and Spanish.

A document stays in its own language; what stands around it follows the language that is asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from assistant.web.spanish import SPANISH
from assistant.web.words import ENGLISH, Words

Language = Literal["en", "es"]


@dataclass(frozen=True, slots=True)
class PageWords:
    """One language. `{}` are places that the page fills in."""

    words: Words
    site: str
    chat: str
    close: str
    stuck: str
    absent: str
    absent_why: str
    wait: str
    wait_why: str
    not_ready: str
    not_ready_why: str
    broken: str
    broken_why: str
    again: str
    one_page: str
    pages: str
    download: str
    plain_text: str
    file_changed: str
    file_gone: str
    text_changed: str
    to_quotation: str
    quoted_words: str
    see_printed: str
    as_printed: str
    not_drawn: str
    picture: str
    printed: str
    marked: str
    place_unknown: str
    full_size: str
    source: str
    table: str


PAGE_WORDS: Mapping[Language, PageWords] = {
    "en": PageWords(
        words=ENGLISH,
        site="Site",
        chat="Open the chat",
        close="Back to the conversation",
        stuck="Your browser does not let a page close itself. Close this tab: "
        "your conversation is still open in the other one.",
        absent="There is nothing here",
        absent_why="This address leads to no page. A document may have been changed or taken out "
        "since it was quoted: ask your question again to see what the documents say now.",
        wait="Please wait a moment",
        wait_why="Many pages were asked for from your address in a short time. "
        "You can open this one in {} seconds.",
        not_ready="The assistant is not ready",
        not_ready_why="It is starting, or has too much to do at the moment. "
        "Please try again in a little while.",
        broken="Something went wrong",
        broken_why="The mistake is on our side. Please try again in a little while.",
        again="Open this page again",
        one_page="{} page",
        pages="{} pages",
        download="Download the original file",
        plain_text="plain text",
        file_changed="The original file, or what is recorded about it, has changed since this text "
        "was read from it, so it is not offered here. This is the text that is quoted.",
        file_gone="The original file is no longer there. This is its text as it was read, "
        "the text that is quoted.",
        text_changed="This document has changed since it was quoted, so nothing is marked in it. "
        "Ask your question again to see what it says now.",
        to_quotation="Go to the quoted words",
        quoted_words="Quoted words:",
        see_printed="See page {} as printed",
        as_printed="As printed",
        not_drawn="There is no picture of page {}, because it could not be drawn. "
        "The quoted words are marked in the text.",
        picture="Picture of page {}; its words stand in the text of this page.",
        printed="Page {} as printed.",
        marked="The quoted words are marked.",
        place_unknown="Where on the picture the quoted words stand is not known exactly, "
        "so nothing is marked on it; they are marked in the text.",
        full_size="Full size",
        source="Source {}: {}",
        table="Table {}",
    ),
    "es": PageWords(
        words=SPANISH,
        site="Sitio",
        chat="Abrir el chat (en inglés)",
        close="Volver a la conversación",
        stuck="Su navegador no deja que una página se cierre sola. Cierre esta pestaña: "
        "su conversación sigue abierta en la otra.",
        absent="Aquí no hay nada",
        absent_why="Esta dirección no lleva a ninguna página. Puede que un documento se haya "
        "cambiado o retirado desde que se citó: repita su pregunta para ver lo que dicen ahora "
        "los documentos.",
        wait="Espere un momento",
        wait_why="Se han pedido muchas páginas desde su dirección en poco tiempo. "
        "Podrá abrir esta dentro de {} segundos.",
        not_ready="El asistente no está listo",
        not_ready_why="Se está iniciando o tiene demasiado trabajo en este momento. "
        "Inténtelo de nuevo dentro de un rato.",
        broken="Algo ha fallado",
        broken_why="El error es nuestro. Inténtelo de nuevo dentro de un rato.",
        again="Volver a abrir esta página",
        one_page="{} página",
        pages="{} páginas",
        download="Descargar el archivo original",
        plain_text="texto sin formato",
        file_changed="El archivo original, o lo que consta sobre él, ha cambiado desde que se leyó "
        "este texto, así que no se ofrece aquí. Este es el texto que se cita.",
        file_gone="El archivo original ya no está. Este es su texto tal como se leyó, "
        "el texto que se cita.",
        text_changed="Este documento ha cambiado desde que se citó, así que no se marca nada en "
        "él. Repita su pregunta para ver lo que dice ahora.",
        to_quotation="Ir a las palabras citadas",
        quoted_words="Palabras citadas:",
        see_printed="Ver la página {} impresa",
        as_printed="Páginas impresas",
        not_drawn="No hay imagen de la página {} porque no se pudo dibujar. "
        "Las palabras citadas están marcadas en el texto.",
        picture="Imagen de la página {}; sus palabras están en el texto de esta página.",
        printed="Página {} tal como se imprimió.",
        marked="Las palabras citadas están marcadas.",
        place_unknown="No se sabe con exactitud en qué lugar de la imagen están las palabras "
        "citadas, así que no se marca nada en ella; están marcadas en el texto.",
        full_size="Tamaño completo",
        source="Fuente {}: {}",
        table="Tabla {}",
    ),
}
