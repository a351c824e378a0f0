"""Why a rule is raised on a device or a group right now, or why it is not: asked of the hub's store and log.

What the last checkpoint saved is taken up, and what came after it is judged again, in this process alone. It writes
nothing, and a hub that is running does not notice.
"""

from __future__ import annotations

from collections.abc import Iterable

from device_rules import Engine, RuleBook, Tick, Why
from device_rules.groups import is_group, parts_of
from device_rules.groups_town import Town
from device_rules.reading import Standing, Tally
from device_rules.yaml_file import nearest
from hub.bootstrap.shelf import take_down
from hub.clock import parse_clock
from hub.domain.ids import DeviceId
from hub.flow.judge import MARK
from hub.log.tail import LogTail
from hub.ports import BadInput, Entry, Store
from hub.settings import Settings

BACK = 5_000  # records before the checkpoint among which the newest tick is looked for
UNKNOWN_DEVICE = "no device has this id"


async def explained(settings: Settings, store: Store, device: str, rule: str) -> Why:
    """Why, as of the newest tick in the log. Raises BadInput when device, rule or log is not there."""
    books = take_down(settings.rules.packs).books
    tail = LogTail(settings.log.path)
    if is_group(device):
        return await _of_group(list(books.values()), (store, tail), device, rule)
    async with store.reading() as tx:
        known = await tx.devices.get(DeviceId(device))
        if known is None:
            raise BadInput(device, UNKNOWN_DEVICE, "Find it in the console's search box.")
        book = _book(books.get(known.model), known.model, rule)
        partition = tail.partition_of(device)
        position, snapshots = await tx.partitions.load(partition)
    engine = Engine([book])
    blob = snapshots.get(device, b"")
    kept = len(blob) > MARK and engine.restore(device, blob[MARK:])
    now = _judge_again(
        engine, tail.after(partition, max(position - BACK, 0) if kept else 0), position * kept, device
    )
    try:
        return engine.why(device, rule, now or parse_clock(settings.clock).now())
    except KeyError:
        raise BadInput(
            device, "the hub has not heard of this device yet", "It takes it up once it runs: beforehand run"
        ) from None


def _book(book: RuleBook | None, model: str, rule: str) -> RuleBook:
    """The book, if it has the rule. Raises BadInput."""
    if book is None:
        raise BadInput(model, "there is no rule book for this model", "Name its pack in rules.packs.")
    if book.rule(rule) is None:
        ids = [each.id for each in book.rules]
        remedy = nearest(rule, ids).strip() or f"Its rules are: {', '.join(ids)}."
        raise BadInput(rule, f"the book for {model} has no such rule", remedy)
    return book


def _judge_again(engine: Engine, entries: Iterable[Entry], position: int, device: str) -> int:
    """Judge what came after `position`, as far as it is the device's; answers the moment of the newest tick."""
    now = 0
    for entry in entries:
        record = entry.record
        if isinstance(record, Tick):
            now = record.now
            engine.judge(
                record
            )  # one that was judged already finds nothing due, but tells since when we listen
        elif entry.position <= position or isinstance(record, Tally):
            continue
        elif isinstance(record, Standing) or record.device == device:
            engine.judge(record)
    return now


async def _of_group(books: list[RuleBook], hub: tuple[Store, LogTail], group: str, rule: str) -> Why:
    store, tail = hub
    try:
        model = parts_of(group).model
    except ValueError:
        raise BadInput(group, "no group is called so", "Faults of groups name theirs.") from None
    _book(next((book for book in books if book.model == model), None), model, rule)
    town = Town(books, tail.partitions)
    async with store.reading() as tx:
        position, snapshots = await tx.partitions.load(tail.partitions)
    for name, blob in snapshots.items():
        town.restore(name, blob)
    for entry in tail.after(tail.partitions, position):
        if isinstance(entry.record, Tally):
            town.judge(entry.record)
    try:
        return town.why(group, rule)
    except KeyError:
        raise BadInput(
            group, f"`{rule}` does not ask about this group", "Faults of groups name theirs."
        ) from None
