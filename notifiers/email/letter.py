"""What a mail looks like: a few plain lines, and the same lines as a quiet page that is at home on light and dark screens.

No pictures, nothing fetched from outside, nothing that tells us who has read it.
"""

from __future__ import annotations

from html import escape
from string import Template

from hub.ports import Envelope

# The words around the message, by language; English stands in for others.
SUBJECT = {
    "en": "News about one of your devices",
    "de": "Neuigkeiten zu einem Ihrer Geräte",
    "es": "Novedades sobre uno de sus aparatos",
    "zh": "您的一台设备有新消息",
}
OPEN = {"en": "Open the page", "de": "Seite öffnen", "es": "Abrir la página", "zh": "打开页面"}
LEAVE = {
    "en": "No more e-mails about my devices",
    "de": "Keine E-Mails mehr zu meinen Geräten",
    "es": "No quiero más correos sobre mis aparatos",
    "zh": "不再接收有关我的设备的邮件",
}

PAGE = Template("""\
<!doctype html>
<html lang="$language">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>$subject</title>
<style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .ground { background: #14181b !important; }
  .sheet { background: #1e2428 !important; }
  .words, .brand { color: #eef2f3 !important; }
  .small, .small a { color: #9fb0b5 !important; }
}
</style>
</head>
<body class="ground" style="margin:0;padding:24px 12px;background:#eef2f1;">
<div class="sheet" style="max-width:34em;margin:0 auto;padding:28px 32px;background:#ffffff;border-radius:12px;\
font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;font-size:17px;line-height:1.55;">
<p class="brand" style="margin:0 0 18px;font-weight:600;color:#14363d;">$brand</p>
$words
$button
</div>
<p class="small" style="max-width:34em;margin:18px auto 0;text-align:center;font-family:system-ui,-apple-system,\
'Segoe UI',Roboto,sans-serif;font-size:13px;color:#5c6f74;"><a href="$leave" style="color:#5c6f74;">$leave_words</a></p>
</body>
</html>
""")
BUTTON = Template(
    '<p style="margin:24px 0 0;"><a href="$link" style="display:inline-block;padding:11px 20px;border-radius:8px;'
    'background:#0f6b6b;color:#ffffff;text-decoration:none;font-weight:600;">$open</a></p>'
)
WORDS = Template('<p class="words" style="margin:0 0 14px;color:#1d2a2d;">$line</p>')


def in_language(words: dict[str, str], language: str) -> str:
    """The words in `language` ("de-AT" is served by "de"), else in English."""
    return words.get(language.split("-", maxsplit=1)[0].lower(), words["en"])


def subject(envelope: Envelope) -> str:
    """What the list of mails shows: who writes and what about, on one line, nothing personal."""
    about = envelope.subject or in_language(SUBJECT, envelope.language)
    return " ".join(f"{envelope.brand}: {about}".split()) if envelope.brand else " ".join(about.split())


def page(envelope: Envelope, leave: str) -> tuple[str, str]:
    """The mail as plain text and as HTML; `leave` is the address that ends mails to this person."""
    lines = [line.strip() for line in envelope.text.splitlines() if line.strip()]
    language = envelope.language
    farewell = in_language(LEAVE, language)
    plain = [*lines, *([envelope.link] if envelope.link else []), f"-- \n{farewell}:\n{leave}"]
    button = BUTTON.substitute(link=escape(envelope.link), open=escape(in_language(OPEN, language)))
    html = PAGE.substitute(
        language=escape(language),
        subject=escape(subject(envelope)),
        brand=escape(envelope.brand),
        words="\n".join(WORDS.substitute(line=escape(line)) for line in lines),
        button=button if envelope.link else "",
        leave=escape(leave),
        leave_words=escape(farewell),
    )
    return "\n\n".join(plain) + "\n", html
