"""A mail server that speaks SMTP on a loopback port: it keeps what it takes, and can be told to refuse or to break off.

It holds its clients to the order of RFC 5321, to CRLF and to stuffed dots. It sends nothing anywhere.
"""

from __future__ import annotations

import asyncio
import base64
import ssl
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Self

HOST = "127.0.0.1"
OK, BAD_ORDER, UNKNOWN = "250 2.0.0 OK", "503 5.5.1 Bad sequence of commands", "500 5.5.2 Unknown command"
BREAK_OFF = "break off"


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail that was taken: from whom, to whom, and every byte of it."""

    sender: str
    to: tuple[str, ...]
    raw: bytes = field(repr=False)

    @property
    def message(self) -> EmailMessage:
        """The mail, read."""
        found = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(found, EmailMessage)
        return found


@dataclass
class _Visit:
    """One client: what it has said so far."""

    read: asyncio.StreamReader
    write: asyncio.StreamWriter
    secret: bool = False
    known: bool = False
    sender: str | None = None
    to: list[str] = field(default_factory=list)

    async def say(self, *lines: str) -> None:
        """Answer."""
        self.write.write("".join(f"{line}\r\n" for line in lines).encode())
        await self.write.drain()


class MailServer:
    """`async with MailServer() as server:` listens on `server.port`.

    `answers` replaces an answer: by command (`greeting`, `MAIL`, `DATA`, `.` for the end of the words), or by `RCPT` and
    the address (`RCPT ada@…`); `break off` ends the connection there. With `user`, nobody sends without a password; with
    `tls` clients can, and with `only_tls` must, make the connection secret by STARTTLS.
    """

    def __init__(
        self, user: str = "", password: str = "", tls: ssl.SSLContext | None = None, only_tls: bool = False
    ) -> None:
        self.mails: list[Mail] = []
        self.answers: dict[str, str] = {}
        self.commands: list[str] = []
        self.port = 0
        self._login = (user, password)
        self._tls, self._only_tls = tls, only_tls
        self._server: asyncio.Server | None = None
        self._visits: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._visit, HOST, self.port, limit=1 << 20)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for visit in list(self._visits):
            visit.cancel()
        await asyncio.gather(*self._visits, return_exceptions=True)

    async def _visit(self, read: asyncio.StreamReader, write: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._visits.add(task)
        try:
            await self._serve(_Visit(read, write))
        except (ConnectionError, asyncio.IncompleteReadError, ValueError):
            pass
        finally:
            self._visits.discard(task)
            write.transport.abort()

    async def _serve(self, visit: _Visit) -> None:
        if not await self._answered(visit, "greeting", "220 mail.example ESMTP"):
            return
        while True:
            line = (await visit.read.readuntil(b"\r\n")).decode("ascii", "replace").strip()
            verb = line.partition(" ")[0].upper()
            self.commands.append(verb)
            if verb == "QUIT":
                await visit.say("221 2.0.0 Bye")
                return
            if not await self._command(visit, verb, line.partition(" ")[2]):
                return

    async def _command(self, visit: _Visit, verb: str, rest: str) -> bool:
        """Answer one command; False when the connection is to be broken off."""
        match verb:
            case "EHLO" | "HELO":
                await visit.say(*self._greeted(visit))
                return True
            case "STARTTLS":
                return await self._secret(visit)
            case "AUTH":
                return await self._auth(visit, rest)
            case "MAIL" | "RCPT":
                return await self._named(visit, verb, rest)
            case "DATA":
                return await self._data(visit)
        await visit.say(OK if verb in ("RSET", "NOOP") else UNKNOWN)
        return True

    def _greeted(self, visit: _Visit) -> list[str]:
        offers = ["mail.example", "8BITMIME", "SIZE 10485760"]
        if self._tls is not None and not visit.secret:
            offers.append("STARTTLS")
        if self._login[0]:
            offers.append("AUTH PLAIN LOGIN")
        return [f"250-{offer}" for offer in offers[:-1]] + [f"250 {offers[-1]}"]

    async def _secret(self, visit: _Visit) -> bool:
        if self._tls is None:
            await visit.say(UNKNOWN)
            return True
        await visit.say("220 2.0.0 Ready to start TLS")
        await visit.write.start_tls(self._tls)
        visit.secret = True
        return True

    async def _auth(self, visit: _Visit, rest: str) -> bool:
        given = base64.b64decode(rest.partition(" ")[2] or b"").decode()
        visit.known = given == "\0{}\0{}".format(*self._login)
        await visit.say("235 2.7.0 Welcome" if visit.known else "535 5.7.8 Wrong user or password")
        return True

    async def _named(self, visit: _Visit, verb: str, rest: str) -> bool:
        address = rest.partition("<")[2].partition(">")[0]
        if verb == "RCPT":
            if visit.sender is None:
                await visit.say(BAD_ORDER)
                return True
            key = f"RCPT {address}"
            visit.to.append(address)
            return await self._answered(visit, key if key in self.answers else "RCPT", OK)
        if self._only_tls and not visit.secret:
            await visit.say("530 5.7.0 Must issue a STARTTLS command first")
        elif self._login[0] and not visit.known:
            await visit.say("530 5.7.0 Authentication required")
        else:
            visit.sender = address
            return await self._answered(visit, "MAIL", OK)
        return True

    async def _data(self, visit: _Visit) -> bool:
        if visit.sender is None or not visit.to:
            await visit.say(BAD_ORDER)
            return True
        if not await self._answered(visit, "DATA", "354 Go ahead"):
            return False
        if "DATA" in self.answers:
            return True
        raw = (await visit.read.readuntil(b"\r\n.\r\n"))[:-3]
        raw = raw.replace(b"\r\n..", b"\r\n.")
        refused = self.answers.get(".", OK)
        if refused.startswith("250") or refused == BREAK_OFF:
            self.mails.append(Mail(visit.sender, tuple(visit.to), raw))
        visit.sender, visit.to = None, []
        return await self._answered(visit, ".", OK)

    async def _answered(self, visit: _Visit, key: str, usual: str) -> bool:
        answer = self.answers.get(key, usual)
        if answer == BREAK_OFF:
            return False
        await visit.say(answer)
        return True
