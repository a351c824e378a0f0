"""The channel `email` against a mail server: what a mail is made of, and what every answer means."""

import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from structlog.testing import capture_logs

from hub.clock import fast_clock, micros
from hub.domain.contact import MessageClass
from hub.ports import Accepted, Envelope, InDoubt, TryLater, Undeliverable
from notifiers.email.channel import Email, Mailing
from notifiers.email.letter import page, subject
from simulators.mail import BREAK_OFF, MailServer

START = micros("2026-11-21T17:00:00Z")
ADA = "ada@home.example"
WORDS = "Nordwarm: Ada, your heat pump is icing up.\n.hidden dots & <brackets> stay as they are."
HELLO = Envelope("msg_1", ADA, WORDS, "en", MessageClass.FIRST, START, brand="Nordwarm")


def mailing(server: MailServer, **more: object) -> Mailing:
    plain = Mailing("127.0.0.1", server.port, "Nordwarm <care@nordwarm.example>", leave, tls="none")
    return replace(plain, timeout=2.0, **more)  # type: ignore[arg-type]


def leave(message: str) -> str:
    return f"https://hub.example.com/hooks/email/{message}.seal"


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with MailServer() as server:
        yield server


def channel(server: MailServer, **more: object) -> Email:
    return Email(mailing(server, **more), fast_clock(START, 60))


async def test_a_mail_can_be_ended_with_one_click_and_is_named_after_the_outbox(server: MailServer) -> None:
    sent = await channel(server, reply_to="help@nordwarm.example").send(HELLO)
    [mail] = server.mails
    head = mail.message
    assert (mail.sender, mail.to) == ("care@nordwarm.example", (ADA,))
    assert head["List-Unsubscribe"] == "<https://hub.example.com/hooks/email/msg_1.seal>"
    assert head["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert sent == Accepted(head["Message-ID"]) == Accepted("<msg_1@nordwarm.example>")
    assert (head["Auto-Submitted"], head["Reply-To"]) == ("auto-generated", "help@nordwarm.example")
    assert head["Subject"] == "Nordwarm: News about one of your devices"


async def test_a_mail_is_the_same_in_plain_words_and_as_a_page(server: MailServer) -> None:
    await channel(server).send(replace(HELLO, link="https://hub.example.com/p/1?a=1&b=2"))
    mail = server.mails[0].message
    plain, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert plain.startswith(WORDS.splitlines()[0])
    assert "\n.hidden dots & <brackets>" in plain
    assert "&amp; &lt;brackets&gt;" in html
    assert 'href="https://hub.example.com/p/1?a=1&amp;b=2"' in html
    assert "prefers-color-scheme: dark" in html
    assert "https://hub.example.com/p/1?a=1&b=2" in plain
    assert "src=" not in html


@pytest.mark.parametrize("language", ["en", "de", "es", "zh", "fr"])
def test_the_words_around_the_message_are_in_the_readers_language(language: str) -> None:
    mail = replace(HELLO, language=language)
    english = subject(replace(HELLO, language="en"))
    assert (subject(mail) == english) is (language in ("en", "fr"))
    assert f'<html lang="{language}">' in page(mail, "https://leave")[1]


@pytest.mark.parametrize(
    ("where", "answer", "outcome"),
    [
        ("RCPT", "550 5.1.1 No such user", Undeliverable("550", dead=True)),
        ("RCPT", "553 5.1.3 Bad address", Undeliverable("553", dead=True)),
        ("RCPT", "550 5.7.1 Blocked by policy", Undeliverable("550")),
        ("RCPT", "552 5.2.2 Mailbox full", Undeliverable("552")),
        ("RCPT", "450 4.2.1 Greylisted", TryLater("450")),
        ("MAIL", "451 4.3.0 Busy", TryLater("451")),
        ("MAIL", "553 5.1.8 Sender refused", Undeliverable("553")),
        ("DATA", "452 4.3.1 Full", TryLater("452")),
        (".", "554 5.7.1 Looks like spam", Undeliverable("554")),
        (".", "451 4.3.0 Try again", TryLater("451")),
        ("greeting", "421 4.3.2 Closing", TryLater("421")),
        ("greeting", BREAK_OFF, TryLater("")),
        ("MAIL", BREAK_OFF, TryLater("")),
        ("RCPT", BREAK_OFF, TryLater("")),
        (".", BREAK_OFF, InDoubt("")),
    ],
)
async def test_what_the_server_says_decides_whether_the_hub_tries_again(
    server: MailServer, where: str, answer: str, outcome: object
) -> None:
    server.answers[where] = answer
    told = await channel(server).send(HELLO)
    if answer == BREAK_OFF:
        assert type(told) is type(outcome)
    else:
        assert told == outcome
    assert len(server.mails) == (1 if isinstance(outcome, InDoubt) else 0)


async def test_a_server_that_is_not_there_got_nothing(server: MailServer) -> None:
    gone = mailing(server, port=1)
    assert isinstance(await Email(gone, fast_clock(START, 60)).send(HELLO), TryLater)


@pytest.mark.parametrize("address", ["ada@home.example\r\nBcc: all@home.example", "ädä@home.example"])
async def test_an_address_that_is_none_is_dead_and_says_nothing_to_the_server(
    server: MailServer, address: str
) -> None:
    told = await channel(server).send(replace(HELLO, to=address))
    assert told == Undeliverable("not_an_address", dead=True)
    assert server.commands == []


async def test_a_wrong_password_is_for_the_operator_and_never_logged() -> None:
    async with MailServer(user="hub", password="right") as server:
        right = await channel(server, user="hub", password="right").send(HELLO)
        with capture_logs() as lines:
            wrong = await channel(server, user="hub", password="not-right").send(HELLO)
    assert isinstance(right, Accepted)
    assert wrong == TryLater("535")
    assert [line["event"] for line in lines] == ["email_account_refused"]
    assert "not-right" not in str(lines)


async def test_words_travel_only_in_secret_and_only_to_a_server_that_proves_who_it_is(tmp_path: Path) -> None:
    serving, trusting = certificate(tmp_path)
    async with MailServer(tls=serving, only_tls=True) as server:
        known = await channel(server, tls="starttls", trust=trusting).send(HELLO)
        stranger = await channel(server, tls="starttls").send(HELLO)
    assert isinstance(known, Accepted)
    assert isinstance(stranger, TryLater)
    assert len(server.mails) == 1


async def test_a_server_without_secrecy_gets_no_words(server: MailServer) -> None:
    assert isinstance(await channel(server, tls="starttls").send(HELLO), TryLater)
    assert "MAIL" not in server.commands


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a certificate of its own for 127.0.0.1, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example")])
    then = datetime(2020, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(then)
        .not_valid_after(then + timedelta(days=36_500))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    file = folder / "mail.pem"
    file.write_bytes(key.private_bytes(pem, form, serialization.NoEncryption()) + made.public_bytes(pem))
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(file)
    return serving, ssl.create_default_context(cafile=str(file))
