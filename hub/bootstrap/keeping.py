"""Backups and their return, with the adapters that they need: the store's dump, the carrier's list of texts."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hub.bootstrap.channels import public_url
from hub.bootstrap.erasures import erasure_file
from hub.bootstrap.keyed import ROW, other_secret
from hub.bootstrap.wiring import bare_context, open_the_store
from hub.clock import iso, parse_clock
from hub.domain.ids import Moment
from hub.domain.plural import many
from hub.flow.consent_erasure import reapply_erasures, unknown_here
from hub.flow.returning import Caught, Text, catch_up, set_aside
from hub.ports import BadInput, Store, Tx
from hub.ports.erasures import from_lines
from hub.ports.rights import Erasure
from hub.settings import Settings
from hub.store import fingerprint
from hub.store.dump import Backup, Manifest, Progress, dump, load, look_into
from notifiers.sms.inbound import Unread, texts_since
from notifiers.twilio_wire import Account


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of a restore: `erased` people are erased again, who stood on the hub's own list `kept` (None: there is no
    such file) or in another; `caught` says whether the texts since the backup have been heard; `words` say how."""

    rows: int
    at: Moment
    messages: int
    commands: int
    erased: int
    kept: Path | None
    caught: bool
    words: str


async def back_up(settings: Settings, file: Path, progress: Progress) -> Manifest:
    """Write a backup. Raises BadInput when the file cannot be written or exists."""
    return await dump(settings.store.dsn, file, _now(settings), progress)


async def restore_from(settings: Settings, file: Path, erasures: Path | None, progress: Progress) -> Restored:
    """Read a backup into the empty database of the settings, paused, and erase again whoever was erased since: those on the
    hub's own list, and those on the list in `erasures`. Raises BadInput."""
    own = erasure_file(settings)
    listed = [*own.read(), *([] if erasures is None else erasures_in(erasures))]
    if trouble := own.trouble():
        raise BadInput("store.erasures", trouble, "Mend its rights or free the disk, then restore.")
    kept = own.path if own.path.exists() else None
    backup = look_into(file)
    await load(settings.store.dsn, backup, _paused(backup, settings), progress)
    store = await open_the_store(settings)
    try:
        async with store.transaction() as tx:
            await _see_paused(tx, backup)
            messages, commands = await set_aside(tx, _now(settings))
            since = await unknown_here(tx, listed)
            again = await reapply_erasures(tx, since, _now(settings), bare_context(settings))
        caught, words = await _hear(settings, store, Moment(backup.manifest.at))
    finally:
        await store.close()
    at = Moment(backup.manifest.at)
    return Restored(backup.manifest.rows, at, messages, commands, again, kept, caught, words)


def erasures_in(file: Path) -> list[Erasure]:
    """The list in a file that somebody names. Raises BadInput."""
    try:
        return from_lines(file.read_text(encoding="utf-8"), file.name)
    except OSError as error:
        raise BadInput(str(file), f"it cannot be read: {error.strerror}", "Name another file.") from None
    except UnicodeDecodeError:
        raise BadInput(str(file), "it is no list of erasures", "Name another file.") from None


def _paused(backup: Backup, settings: Settings) -> Any:
    """Every row as it was, but the switches: everything is paused from the first moment on. Raises BadInput on a backup of a
    store that was made with another secret."""
    unheard = {"paused": True, "paused_because": _why(backup), "unheard_since": backup.manifest.at}

    def patch(table: str, row: dict[str, Any]) -> dict[str, Any]:
        if table == "notices" and row["name"] == "switches":
            row["body"] = json.dumps(json.loads(row["body"]) | unheard)
        if table == "notices" and row["name"] == ROW and row["body"] != fingerprint(settings.store.secret):
            raise other_secret()
        return row

    return patch


async def _see_paused(tx: Tx, backup: Backup) -> None:
    """A hub whose switches nobody had touched has no row of them that could have come back paused."""
    before = await tx.house.switches(lock=True)
    if not before.paused:
        await tx.house.set_switches(
            replace(
                before,
                paused=True,
                paused_because=_why(backup),
                unheard_since=Moment(backup.manifest.at),
            )
        )


def _why(backup: Backup) -> str:
    return f"restored from the backup of {iso(backup.manifest.at)}"


async def hear_since(settings: Settings) -> str:
    """Fetch what customers wrote since the restored backup, and hear it; what came of it in words. Raises BadInput."""
    store = await open_the_store(settings)
    try:
        async with store.reading() as tx:
            since = (await tx.house.switches()).unheard_since
        if since is None:
            return "Nothing is unheard: no backup has been restored since the last time."
        done, words = await _hear(settings, store, since)
    finally:
        await store.close()
    if not done:
        raise BadInput("sms", words, "Try again: beforehand catch-up")
    return words


async def _hear(settings: Settings, store: Store, since: Moment) -> tuple[bool, str]:
    account, texts = _account(settings), []
    if account is not None:
        try:
            texts = await texts_since(account, since)
        except Unread as error:
            return False, f"the carrier could not be read ({error}): the STOPs since then are not heard"
    heard = [Text(text.sid, text.sender, text.words, Moment(text.at)) for text in texts]
    async with store.transaction() as tx:
        caught = await catch_up(tx, heard, _now(settings), bare_context(settings))
    return True, _words(caught) if account is not None else "no carrier is set up: there is nothing to hear"


def _account(settings: Settings) -> Account | None:
    sms = settings.sms
    if not (sms.account_sid and sms.auth_token):
        return None
    return Account(
        sms.account_sid,
        sms.auth_token,
        sms.messaging_service or sms.sender,
        public_url(settings),
        sms.base_url,
    )


def _words(caught: Caught) -> str:
    texts = many(caught.texts, "text")
    return f"{texts} since the backup read at the carrier: {caught.stops} STOP, {caught.starts} START heard"


def _now(settings: Settings) -> Moment:
    return Moment(parse_clock(settings.clock).now())
