"""What the page about notifications says, in English and German. `consent` is what a person agrees to by pressing the button."""

from __future__ import annotations

from hub.domain.customer import Address, Channel

# How an address for notifications is called where people read: its value says nothing, and whoever has it can use it.
PLACES = {
    "webpush": "a browser",
    "fcm": "the app (Firebase)",
    "apns": "the app (Apple)",
    "app": "the app",
    "ntfy": "ntfy",
    "ha": "Home Assistant",
}

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "title": "Notifications from {brand}",
        "lead": "We watch over your devices. If one of them needs you, we can tell you right here, on this phone or computer.",
        "point_rare": "Only when something is wrong with a device of yours, and when it is well again. Never advertising.",
        "point_quiet": "Not at night, unless you asked us to wake you.",
        "point_private": "A locked screen shows that there is news, not what it is. You read it after opening.",
        "point_full": "A locked screen shows the message itself. Your phone's settings can hide it there.",
        "consent": "By turning notifications on you agree that {brand} tells you on this device about faults of your devices. "
        "You can turn them off at any time, here or by telling us.",
        "on": "Turn notifications on",
        "off": "Turn notifications off",
        "is_on": "Notifications are on",
        "is_on_more": "This device will tell you when one of yours needs help. You can close this page.",
        "is_off": "Notifications are off",
        "is_off_more": "This device will not tell you anything any more. We may still reach you in the other ways you agreed to.",
        "none": "Notifications are not on here",
        "none_more": "To turn them on, open the link that we sent you. Ask us for a new one if it has ended.",
        "denied": "Your browser does not let us show notifications. Open its settings for this page, allow notifications, and come back.",
        "unable": "This browser cannot show notifications. Please try another one, or leave it: we reach you as before.",
        "iphone": "On an iPhone or iPad: tap Share, choose “Add to Home Screen”, and open this page from there.",
        "failed": "That did not work. Please try again in a moment.",
        "wait": "One moment …",
        "over": "This link has ended",
        "over_more": "It works once, and for one day. Ask us for a new one and we will gladly send it.",
        "stopped": "You asked us to stop",
        "stopped_more": "So we will not write to you, here or anywhere. If you would like to hear from us again, reply START to one of "
        "our messages or call us; after that this link works.",
        "reach": "You reach a person at {phone}.",
        "read": "Your message",
        "read_none": "This message is not here any more.",
    },
    "de": {
        "title": "Mitteilungen von {brand}",
        "lead": "Wir achten auf Ihre Geräte. Wenn eines Sie braucht, sagen wir es Ihnen gern gleich hier, auf diesem Telefon oder Computer.",
        "point_rare": "Nur wenn mit einem Ihrer Geräte etwas nicht stimmt, und wenn es wieder gut ist. Nie Werbung.",
        "point_quiet": "Nicht in der Nacht, außer Sie haben uns gebeten, Sie zu wecken.",
        "point_private": "Auf dem gesperrten Bildschirm steht, dass es Neuigkeiten gibt, nicht welche. Gelesen wird nach dem Öffnen.",
        "point_full": "Auf dem gesperrten Bildschirm steht die ganze Nachricht. In den Einstellungen des Telefons lässt sie sich dort verbergen.",
        "consent": "Mit dem Einschalten sind Sie einverstanden, dass {brand} Ihnen auf diesem Gerät Störungen Ihrer Geräte mitteilt. "
        "Sie können das jederzeit wieder ausschalten, hier oder mit einem Wort an uns.",
        "on": "Mitteilungen einschalten",
        "off": "Mitteilungen ausschalten",
        "is_on": "Mitteilungen sind eingeschaltet",
        "is_on_more": "Dieses Gerät meldet sich, wenn eines Ihrer Geräte Hilfe braucht. Sie können die Seite jetzt schließen.",
        "is_off": "Mitteilungen sind ausgeschaltet",
        "is_off_more": "Dieses Gerät meldet Ihnen nichts mehr. Auf den anderen Wegen, denen Sie zugestimmt haben, können wir Sie weiter erreichen.",
        "none": "Hier sind keine Mitteilungen eingeschaltet",
        "none_more": "Zum Einschalten öffnen Sie bitte den Link, den wir Ihnen geschickt haben. Ist er abgelaufen, schicken wir gern einen neuen.",
        "denied": "Ihr Browser lässt keine Mitteilungen zu. Bitte erlauben Sie sie in den Einstellungen für diese Seite und kommen Sie wieder.",
        "unable": "Dieser Browser kann keine Mitteilungen zeigen. Versuchen Sie bitte einen anderen, oder lassen Sie es: Wir erreichen Sie wie bisher.",
        "iphone": "Auf iPhone oder iPad: Tippen Sie auf „Teilen“, dann „Zum Home-Bildschirm“, und öffnen Sie die Seite von dort.",
        "failed": "Das hat nicht geklappt. Bitte versuchen Sie es gleich noch einmal.",
        "wait": "Einen Moment …",
        "over": "Dieser Link ist abgelaufen",
        "over_more": "Er gilt einmal und einen Tag lang. Sagen Sie uns Bescheid, wir schicken gern einen neuen.",
        "stopped": "Sie haben uns gebeten aufzuhören",
        "stopped_more": "Darum schreiben wir Ihnen nicht, weder hier noch anderswo. Möchten Sie wieder von uns hören, antworten Sie START auf "
        "eine unserer Nachrichten oder rufen Sie uns an; danach geht auch dieser Link.",
        "reach": "Einen Menschen erreichen Sie unter {phone}.",
        "read": "Ihre Nachricht",
        "read_none": "Diese Nachricht ist nicht mehr hier.",
    },
}


def words_in(language: str, brand: str, phone: str) -> dict[str, str]:
    """The words in `language` (English when we do not have it), with the brand and the number filled in."""
    chosen = WORDS.get(language.split("-", maxsplit=1)[0].lower(), WORDS["en"])
    return {key: text.replace("{brand}", brand).replace("{phone}", phone) for key, text in chosen.items()}


def language_of(header: str) -> str:
    """The first language in an Accept-Language header that we speak."""
    wanted = [part.split(";")[0].strip().split("-")[0].lower() for part in header.split(",")]
    return next((one for one in wanted if one in WORDS), "en")


def address_shown(address: Address) -> str:
    """An address as people and programs may read it: one for notifications is named by its route alone."""
    if address.channel is not Channel.PUSH:
        return address.value
    scheme = address.value.partition(":")[0]
    return PLACES.get(scheme, scheme)
