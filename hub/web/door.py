"""What the front door is given by the bootstrap: store, clock, context, and the secrets with which it checks who knocks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from device_rules.book import RuleBook
from device_rules.report import Report
from hub.domain.contact import Phrase
from hub.domain.conversation import Reply, Turn
from hub.domain.ids import UserId
from hub.flow.context import Context
from hub.ports import Clock, Store
from hub.ports.beside import NOTHING_BESIDE, Beside
from hub.ports.telemetry import Gauges


class Translator(Protocol):
    """A voice: pure translation between a platform's wire and Turn/Reply. `heard` raises BadInput on what it cannot
    read; `say` answers the platform's JSON-ready body, with what goes `beside` the words; `moment` is what is said while
    we are still looking."""

    def heard(self, body: Mapping[str, Any], language: str) -> Turn | None: ...
    def say(
        self, reply: Reply | None, request: Mapping[str, Any], language: str, beside: Beside = NOTHING_BESIDE
    ) -> dict[str, Any]: ...
    def moment(self, language: str) -> str: ...


class Telephone(Protocol):
    """The telephone's voice: `heard` reads what a caller did (`pin`: while a PIN was wanted), the others answer TwiML. They
    raise BadInput on what cannot be said. `act` is where the answer to a question goes, or, with `dial` (the number of a
    person; empty: hang up), how connecting them ended. `wait` lets the carrier ask again in a moment."""

    def heard(self, form: Mapping[str, str], key: str, language: str, pin: bool = False) -> Turn: ...
    def say(self, reply: Reply, language: str, act: str, dial: str = "") -> str: ...
    def ask(self, spoken: str, language: str, act: str, options: Sequence[Phrase] = ()) -> str: ...
    def tell(self, phrases: Iterable[Phrase], language: str, act: str = "", dial: str = "") -> str: ...
    def wait(self, language: str, act: str, first: bool) -> str: ...


@dataclass(frozen=True, slots=True)
class Caller:
    """What calls are made with: the voice, and the number of `person` to whom callers are connected (empty: nobody)."""

    voice: Telephone
    person: str = ""


@dataclass(frozen=True, slots=True)
class TwilioKeys:
    """What checks a request from the carrier. `opt_out` is `provider` when the carrier answers STOP itself, else `hub`."""

    auth_token: str
    opt_out: str = "hub"


@dataclass(frozen=True, slots=True)
class AlexaKeys:
    """What checks a request from Alexa: our skill id, and PEM roots (certifi's unless a test brings its own).

    `fetch` gets the certificate chain's PEM from its address. `speak` posts a directive (address, token, body) while we are
    still looking (None: nothing is said meanwhile); `api` is an address of Amazon's besides its own that may be told so.
    """

    skill_id: str
    roots: bytes
    fetch: Callable[[str], Awaitable[bytes]]
    speak: Callable[[str, str, Mapping[str, Any]], Awaitable[None]] | None = None
    api: str = ""


@dataclass(frozen=True, slots=True)
class Program:
    """A program that may ask customers to be let act for them (OAuth 2). `redirects` are the only addresses that answers go
    to, letter by letter; `scope` is what it may be given, by spaces. Without a `secret` it is a public one. `name` is what
    customers read (empty: its id). `bare` says that it wants a 401 without `WWW-Authenticate`. `speaker` says that it is the
    skill of a smart speaker, about which customers are told other things."""

    id: str
    secret: str
    redirects: tuple[str, ...]
    scope: str
    name: str = ""
    bare: bool = False
    speaker: bool = False

    @property
    def called(self) -> str:
        """What customers read."""
        return self.name or self.id

    def __repr__(self) -> str:
        return f"Program({self.id!r})"


@dataclass(frozen=True, slots=True)
class PushKeys:
    """What a browser needs to subscribe: our public key (base64url), and whether an endpoint is that of a push service.

    `full` says that a locked screen shows the words of a message too: people are told before they agree.
    """

    public_key: str
    known: Callable[[str], bool]
    full: bool = False


@dataclass(frozen=True, slots=True)
class Door:
    """Everything the web layer may use. `public_url` is how the world reaches us (signatures cover it).

    `sign_in_as` is the user that the demo signs in by itself (None everywhere else). `checks` answer None when well,
    else what is wrong, for `/readyz`. `books` are the rule books in force by model, `gauges` the
    figures of the way in and `report` those of the engines, for `/metrics`. `programs` are those that customers may link.
    """

    store: Store
    clock: Clock
    ctx: Context
    public_url: str = "http://127.0.0.1:8080"
    secret: str = ""
    twilio: TwilioKeys | None = None
    alexa: AlexaKeys | None = None
    alexa_voice: Translator | None = None
    push: PushKeys | None = None
    programs: Mapping[str, Program] = field(default_factory=dict)
    caller: Caller | None = None
    sign_in_as: UserId | None = None
    checks: Mapping[str, Callable[[], Awaitable[str | None]]] = field(default_factory=dict)
    explain: Callable[[str, str], Awaitable[dict[str, Any]]] | None = None
    books: Mapping[str, RuleBook] = field(default_factory=dict)
    gauges: Gauges | None = None
    report: Callable[[], Awaitable[Report]] | None = None
