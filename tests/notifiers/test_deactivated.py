"""The carrier's list of numbers that were given up: read through its redirect, telling the file's keeper nothing of us."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import date
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from hub.bootstrap.errands import errands_of
from hub.clock import WallClock
from hub.domain.customer import Address, Channel, Customer, Health, Person
from hub.domain.ids import AddressId, CustomerId
from hub.settings import Settings
from hub.testing import MemoryStore
from notifiers.sms.deactivated import Unlisted, given_up
from notifiers.twilio_wire import Account
from simulators.served import Served

DAY = date(2026, 11, 19)
NUMBERS = "15550001111\n+15550002222\n\nnot a number\n"


class Lists:
    """The carrier, and the keeper of its files."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.status = 307
        self.keeper = Served(Starlette(routes=[Route("/file", self._file)]))
        self.carrier = Served(Starlette(routes=[Route("/v1/Deactivations", self._list)]))

    def account(self) -> Account:
        return Account("AC1", "token", "", "http://hub", self.carrier.url)

    async def _list(self, request: Request) -> Response:
        self.asked.append((request.query_params["Date"], request.headers.get("authorization", "")))
        if self.status != 307:
            return Response(status_code=self.status)
        return RedirectResponse(f"{self.keeper.url}/file", 307)

    async def _file(self, request: Request) -> Response:
        self.asked.append(("file", request.headers.get("authorization", "")))
        return PlainTextResponse(NUMBERS)


@pytest.fixture
async def lists() -> AsyncIterator[Lists]:
    made = Lists()
    async with AsyncExitStack() as stack:
        for served in (made.keeper, made.carrier):
            await stack.enter_async_context(served)
        yield made


async def test_the_list_is_read_where_the_carrier_keeps_it(lists: Lists) -> None:
    assert await given_up(lists.account(), DAY) == {"+15550001111", "+15550002222"}
    (day, secret), (file, nothing) = lists.asked
    assert (day, file) == ("2026-11-19", "file")
    assert secret.startswith("Basic ")
    assert nothing == ""


@pytest.mark.parametrize("status", [401, 404, 500])
async def test_a_list_that_cannot_be_read_is_no_empty_list(lists: Lists, status: int) -> None:
    lists.status = status
    with pytest.raises(Unlisted, match=str(status)):
        await given_up(lists.account(), DAY)


async def test_a_day_is_read_once_and_one_that_could_not_be_read_again(lists: Lists, tmp_path: Path) -> None:
    store, ada = MemoryStore(), CustomerId("ada")
    async with store.transaction() as tx:
        await tx.people.put_customer(Customer(ada), Person(ada, "Ada"))
        await tx.people.put_address(Address(AddressId("a"), ada, Channel.SMS, "+15550002222"))
    sms = {"account_sid": "AC1", "auth_token": "token", "sender": "+15550009999", "deactivations": True}
    settings = Settings.model_validate({"sms": {**sms, "base_url": lists.carrier.url}})
    [chore] = errands_of(settings, store, WallClock())
    lists.status = 500
    await chore.work()
    lists.status = 307
    for _ in range(2):
        await chore.work()
    assert [name for name, _ in lists.asked].count("file") == 1
    async with store.reading() as tx:
        [address] = await tx.people.addresses(ada)
    assert address.health is Health.DEAD
    await store.close()
