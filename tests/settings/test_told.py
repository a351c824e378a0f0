"""What an engineer is told of a settings file with mistakes: all of them, a line each, in the order of the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.settings.telling import told

WEB = "it is no web address. Write it like https://support.example.com."
NUMBER = "it is no telephone number. Write it like +49 30 5550100."
UNIT = "a duration needs a unit. Write it with s, m, h or d, such as 15m in quotes."

SLIPS: dict[str, tuple[str, list[str]]] = {
    "names that stand for nothing": (
        '[incidents]\nautomatic = ["icing-upp", "*"]\ndevices = 0\n'
        "[sending]\nrates = {twilo = 5}\nat_once = {pigeon = 3}\n"
        "[policy.ladders_by_rule]\nicing-upp = []\n"
        '[whatsapp.templates.first]\nfr = "HX1"\nde-AT = "HX2"\n[rules]\npacks = ["heatpump"]\n',
        [
            "2: incidents.automatic[0]: no rule book has this rule. Did you mean icing-up?",
            "3: incidents.devices: it is too small. Write 2 or more.",
            "5: sending.rates.twilo: there is no such provider. Did you mean twilio?",
            "6: sending.at_once.pigeon: there is no such provider. "
            "There are: alexa, mail, paper, push, speakers, twilio, twilio-calls.",
            "8: policy.ladders_by_rule.icing-upp: no rule book has this rule. Did you mean icing-up?",
            "10: whatsapp.templates.first.fr: the hub does not speak this language. There are: de, en, es, zh.",
        ],
    ),
    "names of settings, and ladders": (
        '[operators]\ntell = "mailto:x@y.example"\n[policy]\nbrand = ""\n[[policy.ladders.majr]]\n'
        'chanel = "sms"\n[[policy.ladders.major]]\nchannel = "sms"\nto = "supervisor"\n',
        [
            '2: operators.tell: it is text, not a list. Write tell = ["…"]',
            "4: policy.brand: it is empty. Write 1 character or more.",
            "5: policy.ladders.majr: there is no such name here. Did you mean major?",
            "6: policy.ladders.majr[0].chanel: there is no such setting. Did you mean channel?",
            "7: policy.ladders.major[0]: a supervisor is told with the channel agent, not sms. "
            "See docs/ladders.md.",
        ],
    ),
    "what is at the wrong place": (
        'brand = "x"\nsms = "twilio"\n[mqtt]\nport = 1883\nurl = "mqt://x"\n[polcy]\nzone = "UTC"\n',
        [
            "1: brand: there is no such setting. There is one in [policy].",
            "2: sms: it is text, not a table. Write [sms] and what it holds below.",
            "4: mqtt.port: there is no such setting. There is one in [web] and [email].",
            "5: mqtt.url: it is no broker's address. Write mqtt://HOST:1883 or mqtts://HOST:8883",
            "6: polcy: there is no such setting. Did you mean policy?",
        ],
    ),
    "routes of notifications": (
        '[push]\nntfy_url = "ntfy.sh"\nha_url = "x"\napp_url = "ftp://x"\nvapid_key = "abc"\napns_key = "none.p8"\n',
        [
            "1: push.vapid_subject: nobody can write to it. "
            "Write an address where push services reach you, such as mailto:push@example.com.",
            "1: push: a key of Apple's without its id, team or topic cannot send. "
            "Set push.apns_key_id, push.apns_team and push.apns_topic (the app's bundle id).",
            "1: push.app_secret: it is no secret. "
            "Write the secret that your server checks our signature with: whsec_ and base64.",
            "1: push.ha_token: a Home Assistant takes no calls without one. Make a long-lived token.",
            f"2: push.ntfy_url: {WEB}",
            f"3: push.ha_url: {WEB}",
            f"4: push.app_url: {WEB}",
            "5: push.vapid_key: it is no VAPID key. Make one with: beforehand push keys",
            "6: push.apns_key: it cannot be read: FileNotFoundError. Name the .p8 file that Apple gave you.",
        ],
    ),
    "values of the wrong kind": (
        '[policy]\nzone = "Europe/Berln"\ncountry = "Germany"\nphone = "hello"\nbundle = 30\n'
        'quiet_dates = [2026-12-25]\nquiet_hours = "maybe"\ncustomer_day = 2.5\ncustomer_week = true\n'
        'test_numbers = ["+49 171 3920011", "x"]\nquiet_weekdays = {sonday = "all", sunday = "never"}\n',
        [
            "2: policy.zone: there is no such time zone. Did you mean Europe/Berlin?",
            "3: policy.country: there is no such country. Write its two capital letters, such as DE.",
            f"4: policy.phone: {NUMBER}",
            f"5: policy.bundle: {UNIT}",
            "6: policy.quiet_dates[0]: it is a date or time without quotes, not text in quotes. Put it in quotes.",
            "7: policy.quiet_hours: it is text, not true or false. Write quiet_hours = true",
            "8: policy.customer_day: it is no whole number. Write customer_day = 2",
            "9: policy.customer_week: it is true or false, not a number. Write a number.",
            f"10: policy.test_numbers[1]: {NUMBER}",
            "11: policy.quiet_weekdays.sonday: there is no such name here. Did you mean sunday?",
            "11: policy.quiet_weekdays.sunday: these are no quiet hours. Write them like 18:00-10:00, or all.",
        ],
    ),
    "channels": (
        '[sms]\nopt_out = "hubb"\nsender = "+4930555010"\n[phone]\nsender = "+4930555010"\nring = 4\n'
        '[email]\nhost = "mail.example"\nuser = "hub"\ntls = "none"\n'
        '[webhooks]\nurl = "https://systems.example"\nevents = ["case.opend"]\n',
        [
            "1: sms: a sender without an account cannot send. Set sms.account_sid and sms.auth_token.",
            "2: sms.opt_out: there is no such choice. Did you mean hub? Choices: hub, provider.",
            "4: phone: a sender without an account cannot send. Set sms.account_sid and sms.auth_token.",
            "6: phone.ring: it is too small. Write 5 or more.",
            "7: email.sender: a mail needs a sender. Write it like Nordwarm <care@nordwarm.example>.",
            "10: email.tls: a password must not travel in the open. Use starttls or tls.",
            "11: webhooks.secrets: there is none. Name a whsec_… that your system knows.",
            "13: webhooks.events[0]: there is no such event. Did you mean case.opened?",
        ],
    ),
    "what no carrier takes": (
        '[sms]\naccount_sid = "AB12"\nauth_token = "t"\nsender = "0151 2345"\nbase_url = "http://127.0.0.1:7"\n'
        '[whatsapp]\nmessaging_service = "AC12"\n',
        [
            "2: sms.account_sid: no carrier has such an account. "
            "Copy the account SID from the carrier's console: AC and 32 digits or letters from a to f.",
            "4: sms.sender: no carrier sends from this. Write the number with its country and without spaces, such as "
            "+4930555010, a short code, or a name of at most 11 letters and digits.",
            "7: whatsapp.messaging_service: no carrier has such a service. "
            "Copy its SID from the carrier's console: MG and 32 digits or letters from a to f.",
        ],
    ),
    "a maker's own JSON": (
        '[[mqtt.mapping]]\ntopic = "a/b"\ntime_format = "hours"\n'
        '[mqtt.mapping.metrics]\na = "b..c"\nd = {path = "x", unit = "kpa", skale = 2}\n',
        [
            "2: mqtt.mapping[0].topic: it does not say where the device's id stands. "
            "Write it like acme/{device_id}/state.",
            "3: mqtt.mapping[0].time_format: there is no such choice. Choices: auto, iso, s, ms, us.",
            "5: mqtt.mapping[0].metrics.a.path: it is not a path. Write it like sensors[0].temperature.",
            "6: mqtt.mapping[0].metrics.d.unit: there is no such choice. Did you mean kPa? "
            "Choices: °C, bar, W, kWh, V, A, s, °F, K, kPa, hPa, mbar, psi, kW, mW, Wh, mV, mA, ms.",
            "6: mqtt.mapping[0].metrics.d.skale: there is no such setting. Did you mean scale?",
        ],
    ),
    "lists of tables, and packs": (
        '[[voices.homes]]\nname = "Villa 1"\n[[voices.homes]]\nname = "flat"\nsatellites = {kitchen = "c-1"}\n'
        '[assistants]\nprograms = [{id = "a"}, {id = "b", redirects = ["http://b.example/back"], name = "<b>"}]\n[bookings.visit]\nhours = {mon = ["8-16"]}\ncapacity = 0\n'
        '[rules]\npacks = ["fridg", "router"]\n',
        [
            "2: voices.homes[0].name: it cannot be a name. Write small letters, digits, - and _, such as villa-1.",
            "5: voices.homes[1].satellites.kitchen: it is no speaker. "
            "Write the id that Home Assistant shows, such as assist_satellite.kitchen.",
            '7: assistants.programs[0].redirects: it is missing. Write redirects = ["…"]',
            "7: assistants.programs[1].name: customers could not read it as a name. "
            "Write at most 40 letters, digits and spaces, such as Kitchen Helper.",
            "7: assistants.programs[1].redirects[0]: it is no address to be sent back to. Write it like "
            "https://example.com/linked, or http://127.0.0.1/linked for a program on the person's own computer.",
            "9: bookings.visit.hours.mon: there is no such name here. Did you mean monday?",
            "9: bookings.visit.hours.mon[0]: these are no opening hours. Write them like 08:00-16:00.",
            "10: bookings.visit.capacity: it is too small. Write 1 or more.",
            "12: rules.packs[0]: there is no pack of that name. Did you mean fridge?",
        ],
    ),
}


@pytest.mark.parametrize("about", SLIPS)
def test_every_slip_of_a_file_is_told_at_once_in_its_line(about: str, tmp_path: Path) -> None:
    toml, expected = SLIPS[about]
    assert told(tmp_path, toml) == expected


def test_what_the_environment_says_is_told_by_its_name(tmp_path: Path) -> None:
    environ = {
        "BEFOREHAND_INCIDENTS_AUTOMATIC": "nonsense",
        "BEFOREHAND_MQTT_ULR": "x",
        "BEFOREHAND_POLICY_TEST_NUMBERS": "x, +491713920011",
        "BEFOREHAND_PUSH_VAPID_KEY": "abc",
        "BEFOREHAND_SENDING_RATES": "twilio=5",
        "BEFOREHAND_SMS_ACCOUNT_SID": "AC1",
        "BEFOREHAND_SMS_AUTH_TOKEN_FILE": "/nowhere/token",
        "BEFOREHAND_WEB_PORT": "many",
    }
    assert sorted(told(tmp_path, "", environ)) == [
        "BEFOREHAND_INCIDENTS_AUTOMATIC[0]: no rule book has this rule. "
        "Write the rule's id, as `beforehand rules show PACK` lists it.",
        "BEFOREHAND_MQTT_ULR: there is no such setting. Did you mean BEFOREHAND_MQTT_URL?",
        f"BEFOREHAND_POLICY_TEST_NUMBERS[0]: {NUMBER}",
        "BEFOREHAND_PUSH_VAPID_KEY: it is no VAPID key. Make one with: beforehand push keys",
        "BEFOREHAND_SENDING_RATES: only a settings file can hold a table. Write it as [sending.rates].",
        "BEFOREHAND_SMS_ACCOUNT_SID: no carrier has such an account. "
        "Copy the account SID from the carrier's console: AC and 32 digits or letters from a to f.",
        "BEFOREHAND_SMS_AUTH_TOKEN_FILE: its file cannot be read: No such file or directory. Check path and rights.",
        "BEFOREHAND_WEB_PORT: it is no whole number. Write 8080",
        "push.vapid_subject: nobody can write to it. "
        "Write an address where push services reach you, such as mailto:push@example.com.",
    ]


def test_settings_without_a_slip_are_told_nothing(tmp_path: Path) -> None:
    assert (
        told(
            tmp_path,
            '[incidents]\nautomatic = ["*"]\ngateways = ["acme/bridge"]\n[sending]\nrates = {mail = 2}\n',
        )
        == []
    )


@pytest.mark.parametrize(
    ("toml", "line"),
    [
        ('[mqtt]\nurl = "mqtt://[::1"\n', "2: mqtt.url: it is no broker's address. "),
        ('[mqtt]\nurl = "mqtts://x"\nca = "\\u0000"\n', "3: mqtt.ca: there is no such file. "),
        ('[push]\nfcm_account = "\\u0000"\n', "2: push.fcm_account: it cannot be read: ValueError. "),
        ('[rules]\npacks = ["\\u0000"]\n', "2: rules.packs[0]: there is no pack of that name. "),
        (
            '[rules]\npacks = ["fridge", "fridge"]\n',
            "2: rules.packs[1]: the model nordwarm/fridge-f2 has a book",
        ),
        ('[alexa]\nskill_id = "x"\nroots = "nowhere"\n', "3: alexa.roots: it cannot be read: No such file"),
        ('[alexa]\nlink_redirects = ["http://x"]\n', "2: alexa.link_redirects[0]: it is no address"),
        ('[operators]\ntell = ["json://ok.example", "x"]\n', "2: operators.tell[1]: Apprise does not know"),
        ('clock = "now"\n', "1: clock: it is no clock. "),
        ("[[policy]]\n", "1: policy: it is a list, not a table. Write [policy] and what it holds below."),
        (
            f'[webhooks]\nurl = "https://x.example"\nsecrets = ["whsec_{"%" * 40}"]\n',
            "3: webhooks.secrets: a secret is whsec_",
        ),
    ],
)
def test_odd_settings_are_told_like_any_other(toml: str, line: str, tmp_path: Path) -> None:
    [only] = told(tmp_path, toml)
    assert only.startswith(line)
