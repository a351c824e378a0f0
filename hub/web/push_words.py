"""What the page about notifications says, in every language that the house speaks. `consent` is what a person agrees to by pressing the button."""

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
    "es": {
        "title": "Notificaciones de {brand}",
        "lead": "Cuidamos de sus aparatos. Si alguno le necesita, podemos avisarle aquí mismo, en este teléfono o en este equipo.",
        "point_rare": "Solo cuando algo va mal en uno de sus aparatos, y cuando vuelve a funcionar bien. Nunca publicidad.",
        "point_quiet": "De noche no, salvo que nos haya pedido que le despertemos.",
        "point_private": "La pantalla bloqueada indica que hay novedades, no cuáles. Se leen después de abrir.",
        "point_full": "La pantalla bloqueada muestra el mensaje completo. En los ajustes del teléfono puede ocultarlo.",
        "consent": "Al activar las notificaciones acepta que {brand} le avise en este dispositivo de las averías de sus aparatos. "
        "Puede desactivarlas cuando quiera, aquí o diciéndonoslo.",
        "on": "Activar las notificaciones",
        "off": "Desactivar las notificaciones",
        "is_on": "Las notificaciones están activadas",
        "is_on_more": "Este dispositivo le avisará cuando uno de sus aparatos necesite ayuda. Ya puede cerrar esta página.",
        "is_off": "Las notificaciones están desactivadas",
        "is_off_more": "Este dispositivo ya no le avisará de nada. Quizá le avisemos por las otras vías que usted aceptó.",
        "none": "Aquí no hay notificaciones activadas",
        "none_more": "Para activarlas, abra el enlace que le enviamos. Si ha caducado, pídanos otro.",
        "denied": "Su navegador no nos permite mostrar notificaciones. Abra los ajustes de esta página, permita las notificaciones y vuelva.",
        "unable": "Este navegador no puede mostrar notificaciones. Pruebe con otro, o déjelo: le avisaremos como hasta ahora.",
        "iphone": "En un iPhone o iPad: toque «Compartir», elija «Añadir a pantalla de inicio» y abra esta página desde allí.",
        "failed": "No ha funcionado. Inténtelo de nuevo en un momento, por favor.",
        "wait": "Un momento…",
        "over": "Este enlace ha caducado",
        "over_more": "Sirve una sola vez y durante un día. Pídanos otro y se lo enviaremos con gusto.",
        "stopped": "Nos pidió que no le escribiéramos",
        "stopped_more": "Por eso no le escribimos, ni aquí ni por otra vía. Si quiere volver a saber de nosotros, responda START a "
        "uno de nuestros mensajes o llámenos; después este enlace funcionará.",
        "reach": "Puede hablar con una persona en el {phone}.",
        "read": "Su mensaje",
        "read_none": "Este mensaje ya no está aquí.",
    },
    "zh": {
        "title": "{brand} 的通知",
        "lead": "我们照看您的设备。如果有设备需要您，我们可以直接在这台手机或电脑上告诉您。",
        "point_rare": "只在您的设备出问题和恢复正常时通知您，绝无广告。",
        "point_quiet": "夜间不打扰，除非您让我们叫醒您。",
        "point_private": "锁定屏幕上只显示有新消息，不显示内容，打开后才能阅读。",
        "point_full": "锁定屏幕上会显示消息全文。您可以在手机设置中将其隐藏。",
        "consent": "开启通知即表示您同意 {brand} 在这台设备上告知您设备的故障。您可以随时在这里关闭，也可以告诉我们一声。",
        "on": "开启通知",
        "off": "关闭通知",
        "is_on": "通知已开启",
        "is_on_more": "您的设备需要帮助时，我们会在这里通知您。您可以关闭本页面了。",
        "is_off": "通知已关闭",
        "is_off_more": "我们不会再在这里通知您，但可能仍会用您同意过的其他方式联系您。",
        "none": "这里没有开启通知",
        "none_more": "要开启通知，请打开我们发给您的链接。如果链接已失效，请向我们要一个新的。",
        "denied": "您的浏览器不允许我们显示通知。请在浏览器设置中允许本页面的通知，然后再回来。",
        "unable": "这个浏览器无法显示通知。您可以换一个浏览器，或者不用管它：我们会照常联系您。",
        "iphone": "在 iPhone 或 iPad 上：点“共享”，选择“添加到主屏幕”，再从主屏幕打开本页面。",
        "failed": "没有成功。请稍后再试。",
        "wait": "请稍候……",
        "over": "这个链接已失效",
        "over_more": "它只能使用一次，有效期一天。请告诉我们，我们很乐意再发一个给您。",
        "stopped": "您已要求我们停止联系",
        "stopped_more": "所以我们不会在这里或以其他方式联系您。如果想重新接收消息，请用 START 回复我们的任意一条消息，"
        "或者给我们打电话；之后这个链接就可以使用。",
        "reach": "联系人工客服请拨打：{phone}。",
        "read": "您的消息",
        "read_none": "这条消息已经不在了。",
    },
}


def words_in(language: str, brand: str, phone: str) -> dict[str, str]:
    """The words in `language` (English when we do not have it), with the brand and the number filled in."""
    chosen = WORDS[served(language)]
    return {key: text.replace("{brand}", brand).replace("{phone}", phone) for key, text in chosen.items()}


def served(language: str) -> str:
    """The language of ours that serves `language`: "de-AT" is served by "de", and what we do not have by English."""
    short = language.split("-", maxsplit=1)[0].lower()
    return short if short in WORDS else "en"


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
