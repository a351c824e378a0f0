"""What the pages of account linking say, in English, German and Spanish."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "title": "Link your speaker",
        "lead": "{brand} would like to know that it is you. We send a code of six digits to your mobile number.",
        "number": "Your mobile number",
        "number_hint": "The one that we know you by, for example {example}",
        "send": "Send me a code",
        "code_title": "Enter the code",
        "code_lead": "If we know this number, a text with a code is on its way. It is good for ten minutes.",
        "code": "Code of six digits",
        "agree": "By linking you allow the skill to tell, on your speakers, how your {brand} devices are, and to act on what is "
        "said there after a yes. Anybody in the room can hear it. Disable the skill at any time to end it.",
        "link": "Link",
        "again": "Send a new code",
        "cancel": "Not now",
        "wrong": "That code is not right, or it is too old.",
        "bad_number": "That does not look like a phone number. Please write it with its country, such as {example}.",
        "too_many": "Too many tries. Please wait a little and begin again in the Alexa app.",
        "over": "This page has ended",
        "over_more": "It is good for ten minutes. Please begin again in the Alexa app.",
        "bad": "This link does not work",
        "bad_more": "The app that sent you here is not set up for us, or the link was changed on its way.",
        "reach": "No text? We send none at night. You reach a person at {phone}.",
    },
    "de": {
        "title": "Lautsprecher verbinden",
        "lead": "{brand} möchte sicher sein, dass Sie es sind. Wir schicken einen Code aus sechs Ziffern an Ihre Handynummer.",
        "number": "Ihre Handynummer",
        "number_hint": "Die Nummer, unter der wir Sie kennen, zum Beispiel {example}",
        "send": "Code schicken",
        "code_title": "Code eingeben",
        "code_lead": "Wenn wir diese Nummer kennen, ist eine SMS mit einem Code unterwegs. Er gilt zehn Minuten.",
        "code": "Code aus sechs Ziffern",
        "agree": "Mit dem Verbinden erlauben Sie dem Skill, auf Ihren Lautsprechern zu sagen, wie es Ihren Geräten von {brand} "
        "geht, und nach einem Ja zu tun, was dort gesagt wird. Alle im Raum können mithören. Deaktivieren Sie den Skill, "
        "wenn Sie das nicht mehr möchten.",
        "link": "Verbinden",
        "again": "Neuen Code schicken",
        "cancel": "Jetzt nicht",
        "wrong": "Dieser Code stimmt nicht, oder er ist zu alt.",
        "bad_number": "Das sieht nicht nach einer Telefonnummer aus. Bitte mit Landesvorwahl schreiben, etwa {example}.",
        "too_many": "Zu viele Versuche. Bitte warten Sie ein wenig und beginnen Sie in der Alexa-App von vorn.",
        "over": "Diese Seite ist abgelaufen",
        "over_more": "Sie gilt zehn Minuten. Bitte beginnen Sie in der Alexa-App von vorn.",
        "bad": "Dieser Link geht nicht",
        "bad_more": "Die App, die Sie hergeschickt hat, ist bei uns nicht eingerichtet, oder der Link wurde unterwegs verändert.",
        "reach": "Keine SMS? Nachts verschicken wir keine. Einen Menschen erreichen Sie unter {phone}.",
    },
    "es": {
        "title": "Vincular su altavoz",
        "lead": "{brand} quiere asegurarse de que es usted. Le enviamos un código de seis cifras a su móvil.",
        "number": "Su número de móvil",
        "number_hint": "El número con el que le conocemos, por ejemplo {example}",
        "send": "Enviarme un código",
        "code_title": "Escriba el código",
        "code_lead": "Si conocemos este número, un mensaje con un código está en camino. Vale diez minutos.",
        "code": "Código de seis cifras",
        "agree": "Al vincular, permite que la skill diga en sus altavoces cómo están sus aparatos de {brand} y que haga lo que se "
        "diga allí después de un sí. Cualquiera en la habitación puede oírlo. Desactive la skill cuando quiera para terminarlo.",
        "link": "Vincular",
        "again": "Enviar otro código",
        "cancel": "Ahora no",
        "wrong": "Ese código no es correcto o es demasiado antiguo.",
        "bad_number": "Eso no parece un número de teléfono. Escríbalo con su país, por ejemplo {example}.",
        "too_many": "Demasiados intentos. Espere un poco y vuelva a empezar en la app de Alexa.",
        "over": "Esta página ha caducado",
        "over_more": "Vale diez minutos. Vuelva a empezar en la app de Alexa.",
        "bad": "Este enlace no funciona",
        "bad_more": "La app que le ha enviado aquí no está configurada, o el enlace se cambió por el camino.",
        "reach": "¿No llega el mensaje? De noche no enviamos ninguno. Puede hablar con una persona en el {phone}.",
    },
}
EXAMPLES = {"en": "+44 7700 900123", "de": "+49 151 23456789", "es": "+34 612 345 678"}


def language_of(header: str) -> str:
    """The first language of an Accept-Language header (or `ui_locales`) that the pages speak; English where none is."""
    wanted = [
        part.split(";")[0].strip().split("-")[0].lower() for part in header.replace(" ", ",").split(",")
    ]
    return next((one for one in wanted if one in WORDS), "en")


def words_in(language: str, brand: str, phone: str) -> dict[str, str]:
    """The words in `language`, filled in."""
    filled = {"{brand}": brand, "{phone}": phone, "{example}": EXAMPLES[language]}
    told = {}
    for key, text in WORDS[language].items():
        for name, value in filled.items():
            text = text.replace(name, value)  # noqa: PLW2901 - one place after another
        told[key] = text
    return told
