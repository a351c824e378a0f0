"""What the pages of account linking say, in English, German, Spanish and Chinese: to who links a speaker, and to who lets a
program act for them (`FOR_PROGRAM` then stands in the place of the speaker's words)."""

from __future__ import annotations

import re

_PLACE = re.compile(r"\{(?:brand|phone|example|program)\}")

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
        "over": "This page has ended",
        "over_more": "It is good for ten minutes. Please begin again in the app that sent you here.",
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
        "over": "Diese Seite ist abgelaufen",
        "over_more": "Sie gilt zehn Minuten. Bitte beginnen Sie in der App von vorn, die Sie hergeschickt hat.",
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
        "over": "Esta página ha caducado",
        "over_more": "Vale diez minutos. Vuelva a empezar en la app que le ha enviado aquí.",
        "bad": "Este enlace no funciona",
        "bad_more": "La app que le ha enviado aquí no está configurada, o el enlace se cambió por el camino.",
        "reach": "¿No llega el mensaje? De noche no enviamos ninguno. Puede hablar con una persona en el {phone}.",
    },
    "zh": {
        "title": "绑定您的音箱",
        "lead": "{brand}想确认是您本人。我们会向您的手机发送六位数字的验证码。",
        "number": "您的手机号码",
        "number_hint": "您在我们这里登记的号码，例如 {example}",
        "send": "发送验证码",
        "code_title": "请输入验证码",
        "code_lead": "如果我们认识这个号码，验证码短信已在路上，十分钟内有效。",
        "code": "六位数字的验证码",
        "agree": "绑定后，您允许这个技能在您的音箱上说出您的{brand}设备的情况，并在得到“是”的回答后照办。房间里的人都能听到。"
        "您随时可以停用这个技能来结束绑定。",
        "link": "绑定",
        "again": "重新发送验证码",
        "cancel": "暂不",
        "wrong": "验证码不对，或者已经过期。",
        "bad_number": "这不像一个电话号码。请连同国家代码一起填写，例如 {example}。",
        "over": "这个页面已失效",
        "over_more": "它的有效期是十分钟。请在带您来这里的应用中重新开始。",
        "bad": "这个链接无法使用",
        "bad_more": "带您来这里的应用没有在我们这里登记，或者链接在途中被改动了。",
        "reach": "没有收到短信？我们夜间不发送短信。您可以拨打 {phone} 找到我们的人员。",
    },
}
FOR_PROGRAM: dict[str, dict[str, str]] = {
    "en": {
        "title": "{program} would like to help you with your {brand} devices",
        "lead": "Do you allow it? First we make sure that it is you: we send a code of six digits to your mobile number. "
        "{program} does not learn your number.",
        "may": "{program} may then, in your name:",
        "may_look": "see how your devices are, and explain to you what is wrong",
        "may_act": "go through the steps with you, and start something on a device, such as a restart, after you have said yes",
        "may_book": "book, move or cancel visits, and ask a person from our team to get back to you",
        "may_read": "read what is open, what is booked and what our team has written to you",
        "may_stop": "end our messages to you, after you have confirmed it",
        "agree": "You can end it at any time: on your own page with us, under “Who may act for you”, or in {program}.",
        "link": "Allow {program}",
    },
    "de": {
        "title": "{program} möchte Ihnen mit Ihren Geräten von {brand} helfen",
        "lead": "Erlauben Sie das? Zuerst möchten wir sicher sein, dass Sie es sind: Wir schicken einen Code aus sechs Ziffern an "
        "Ihre Handynummer. {program} erfährt Ihre Nummer nicht.",
        "may": "{program} darf dann in Ihrem Namen:",
        "may_look": "sehen, wie es Ihren Geräten geht, und Ihnen erklären, was nicht stimmt",
        "may_act": "die Schritte mit Ihnen durchgehen und etwas am Gerät starten, etwa einen Neustart, wenn Sie Ja gesagt haben",
        "may_book": "Besuche buchen, verschieben oder absagen und einen Menschen aus unserem Team bitten, sich zu melden",
        "may_read": "lesen, was offen ist, was gebucht ist und was unser Team Ihnen geschrieben hat",
        "may_stop": "unsere Nachrichten an Sie beenden, wenn Sie es bestätigt haben",
        "agree": "Sie können es jederzeit beenden: auf Ihrer eigenen Seite bei uns, unter „Wer für Sie handeln darf“, oder in "
        "{program}.",
        "link": "{program} erlauben",
    },
    "es": {
        "title": "{program} quiere ayudarle con sus aparatos de {brand}",
        "lead": "¿Lo permite? Primero queremos asegurarnos de que es usted: le enviamos un código de seis cifras a su móvil. "
        "{program} no llega a conocer su número.",
        "may": "{program} podrá entonces, en su nombre:",
        "may_look": "ver cómo están sus aparatos y explicarle qué ocurre",
        "may_act": "seguir los pasos con usted y poner algo en marcha en un aparato, por ejemplo reiniciarlo, después de que usted "
        "diga que sí",
        "may_book": "reservar, cambiar o anular visitas y pedir que una persona de nuestro equipo se ponga en contacto con usted",
        "may_read": "leer qué está pendiente, qué está reservado y qué le ha escrito nuestro equipo",
        "may_stop": "poner fin a nuestros mensajes, después de que usted lo confirme",
        "agree": "Puede terminarlo cuando quiera: en su propia página con nosotros, en «Quién puede actuar por usted», o en "
        "{program}.",
        "link": "Permitir {program}",
    },
    "zh": {
        "title": "{program} 想帮您照看您的{brand}设备",
        "lead": "您允许吗？我们先确认是您本人：我们会向您的手机发送六位数字的验证码。{program} 不会得知您的号码。",
        "may": "允许后，{program} 可以以您的名义：",
        "may_look": "查看您的设备情况，并向您说明哪里有问题",
        "may_act": "和您一起完成各个步骤，并在您说“是”之后启动设备上的操作，例如重启",
        "may_book": "预约、更改或取消上门服务，并请我们的人员与您联系",
        "may_read": "查看有哪些未了的事、预约了什么，以及我们的人员写给您的内容",
        "may_stop": "在您确认之后，停止我们发给您的消息",
        "agree": "您随时可以结束：在我们为您准备的页面上的“谁可以替您操作”中，或者在 {program} 里。",
        "link": "允许 {program}",
    },
}
MAY = ("may_look", "may_act", "may_book", "may_read", "may_stop")
"""What a program may do, in this order."""
EXAMPLES = {
    "en": "+44 7700 900123",
    "de": "+49 151 23456789",
    "es": "+34 612 345 678",
    "zh": "+86 138 0013 8000",
}


def language_of(header: str) -> str:
    """The first language of an Accept-Language header (or `ui_locales`) that the pages speak; English where none is."""
    wanted = [
        part.split(";")[0].strip().split("-")[0].lower() for part in header.replace(" ", ",").split(",")
    ]
    return next((one for one in wanted if one in WORDS), "en")


def words_in(language: str, brand: str, phone: str, program: str = "") -> dict[str, str]:
    """The words in `language`, filled in: for who lets `program` act for them, or (empty) for who links a speaker."""
    filled = {"{brand}": brand, "{phone}": phone, "{example}": EXAMPLES[language], "{program}": program}
    told = {}
    for key, text in (WORDS[language] | (FOR_PROGRAM[language] if program else {})).items():
        told[key] = _PLACE.sub(lambda place: filled[place[0]], text)
    return told
