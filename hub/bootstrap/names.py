"""Names in the settings that stand for something else: rules, providers, languages. One that stands for nothing is a slip of the pen, and
would otherwise be silence. All of them are told at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from device_rules import RuleBook
from hub.ports import BadInput
from hub.settings import PolicyPart
from hub.settings.channels import WhatsAppPart
from hub.settings.incidents import IncidentsPart
from hub.settings.sending import SendingPart
from hub.settings.slips import Problems, nearest
from notifiers import NOTIFIERS
from notifiers.voice.by_address import ByAddress

EVERY = "*"


def ladders_known(part: PolicyPart, books: Mapping[str, RuleBook]) -> None:
    """A ladder for a rule that is not there would never be used. Raises BadSettings."""
    names = {*_rules(books), *(f"{model}:{rule.id}" for model, book in books.items() for rule in book.rules)}
    _known(((f"policy.ladders_by_rule.{name}", name) for name in part.ladders_by_rule), names)


def automatic_known(part: IncidentsPart, books: Mapping[str, RuleBook]) -> None:
    """An incident of a rule that is not there needs no supervisor, nor anybody else. Raises BadSettings."""
    names = {EVERY, *_rules(books)}
    _known(((f"incidents.automatic[{number}]", name) for number, name in enumerate(part.automatic)), names)


def providers_known(part: SendingPart) -> None:
    """How fast a provider is asked whom no channel has. Raises BadSettings."""
    problems, known = Problems(), providers()
    for table in ("rates", "at_once"):
        for name in getattr(part, table):
            with problems.kept():
                if name not in known:
                    remedy = nearest(name, known)
                    raise BadInput(f"sending.{table}.{name}", "there is no such provider", remedy)
    problems.told()


def languages_known(part: WhatsAppPart, languages: Collection[str]) -> None:
    """A template in a language that the hub does not speak is never used. Raises BadSettings."""
    problems = Problems()
    for kind, by_language in part.templates.items():
        for name in by_language:
            with problems.kept():
                if name.split("-", maxsplit=1)[0] not in languages:
                    place = f"whatsapp.templates.{kind}.{name}"
                    raise BadInput(place, "the hub does not speak this language", nearest(name, languages))
    problems.told()


def providers() -> set[str]:
    """Whoever carries something for a channel, set up or not."""
    told = {str(getattr(build, "provider", "") or channel) for channel, build in NOTIFIERS.items()}
    return {*told, ByAddress.provider}


def _rules(books: Mapping[str, RuleBook]) -> set[str]:
    return {rule.id for book in books.values() for rule in book.rules}


def _known(written: Iterable[tuple[str, str]], names: set[str]) -> None:
    problems = Problems()
    for place, name in written:
        with problems.kept():
            if name not in names:
                remedy = (
                    nearest(name, names) or "Write the rule's id, as `beforehand rules show PACK` lists it."
                )
                raise BadInput(place, "no rule book has this rule", remedy)
    problems.told()
