"""What is owed and what is paused, by program: shown in words, changed by supervisors alone."""

import httpx

from hub.domain.contact import Direction, Message, MessageClass
from hub.domain.customer import Channel
from hub.domain.ids import Moment
from tests.web.asking import key
from tests.web.world import ADMIN_KEY, READ_KEY, World


async def parked(here: World) -> str:
    """A message to Ada of which nobody can tell whether it left."""
    now = Moment(here.clock.now())
    async with here.store.transaction() as tx:
        (address, *_) = await tx.people.addresses("ada")
        made = Message(
            id="msg_parked", contact="contact_1", case=None, customer="ada", address=address.id,
            channel=Channel.SMS, kind=MessageClass.FIRST, direction=Direction.OUT, at=now, text="Hello.",
        )  # fmt: skip
        await tx.outbox.put(made, now)
        await tx.outbox.settle(made.id, "parked", note="TimeoutError")
    return address.value


async def test_what_is_parked_is_listed_in_words_and_without_the_number(
    client: httpx.AsyncClient, here: World
) -> None:
    number = await parked(here)
    answer = await client.get("/api/v1/outbox", headers=key(READ_KEY))
    (row,) = answer.json()["items"]
    assert (row["id"], row["what"], row["state"]) == ("msg_parked", "first by sms", "parked")
    assert row["reason"] == "The provider did not answer in time."
    assert number not in answer.text


async def test_only_a_supervisor_has_a_parked_message_sent(client: httpx.AsyncClient, here: World) -> None:
    await parked(here)
    refused = await client.post("/api/v1/outbox/msg_parked/release", headers=key(READ_KEY))
    assert refused.status_code == 403
    released = await client.post("/api/v1/outbox/msg_parked/release", headers=key(ADMIN_KEY))
    assert released.json()["state"] == "queued"
    again = await client.post("/api/v1/outbox/msg_parked/release", headers=key(ADMIN_KEY))
    assert again.status_code == 422
    dropped = await client.post("/api/v1/outbox/msg_parked/drop", headers=key(ADMIN_KEY))
    assert dropped.json()["state"] == "cancelled"


async def test_a_rule_is_paused_and_resumed_and_a_misspelt_one_is_refused(
    client: httpx.AsyncClient, dag: httpx.AsyncClient, here: World
) -> None:
    rule = next(rule.id for book in here.door.books.values() for rule in book.rules)
    wish = {"scope": "rule", "name": rule, "because": "false alarms"}
    wrong = await client.post("/api/v1/pauses", headers=key(ADMIN_KEY), json=wish | {"name": rule + "x"})
    assert wrong.status_code == 404
    paused = await client.post("/api/v1/pauses", headers=key(ADMIN_KEY), json=wish)
    (one,) = paused.json()["items"]
    assert (one["name"], one["because"]) == (rule, "false alarms")
    switches = await client.get("/api/v1/switches", headers=key(READ_KEY))
    assert switches.json()["paused_parts"] == [f"rule {rule}"]
    metrics = await client.get("/metrics")
    assert f'part="rule {rule}"' in metrics.text
    page = await dag.get("/console")
    assert f"The rule {rule} is paused" in page.text
    resumed = await client.delete(f"/api/v1/pauses/rule/{rule}", headers=key(ADMIN_KEY))
    assert resumed.json()["items"] == []
