"""The words of the pages in Spanish. Quotations are not translated: they are quotations."""

from datetime import date

from assistant.disclaimer import (
    DISCLAIMER,
    EMPTY_QUESTION,
    IN_PART,
    LABELS,
    NO_EVIDENCE,
    NO_MORE,
    NOT_ENGLISH,
    OFF_TOPIC,
    ONLY_MARKETING,
    PERSONAL_ADVICE,
    URGENT,
    URGENT_DISCLAIMER,
)
from assistant.reply import Label
from assistant.web.labels import SourceLabel
from assistant.web.words import ScriptWords, Words
from corpus.document import SourceType

_MONTHS = (
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
)

_CALL = (
    "llame al número de emergencias de su país (112 en la Unión Europea, 999 o 112 en el Reino "
    "Unido, 911 en Estados Unidos y Canadá, 000 en Australia)"
)


def spanish_day(day: date) -> str:
    """A date as people read it, "24 de noviembre de 2026"."""
    return f"{day.day} de {_MONTHS[day.month - 1]} de {day.year}"


_SOURCES = {
    SourceType.REGULATOR: SourceLabel(
        "Autoridad reguladora",
        "Un organismo público que decide qué tratamientos pueden venderse y cómo, como la Food and "
        "Drug Administration de Estados Unidos.",
    ),
    SourceType.GUIDELINE: SourceLabel(
        "Guía médica",
        "Recomendaciones para médicos que un grupo de expertos acordó después de valorar los "
        "estudios.",
    ),
    SourceType.SYSTEMATIC_REVIEW: SourceLabel(
        "Revisión de estudios",
        "Se buscaron con un método fijo todos los estudios sobre una pregunta y se valoraron sus "
        "resultados en conjunto.",
    ),
    SourceType.CONTROLLED_TRIAL: SourceLabel(
        "Ensayo con grupo de control",
        "Un estudio en personas que comparó un tratamiento con un placebo, con ningún tratamiento "
        "o con otro tratamiento.",
    ),
    SourceType.UNCONTROLLED_STUDY: SourceLabel(
        "Estudio sin comparación",
        "Se trató y siguió a personas, pero no se las comparó con otras sin tratar, así que un "
        "cambio pudo tener otras causas.",
    ),
    SourceType.LABORATORY_STUDY: SourceLabel(
        "Estudio de laboratorio",
        "Hecho en células, tejidos o animales. Lo que ocurre allí puede no ocurrir en personas.",
    ),
    SourceType.REGISTRY: SourceLabel(
        "Registro de estudios",
        "Una lista pública de estudios previstos o en marcha. Figurar en ella no significa que un "
        "estudio esté aprobado ni que el tratamiento funcione.",
    ),
    SourceType.REFERENCE_WORK: SourceLabel(
        "Texto de referencia",
        "Información general que resume lo que se sabe. No es un estudio propio.",
    ),
    SourceType.PROFESSIONAL_BODY: SourceLabel(
        "Asociación profesional",
        "Una asociación de médicos o científicos, que habla por sus miembros.",
    ),
    SourceType.PRESS: SourceLabel(
        "Noticia de prensa",
        "Escrita por periodistas. Puede informar de investigaciones, pero no es una.",
    ),
    SourceType.CLINIC_MARKETING: SourceLabel(
        "Publicidad de una clínica",
        "Escrita por quien vende el tratamiento. Lo que se afirma aquí no es una prueba.",
    ),
    SourceType.UNCLASSIFIED: SourceLabel(
        "Fuente sin clasificar",
        "Nadie ha anotado qué clase de fuente es. Mire quién la escribió.",
    ),
}

_FIXED = {
    DISCLAIMER: (
        "Son citas de los documentos nombrados, no consejo médico. Hable con un médico u otro "
        "profesional cualificado antes de decidir sobre su salud."
    ),
    URGENT_DISCLAIMER: (
        "Esta es información de seguridad fija, no consejo médico, y este asistente no puede pedir "
        "ayuda por usted. Actúe ahora según ella y haga caso a los médicos u otros profesionales "
        "que le atiendan."
    ),
    EMPTY_QUESTION: (
        "Escriba una pregunta sobre la caída del cabello o sus tratamientos, por favor."
    ),
    OFF_TOPIC: (
        "Este asistente solo responde preguntas sobre la caída del cabello y sobre la terapia con "
        "células madre y otros tratamientos para ella. No se cita nada porque los documentos no "
        "tratan este tema."
    ),
    NO_EVIDENCE: (
        "Los documentos no responden a esto, así que no se cita nada. Eso no significa que la "
        "respuesta sea sí ni que sea no; pregunte a un médico u otro profesional cualificado."
    ),
    NO_MORE: (
        "Los documentos no dicen nada más sobre esto que sea lo bastante seguro para citarlo. Cada "
        "cita anterior nombra su fuente, donde puede seguir leyendo."
    ),
    NOT_ENGLISH: (
        "En una emergencia, llame al número de emergencias de su país, por ejemplo 112, 911 o 999. "
        "Los documentos están solo en inglés y esta pregunta no se pudo relacionar con ellos. "
        "Pregunte en inglés, por favor."
    ),
    PERSONAL_ADVICE: (
        "Esto depende de usted: de su diagnóstico, su salud y sus medicamentos. Solo puede "
        "decidirlo un médico u otro profesional cualificado que le examine. No empiece, deje ni "
        "cambie un tratamiento por lo que lea aquí."
    ),
    ONLY_MARKETING: (
        "Lo que responde a esto en los documentos se basa solo en la palabra de quienes venden "
        "estos tratamientos. Lo que afirma un vendedor no es una prueba. Pregunte a un médico que "
        "no lo venda."
    ),
    IN_PART: (
        "Ha preguntado más de una cosa. Para una parte no se encontró aquí ninguna frase que la "
        "responda con claridad. Pregunte esa parte por separado o consulte a un profesional."
    ),
    LABELS[Label.RETRACTED]: (
        "Retractado: un estudio que se nombra aquí fue retirado. No se fíe de él."
    ),
    LABELS[Label.SOURCES_DIFFER]: "Las fuentes difieren: otra fuente da otra cifra.",
    LABELS[Label.COUNTERWEIGHT]: "Para equilibrar: lo que no se sabe o lo que puede salir mal.",
    LABELS[Label.NOT_IN_PEOPLE]: "Visto en el laboratorio o en animales, no en personas.",
    LABELS[Label.NO_COMPARISON]: "Medido antes y después, sin un grupo de comparación.",
    LABELS[Label.REVIEW_OVERDUE]: ("Pasó su fecha de revisión: puede estar desactualizado."),
    LABELS[Label.PRICE_DATED]: (
        "Este precio puede haber cambiado desde que se revisó el documento."
    ),
    LABELS[Label.RULE_DATED]: (
        "Las normas pueden haber cambiado desde que se revisó el documento."
    ),
    LABELS[Label.UNDATED]: "El documento no dice cuándo se revisó por última vez.",
    URGENT["medical"]: (
        "Lo que describe puede ser una emergencia médica. No espere una respuesta aquí: "
        f"{_CALL} o vaya ahora mismo al servicio de urgencias más cercano. No conduzca si nota que "
        "se va a desmayar, está confuso o se siente muy mal. Diga qué tratamiento o medicamento "
        "se usó, en qué parte del cuerpo y cuándo."
    ),
    URGENT["breathing"]: (
        "Lo que describe puede ser una reacción alérgica grave, un coágulo en los pulmones o una "
        f"emergencia del corazón. No espere una respuesta aquí: {_CALL} ahora mismo. Si a la "
        "persona le recetaron un autoinyector de adrenalina, úselo ahora. Siéntese si cuesta "
        "respirar; túmbese si va a desmayarse. No conduzca. Diga qué tratamiento o medicamento se "
        "usó, en qué parte del cuerpo y cuándo."
    ),
    URGENT["stroke"]: (
        f"Lo que describe puede ser un ictus. Cada minuto cuenta: {_CALL} ahora mismo, aunque "
        "mejore. Anote a qué hora empezó. No conduzca, y no coma, no beba ni tome ningún "
        "medicamento. Diga qué tratamiento o medicamento se usó, en qué parte del cuerpo y cuándo."
    ),
    URGENT["sight"]: (
        "Un cambio repentino de la vista es una emergencia, con dolor o sin él. No espere una "
        f"respuesta aquí: {_CALL} o pida que le lleven ahora mismo al servicio de urgencias más "
        "cercano. No conduzca. Diga qué se inyectó o se usó, en qué parte de la cara o la cabeza y "
        "cuándo."
    ),
    URGENT["bleeding"]: (
        "Apriete con firmeza sobre el lugar con un paño limpio y siga apretando sin levantarlo "
        f"para mirar. No espere una respuesta aquí: {_CALL} o vaya ahora mismo al servicio de "
        "urgencias más cercano. Diga qué tratamiento se hizo, cuándo, y si se tomó un "
        "anticoagulante o aspirina."
    ),
    URGENT["chemical"]: (
        "Lave ahora mismo con mucha agua corriente limpia y templada, al menos 20 minutos: si es "
        "un ojo, mantenga los párpados abiertos y quite la lentilla; si es la piel, quite todo lo "
        "que tenga el producto. No frote ni ponga nada más encima. Después, o mientras otra "
        f"persona lava, {_CALL} o vaya al servicio de urgencias más cercano. Lleve el envase y "
        "diga qué era y cuándo ocurrió."
    ),
    URGENT["poisoning"]: (
        "Lo que describe puede ser una intoxicación. No espere a tener síntomas, no espere una "
        "respuesta aquí y no haga vomitar a la persona. Llame ahora mismo a un centro de "
        "toxicología o al número de emergencias de su país (en Estados Unidos, Poison Help es el "
        "1-800-222-1222; en Australia, el Poisons Information Centre es el 13 11 26; en la Unión "
        "Europea llame al 112; en el Reino Unido llame al 999, o al 111 si la persona parece estar "
        "bien). Si la persona está adormilada, tiene convulsiones o respira mal, llame primero al "
        "número de emergencias. Tenga a mano el envase y diga qué se tomó, cuánto y cuándo. Si se "
        "tomó a propósito, quédese con la persona."
    ),
    URGENT["animal"]: (
        "Lo que describe puede ser una intoxicación. Llame ahora mismo a un veterinario o a una "
        "clínica de urgencias para animales y no espere a ver síntomas (en Estados Unidos, ASPCA "
        "Animal Poison Control es el 1-888-426-4435; en el Reino Unido, Animal PoisonLine es el "
        "01202 509000; ambos pueden cobrar). No haga vomitar al animal si el veterinario no lo "
        "dice. Tenga a mano el envase y diga qué era, cuánto y cuándo. Si una persona también pudo "
        f"tragarlo, {_CALL}."
    ),
    URGENT["crisis"]: (
        "No tiene que pasar por esto a solas. Si podría actuar según la idea de quitarse la vida, "
        f"o no está a salvo: {_CALL} ahora mismo. Puede hablar con alguien a cualquier hora: llame "
        "o envíe un mensaje al 988 en Estados Unidos, llame o envíe un mensaje al 9-8-8 en Canadá, "
        "llame al 116 123 (Samaritans) en el Reino Unido e Irlanda, llame al 13 11 14 (Lifeline) "
        "en Australia; en otro país pregunte al número de emergencias por una línea de atención en "
        "crisis. Si puede, dígaselo ahora a alguien cercano y aléjese de todo con lo que pueda "
        "hacerse daño. Si se trata de otra persona, quédese con ella y llame usted."
    ),
    URGENT["pregnancy"]: (
        "Póngase en contacto hoy mismo con un médico, una matrona o un farmacéutico, y no tome ni "
        "toque más el medicamento hasta haber hablado con uno de ellos. Lave lo que tocó la piel. "
        "Algunos medicamentos contra la caída del cabello pueden dañar al feto. Diga qué "
        "medicamento fue, cómo ocurrió el contacto, cuándo, y de cuánto es el embarazo. Si hay "
        f"sangrado o dolor, {_CALL} ahora mismo."
    ),
}

SPANISH = Words(
    language="es",
    day=spanish_day,
    sources=_SOURCES,
    fixed=_FIXED,
    you_asked="Usted preguntó: ",
    searched_for="Se buscó: ",
    headings={
        "empty_question": "Aún no hay ninguna pregunta",
        "off_topic": "Fuera de lo que tratan estos documentos",
        "no_evidence": "Los documentos no responden a esto",
        NO_MORE: "No hay más que citar",
        NOT_ENGLISH: "Pregunte en inglés, por favor",
        "personal_advice": "Una pregunta para su médico",
        "emergency": "Busque ayuda ahora",
        ONLY_MARKETING: "Solo lo dicen quienes lo venden",
        IN_PART: "No se responde a todo lo que preguntó",
    },
    general_follows="Lo que dicen los documentos en general:",
    section="Sección: {}",
    asked_there="El documento pregunta: {}",
    page="Página {}",
    reviewed="Revisado el",
    cited_page="página {}",
    cited_review="revisado el {}",
    sources_title="Fuentes",
    sources_lead="Fuentes:",
    what_is_this=": ¿qué es esto?",
    kinds_explained="Todas las clases de fuentes, explicadas",
    quotation="Cita {}: ",
    show="Ver en el documento",
    show_detail=" (cita {}, se abre en otra pestaña)",
    new_tab=" (se abre en otra pestaña)",
    answered_instead="Los documentos sí responden a:",
    ask_also="También puede preguntar:",
    title="Terapia con células madre para la caída del cabello: respuestas en citas",
    brand="Respuestas en citas",
    new="Nueva conversación",
    print="Imprimir esta conversación",
    close="Cerrar",
    answers="Preguntas y respuestas",
    conversation="Conversación",
    greeting="¿Qué quiere saber sobre la terapia con células madre para la caída del cabello?",
    lede="Cada respuesta consta solo de frases citadas palabra por palabra de documentos, cada una "
    "con su fuente. Los documentos están en inglés: pregunte en inglés, por favor.",
    no_doctor="Esto no es un médico.",
    privacy="Lo que escribe no se guarda.",
    starters="Preguntas para empezar",
    your_question="Su pregunta",
    placeholder="Pregunte en inglés…",
    send="Preguntar",
    retry="Intentar de nuevo",
    no_script="Esta página necesita JavaScript para hacer preguntas.",
    script=ScriptWords(
        locale="es",
        searching="Buscando en los documentos…",
        searching_status="Buscando en los documentos.",
        empty="Escriba primero una pregunta, por favor.",
        too_long="Su pregunta tiene {found} caracteres; se leen como máximo {most}. "
        "Acórtela, por favor.",
        offline="No tiene conexión. Su pregunta se conserva; "
        "inténtelo de nuevo cuando esté en línea.",
        online_again="Vuelve a tener conexión.",
        unreached="No llegó ninguna respuesta: no se pudo contactar con el asistente. "
        "Compruebe su conexión e inténtelo de nuevo.",
        late="No llegó ninguna respuesta a tiempo. Su pregunta se conserva; "
        "inténtelo de nuevo, por favor.",
        limited="Llegaron muchas preguntas en poco tiempo. Su pregunta se conserva; "
        "puede hacerla de nuevo dentro de {wait}.",
        limited_over="Ya puede preguntar de nuevo.",
        server="El asistente no funciona en este momento. Su pregunta se conserva; "
        "inténtelo de nuevo dentro de un rato, por favor.",
        refused="No se pudo leer esta pregunta. Escríbala con otras palabras, por favor.",
        wait="{seconds} segundos",
        copy="Copiar",
        copied="Copiado",
        not_copied="No se pudo copiar",
        question="Pregunta",
        searched_for="Se buscó",
        rests_on="Se basa en",
        printed="{title}. Impreso el {day} desde {address}",
    ),
)
