"""Speakers at home by the settings: what they may say, and a whole hub that speaks and listens in one."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from hub.bootstrap.channels import channels_of
from hub.bootstrap.wiring import open_hub
from hub.domain.customer import Address, Channel, Customer, Health, Person
from hub.domain.ids import AddressId, CustomerId
from hub.flow import satellites as flow
from hub.ports import BadInput, Envelope, Undeliverable
from hub.settings import Settings, load
from hub.store import upgrade
from hub.testing import MemoryStore, eventually
from notifiers.voice.by_address import ByAddress
from simulators.home_assistant import HomeAssistant
from simulators.wyoming import Assist, Lost
from tests.flow.home import ADA, BEN, START

KITCHEN = "assist_satellite.kitchen"


def home(**more: Any) -> dict[str, Any]:
    return {"name": "berg", "url": "http://127.0.0.1:1", "token": "s3cret", **more}


def settings_of(tmp_path: Path, *homes: dict[str, Any]) -> Settings:
    folder = {"dsn": f"sqlite:///{tmp_path}/hub.sqlite"}
    return Settings.model_validate(
        {
            "store": folder,
            "log": {"path": tmp_path / "log"},
            "paper": {"file": tmp_path / "paper.txt"},
            "voices": {"homes": homes},
        }
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as line:
        return int(line.getsockname()[1])


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ([home(token="")], "token"),
        ([home(url="", token="")], "no address and no port"),
        ([home(url="ftp://berg")], "homes"),
        ([home(url="http://user:pass@berg")], "homes"),
        ([home(name="Berg/1")], "name"),
        ([home(satellites={"light.kitchen": "ada"})], "satellites"),
        ([home(), home()], "same name"),
        ([home(listen=7), home(name="other", listen=7)], "same port"),
        ([home(volume=3)], "volume"),
    ],
)
def test_a_home_that_makes_no_sense_is_refused_with_its_place(
    tmp_path: Path, wrong: list[dict[str, Any]], told: str
) -> None:
    file = tmp_path / "beforehand.toml"
    lines = []
    for each in wrong:
        lines.append("[[voices.homes]]")
        for name, value in each.items():
            shown = (
                "{" + ",".join(f'"{k}"="{v}"' for k, v in value.items()) + "}"
                if isinstance(value, dict)
                else value
            )
            lines.append(
                f"{name} = {shown!r}"
                if isinstance(shown, str) and not isinstance(value, dict)
                else f"{name} = {shown}"
            )
    file.write_text("\n".join(lines))
    with pytest.raises(BadInput, match=told):
        load({}, file)


def test_a_token_is_shown_nowhere() -> None:
    settings = Settings.model_validate({"voices": {"homes": [home()]}})
    assert "s3cret" not in repr(settings)


async def test_a_token_file_that_is_missing_is_told_before_anything_is_opened(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, home(token="", token_file=tmp_path / "nothing"))
    with pytest.raises(BadInput, match="token_file"):
        await open_hub(settings, None)
    assert not (tmp_path / "hub.sqlite").exists()


def test_the_channel_is_there_with_a_home_that_can_be_reached() -> None:
    assert Channel.VOICE in channels_of(Settings.model_validate({"voices": {"homes": [home()]}}))
    ear = {"name": "berg", "listen": 10600}
    assert Channel.VOICE not in channels_of(Settings.model_validate({"voices": {"homes": [ear]}}))


async def test_a_hub_speaks_and_listens_in_the_homes_of_its_settings(tmp_path: Path) -> None:
    token, port = tmp_path / "token", free_port()
    token.write_text("s3cret\n")
    async with HomeAssistant() as assistant:
        assistant.add("kitchen")
        there = home(token="", token_file=token, url=assistant.url, listen=port, satellites={KITCHEN: "ada"})
        settings = settings_of(tmp_path, there)
        await upgrade(settings.store.dsn)
        hub = await open_hub(settings, None)
        async with hub.store.transaction() as tx:
            await tx.people.put_customer(Customer(ADA), Person(ADA, "Ada Berg"))
        running = asyncio.create_task(hub.voices.run())
        try:
            await eventually(lambda: assistant.logins == 1)
            answer = await _answer(Assist("127.0.0.1", port))
            assert "no device of yours" in answer  # known, and asked about her devices
            envelope = Envelope("m", f"ha:berg/{KITCHEN}", "News.", "en", "recovery", START)  # type: ignore[arg-type]
            outcome = await hub.post.notifiers[Channel.VOICE].send(envelope)
            await hub.voices.satellites.quiet()  # type: ignore[union-attr]
            assert assistant.satellites[KITCHEN].said == [("announce", "News.")], outcome
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            await hub.close()


async def _answer(assist: Assist) -> str:
    async def asked() -> str:
        try:
            said = (await assist.says("how are my devices", KITCHEN)).text or ""
        except Lost:
            return ""
        return said if "linked" not in said else ""

    return await eventually(asked)


async def test_a_satellite_that_the_settings_give_to_somebody_else_moves(store: MemoryStore) -> None:
    async with store.transaction() as tx:
        for customer in (ADA, BEN):
            await tx.people.put_customer(Customer(customer), Person(customer, customer))
        await flow.map_out(tx, {"berg/a": ADA, "berg/b": ADA, "berg/c": "nobody yet"}, START)
        await flow.map_out(tx, {"berg/a": BEN}, START)
        assert [await flow.owner(tx, f"berg/{each}") for each in "abc"] == [BEN, None, None]
        health = {each.value: each.health for each in await tx.people.addresses(ADA)}
        assert health == {"ha:berg/a": Health.DEAD, "ha:berg/b": Health.DEAD}
        [good] = await tx.people.addresses(BEN)
        assert good == Address(AddressId(good.id), CustomerId(BEN), Channel.VOICE, "ha:berg/a")


async def test_an_address_that_nobody_speaks_to_is_told(store: MemoryStore) -> None:
    alone = ByAddress({})
    envelope = Envelope("m", "amzn1.ask.account.X", "", "en", "first", START)  # type: ignore[arg-type]
    assert await alone.send(envelope) == Undeliverable("no_such_speaker")
    await alone.close()
