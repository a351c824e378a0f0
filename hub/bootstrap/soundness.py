"""Whether settings make sense together: names that stand for rules, packs and providers, files, keys, and what needs what.

`open_hub` stops at the first of these; here every one is looked at, so that a person is told of all of them in one round,
each with the line of the settings file. It opens no connection, and no store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from device_rules import BookError, RuleBook
from hub.bootstrap.carried import shapes_told
from hub.bootstrap.channels import built
from hub.bootstrap.errands import delivery_of
from hub.bootstrap.names import automatic_known, ladders_known, languages_known, providers_known
from hub.bootstrap.shelf import pack_folder, read_book, take_down
from hub.bootstrap.voices import access_of
from hub.bootstrap.wiring import broker_address
from hub.clock import WallClock, parse_clock
from hub.ingest.decoders import conventions
from hub.operators.apprise import Operators
from hub.ports import BadInput
from hub.settings import BadPart, Settings
from hub.settings.slips import BadSettings, Problems
from voice_skills.words import house_words

Path = tuple[str | int, ...]
ACCOUNTS = "sms"  # the section whose account other sections use


def slips_of(settings: Settings) -> list[BadInput]:
    """Everything that does not make sense, with places such as `push.vapid_key`."""
    problems = Problems()
    for look in _LOOKS:
        with problems.kept():
            look(settings)
    return problems.found


def sound(settings: Settings) -> Settings:
    """The same settings. Raises BadSettings with every slip in them, each with its line."""
    if found := slips_of(settings):
        raise BadSettings(settings.sources.in_order(placed_slip(each, settings) for each in found))
    return settings


def with_further_slips(refused: BadPart) -> BadSettings:
    """What settings were refused for, and what makes no sense in the rest of them: not what only follows from it."""
    found = [each for each in slips_of(refused.rest) if not _follows(each, refused)]
    return BadSettings(
        refused.rest.sources.in_order(
            [*refused.problems, *(placed_slip(each, refused.rest) for each in found)]
        )
    )


def _follows(slip: BadInput, refused: BadPart) -> bool:
    """Whether a slip may be due to what was left out, or was told already."""
    path = _path(slip.place)
    if {path[:1], path[:2]} & (refused.gone | refused.replaced):
        return True
    touched = {gone[0] for gone in refused.gone}
    if len(path) < 2:
        return bool({path[0], ACCOUNTS} & touched)
    return path[0] in touched and not refused.rest.sources.written(path[:2])


def placed_slip(slip: BadInput, settings: Settings) -> BadInput:
    """The same slip, with file and line (or the name in the environment) of a place such as `push.vapid_key`."""
    path = _path(slip.place)
    if path[0] not in type(settings).model_fields:
        return slip
    where = settings.sources.place(path)
    return BadInput(where, slip.cause.rstrip("."), slip.remedy)


def _path(place: str) -> Path:
    """`voices.homes[0].url` as a path; of several places the first."""
    steps = place.split(",", maxsplit=1)[0].replace("[", ".[").split(".")
    return tuple(int(step[1:-1]) if step.startswith("[") else step for step in steps)


def _packs(settings: Settings) -> None:
    """Packs and their books are there, and every rule that the settings name is in one of them."""
    problems, books = Problems(), dict[str, RuleBook]()
    for number, name in enumerate(settings.rules.packs):
        try:
            book = read_book(str(pack_folder(name)))
            books[book.model] = book
        except BadInput as slip:
            problems.found.append(BadInput(f"rules.packs[{number}]", slip.cause, slip.remedy))
        except BookError as wrong:
            problems.found += [
                BadInput(f"{each.file}:{each.line}: {each.path}", each.what) for each in wrong.problems
            ]
    if not problems.found:
        with problems.kept():
            languages_known(settings.whatsapp, house_words().languages())
        with problems.kept(), _at_pack(settings):
            take_down(settings.rules.packs)
        with problems.kept():
            ladders_known(settings.policy, books)
        with problems.kept():
            automatic_known(settings.incidents, books)
    problems.told()


@contextmanager
def _at_pack(settings: Settings) -> Iterator[None]:
    """What is wrong with a pack is told where the settings name it."""
    packs = settings.rules.packs
    try:
        yield
    except BadInput as slip:
        number = len(packs) - 1 - packs[::-1].index(slip.place) if slip.place in packs else None
        place = slip.place if number is None else f"rules.packs[{number}]"
        raise BadInput(place, slip.cause, slip.remedy) from None


def _clock(settings: Settings) -> None:
    try:
        parse_clock(settings.clock)
    except ValueError:
        remedy = (
            "Leave it empty for the time of day, or write one such as 2026-11-21T17:00:00Z@1795280400x600."
        )
        raise BadInput("clock", "it is no clock", remedy) from None


def _broker(settings: Settings) -> None:
    broker_address(settings).tls()


def _ways_out(settings: Settings) -> None:
    built(settings, WallClock())


def _paces(settings: Settings) -> None:
    providers_known(settings.sending)


def _announcing(settings: Settings) -> None:
    delivery_of(settings, WallClock())


def _skill(settings: Settings) -> None:
    part = settings.alexa
    try:
        if part.skill_id and part.roots:
            part.roots.read_bytes()
    except (OSError, ValueError) as error:
        cause = f"it cannot be read: {getattr(error, 'strerror', None) or 'it is no path'}"
        raise BadInput("alexa.roots", cause, "Name a PEM file.") from None


def _homes(settings: Settings) -> None:
    access_of(settings)


def _addresses(settings: Settings) -> None:
    """Whoever is told of trouble, one address at a time."""
    problems = Problems()
    for number, address in enumerate(settings.operators.tell):
        with problems.kept(), _at("operators.tell, address 1", f"operators.tell[{number}]"):
            Operators([address])
    problems.told()


def _mappings(settings: Settings) -> None:
    """A maker's own JSON, one mapping at a time."""
    problems = Problems()
    for number, mapping in enumerate(settings.mqtt.mapping):
        with problems.kept(), _at("mqtt.mapping", f"mqtt.mapping[{number}]"):
            conventions([mapping.written()])
    problems.told()


@contextmanager
def _at(said: str, place: str) -> Iterator[None]:
    """What is wrong in here is told with its number in the list."""
    try:
        yield
    except BadInput as slip:
        raise BadInput(slip.place.replace(said, place, 1), slip.cause, slip.remedy) from None


_LOOKS: tuple[Callable[[Settings], object], ...] = (
    _clock,
    _broker,
    _mappings,
    _packs,
    _paces,
    _addresses,
    _announcing,
    _homes,
    _skill,
    shapes_told,
    _ways_out,
)
