"""The store knows the secret that it was made with: with another one nobody's STOP would be found again, so it stays shut."""

from pathlib import Path

import pytest

from hub.bootstrap.keeping import back_up, restore_from
from hub.bootstrap.keyed import keep_fingerprint
from hub.bootstrap.wiring import open_the_store
from hub.domain.ids import CustomerId, Moment
from hub.ports import BadInput
from hub.settings import DEFAULT_SECRET, Settings, StorePart
from hub.store.dump import quietly

MINE, OTHER = "the secret of this store", "the secret of another shell"


def settings(dsn: str, secret: str) -> Settings:
    return Settings(store=StorePart(dsn=dsn, secret=secret))


async def made_with(secret: str, dsn: str) -> None:
    store = await open_the_store(settings(dsn, secret))
    await keep_fingerprint(store, settings(dsn, secret))
    await store.close()


async def test_another_secret_is_refused_with_place_cause_and_remedy(dsn: str) -> None:
    await made_with(MINE, dsn)
    with pytest.raises(BadInput) as refused:
        await open_the_store(settings(dsn, OTHER))
    assert refused.value.place == "store.secret"
    assert "not the secret that this store was made with" in str(refused.value)
    assert "BEFOREHAND_STORE_SECRET" in str(refused.value)
    with pytest.raises(BadInput):
        await open_the_store(settings(dsn, DEFAULT_SECRET))
    await (await open_the_store(settings(dsn, MINE))).close()


async def test_everything_can_be_paused_from_a_shell_that_lacks_the_secret(dsn: str) -> None:
    await made_with(MINE, dsn)
    await (await open_the_store(settings(dsn, DEFAULT_SECRET), any_secret=True)).close()


async def test_a_store_from_before_takes_the_secret_of_its_next_run(dsn: str) -> None:
    await (await open_the_store(settings(dsn, MINE))).close()
    await made_with(OTHER, dsn)
    with pytest.raises(BadInput):
        await open_the_store(settings(dsn, MINE))


async def test_a_store_with_the_default_may_get_a_real_secret_until_somebody_has_said_stop(dsn: str) -> None:
    await made_with(DEFAULT_SECRET, dsn)
    await (await open_the_store(settings(dsn, MINE))).close()
    store = await open_the_store(settings(dsn, DEFAULT_SECRET))
    async with store.transaction() as tx:
        await tx.people.suppress(CustomerId("ada"), Moment(1), "said_stop")
    await store.close()
    with pytest.raises(BadInput, match="made with"):
        await open_the_store(settings(dsn, MINE))


async def test_a_backup_of_a_store_with_another_secret_is_not_restored(tmp_path: Path) -> None:
    old, new = f"sqlite:///{tmp_path}/old.db", f"sqlite:///{tmp_path}/new.db"
    await made_with(MINE, old)
    await back_up(settings(old, MINE), tmp_path / "hub.backup", quietly)
    with pytest.raises(BadInput, match="made with"):
        await restore_from(settings(new, OTHER), tmp_path / "hub.backup", None, quietly)
    told = await restore_from(settings(new, MINE), tmp_path / "hub.backup", None, quietly)
    assert told.rows
