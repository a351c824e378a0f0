"""What people say only to a speaker, kinds of devices, and what the store shows, per language. Everything else that the skill
understands comes from the word lists that the hub listens to. Data, and nothing but data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LOCALES: Mapping[str, str] = {"en-US": "en", "en-GB": "en", "de-DE": "de", "es-ES": "es"}
COUNTRIES: Mapping[str, str] = {"en-US": "US", "en-GB": "GB", "de-DE": "DE", "es-ES": "ES"}


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language. `samples` by intent, which join those of the word lists; `devices` by kind, each with its names; `help`
    is the word after the brand in the skill's name; `open` how the skill is opened, `summary`, `description` and `say` what
    the store shows; `code` asks for the pairing code."""

    samples: Mapping[str, tuple[str, ...]]
    devices: Mapping[str, tuple[str, ...]]
    help: str
    open: str
    summary: str
    description: str
    say: tuple[str, str]
    code: str


TONGUES: Mapping[str, Tongue] = {
    "en": Tongue(
        samples={
            "DangerIntent": (
                "fire",
                "it is on fire",
                "it is burning",
                "there is a fire",
                "there is smoke",
                "it is smoking",
                "i see smoke",
                "smoke is coming out of it",
                "smoke is coming out of the {device}",
                "the {device} is on fire",
                "the {device} is burning",
                "my {device} is on fire",
                "it smells of burning",
                "it smells burnt",
                "it smells like burning",
                "it exploded",
                "the carbon monoxide alarm is going off",
            ),
            "GasIntent": ("i smell gas", "it smells of gas", "there is a gas leak", "gas is leaking"),
            "ShockIntent": (
                "i got an electric shock",
                "i got a shock",
                "it shocked me",
                "there are sparks",
                "it is sparking",
                "water is running into the socket",
            ),
            "InjuryIntent": (
                "somebody is hurt",
                "i am hurt",
                "i burned my hand",
                "i have been scalded",
                "i am bleeding",
            ),
            "ChoiceIntent": ("{number}", "number {number}", "option {number}", "answer {number}"),
            "LinkIntent": (
                "my code is {code}",
                "link code {code}",
                "the code is {code}",
                "link me with {code}",
            ),
            "StopContactIntent": ("stop contacting me", "stop writing to me", "do not contact me any more"),
            "RestartIntent": ("restart {device}", "restart my {device}", "reboot the {device}"),
            "StatusIntent": ("how is my {device}", "what is wrong", "what is wrong with my {device}"),
            "DeviceIntent": ("{device}", "the {device}", "my {device}", "it is the {device}"),
            "LanguageIntent": ("speak {language}", "in {language}", "do you speak {language}"),
        },
        devices={
            "HEAT_PUMP": ("heat pump", "heating"),
            "FRIDGE": ("fridge", "refrigerator"),
            "ROUTER": ("router", "wifi"),
            "WASHER": ("washing machine", "washer"),
        },
        help="help",
        open="Alexa, open {name}",
        summary="Help with your {brand} devices.",
        description="Tells you when one of your {brand} devices needs you, helps you to put it right, and calls a person when "
        "you want one. Link your account in the Alexa app; or text the word link to our number, and tell the skill the code "
        "that we send you.",
        say=("my code is 4 8 3 9 2 7", "how is my heat pump"),
        code="What is your code?",
    ),
    "de": Tongue(
        samples={
            "DangerIntent": (
                "feuer",
                "es brennt",
                "hier brennt es",
                "es raucht",
                "hier raucht es",
                "da kommt rauch raus",
                "es qualmt",
                "der {device} brennt",
                "die {device} brennt",
                "der {device} raucht",
                "die {device} raucht",
                "es riecht verbrannt",
                "es riecht nach rauch",
                "es ist explodiert",
                "der rauchmelder geht los",
            ),
            "GasIntent": ("ich rieche gas", "es riecht nach gas", "gas tritt aus", "hier ist gasgeruch"),
            "ShockIntent": (
                "ich habe einen stromschlag bekommen",
                "ich habe einen schlag bekommen",
                "es gibt funken",
                "es ist ein kurzschluss",
                "wasser läuft in die steckdose",
            ),
            "InjuryIntent": (
                "jemand ist verletzt",
                "ich bin verletzt",
                "ich habe mich verbrannt",
                "ich habe mich verbrüht",
                "ich blute",
            ),
            "ChoiceIntent": ("{number}", "nummer {number}", "die {number}", "antwort {number}"),
            "LinkIntent": ("mein code ist {code}", "der code ist {code}", "verbinde mich mit {code}"),
            "StopContactIntent": (
                "schreib mir nicht mehr",
                "kontaktiere mich nicht mehr",
                "keine nachrichten mehr",
            ),
            "RestartIntent": (
                "starte {device} neu",
                "starte mein {device} neu",
                "starte meine {device} neu",
                "starte den {device} neu",
                "starte die {device} neu",
            ),
            "StatusIntent": (
                "wie geht es meinem {device}",
                "wie geht es meiner {device}",
                "was ist los",
                "was ist mit meinem {device}",
                "was ist mit meiner {device}",
            ),
            "DeviceIntent": ("{device}", "der {device}", "die {device}", "mein {device}", "meine {device}"),
            "LanguageIntent": ("sprich {language}", "auf {language}", "sprichst du {language}"),
        },
        devices={
            "HEAT_PUMP": ("wärmepumpe", "heizung"),
            "FRIDGE": ("kühlschrank",),
            "ROUTER": ("router", "wlan"),
            "WASHER": ("waschmaschine",),
        },
        help="hilfe",
        open="Alexa, öffne {name}",
        summary="Hilfe für Ihre Geräte von {brand}.",
        description="Sagt Ihnen, wenn eines Ihrer Geräte von {brand} Sie braucht, hilft beim Beheben und ruft einen Menschen, "
        "wenn Sie einen möchten. Verknüpfen Sie Ihr Konto in der Alexa-App; oder schicken Sie uns eine SMS mit dem Wort "
        "verbinden und nennen Sie dem Skill den Code.",
        say=("mein code ist 4 8 3 9 2 7", "wie geht es meiner wärmepumpe"),
        code="Wie lautet Ihr Code?",
    ),
    "es": Tongue(
        samples={
            "DangerIntent": (
                "fuego",
                "hay fuego",
                "hay un incendio",
                "se está quemando",
                "sale humo",
                "hay humo",
                "echa humo",
                "sale humo de la {device}",
                "sale humo del {device}",
                "la {device} está ardiendo",
                "huele a quemado",
                "ha explotado",
                "suena la alarma de humo",
            ),
            "GasIntent": ("huele a gas", "hay una fuga de gas", "hay olor a gas"),
            "ShockIntent": (
                "me dio una descarga",
                "me ha dado un calambre",
                "me dio corriente",
                "saltan chispas",
                "hay un cortocircuito",
                "cae agua en el enchufe",
            ),
            "InjuryIntent": (
                "hay una persona herida",
                "estoy herido",
                "estoy herida",
                "me quemé la mano",
                "estoy sangrando",
            ),
            "ChoiceIntent": ("{number}", "número {number}", "la {number}", "opción {number}"),
            "LinkIntent": ("mi código es {code}", "el código es {code}", "vincúlame con {code}"),
            "StopContactIntent": ("no me escriban más", "no me contacten más", "no quiero más mensajes"),
            "RestartIntent": (
                "reinicia {device}",
                "reinicia el {device}",
                "reinicia la {device}",
                "reinicia mi {device}",
            ),
            "StatusIntent": ("cómo está mi {device}", "qué pasa", "qué le pasa a mi {device}"),
            "DeviceIntent": (
                "{device}",
                "el {device}",
                "la {device}",
                "mi {device}",
                "es el {device}",
                "es la {device}",
            ),
            "LanguageIntent": ("habla {language}", "en {language}", "hablas {language}"),
        },
        devices={
            "HEAT_PUMP": ("bomba de calor", "calefacción"),
            "FRIDGE": ("nevera", "frigorífico"),
            "ROUTER": ("router", "wifi"),
            "WASHER": ("lavadora",),
        },
        help="ayuda",
        open="Alexa, abre {name}",
        summary="Ayuda con sus aparatos de {brand}.",
        description="Le dice cuándo uno de sus aparatos de {brand} le necesita, le ayuda a arreglarlo y llama a una persona "
        "cuando usted quiera. Vincule su cuenta en la app de Alexa; o envíenos un mensaje con la palabra vincular y diga a la "
        "skill el código que le mandamos.",
        say=("mi código es 4 8 3 9 2 7", "cómo está mi bomba de calor"),
        code="¿Cuál es su código?",
    ),
}
