"""What programs and supervisors may do for a person: change what they hear, tell them why, hand them everything, erase them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from hub.domain.ids import CustomerId
from tests.web.asking import key
from tests.web.world import ADMIN_KEY, DESK_KEY, READ_KEY, World


async def ask(client: httpx.AsyncClient, path: str, who: str = READ_KEY) -> httpx.Response:
    return await client.get(f"/api/v1{path}", headers=key(who))


async def act(
    client: httpx.AsyncClient, path: str, body: dict[str, Any], who: str = DESK_KEY
) -> httpx.Response:
    return await client.post(f"/api/v1{path}", headers=key(who), json=body)


async def test_an_agent_writes_down_what_a_customer_wants_to_hear(
    client: httpx.AsyncClient, here: World
) -> None:
    wish = {"changes": {"channels_off": ["sms"], "wake_me": True}, "how": "phone"}
    changed = await act(client, "/customers/ada/preferences", wish)
    assert changed.status_code == 200, changed.text
    assert changed.json()["channels_off"] == ["sms"]
    lines = (await ask(client, "/customers/ada/preferences")).json()["lines"]
    assert [(line["item"], line["value"], line["how"]) for line in lines] == [
        ("channels_off", ["sms"], "phone"),
        ("wake_me", True, "phone"),
    ]


async def test_nonsense_is_told_and_strangers_are_not_found(client: httpx.AsyncClient) -> None:
    refused = await act(client, "/customers/ada/preferences", {"changes": {"channels_off": ["pigeon"]}})
    assert refused.status_code == 422 and "pigeon" in refused.text
    assert (await ask(client, "/customers/nobody/preferences")).status_code == 404
    assert (await ask(client, "/messages/msg_none/why")).status_code == 404
    assert (await act(client, "/consents/reviews/7", {})).status_code == 404


async def test_whoever_reads_a_stop_again_reads_its_words_and_says_so(
    client: httpx.AsyncClient, here: World
) -> None:
    case = await here.ices_up()
    await here.heard(case, "ada", "please stop texting me", 3)
    async with here.store.transaction() as tx:
        [said] = await tx.messages.of_case(case.id)
        await tx.messages.update(replace(said, provider_id="SM7"))
        await tx.people.add_review(CustomerId("ada"), "SM7", here.now)
        await tx.people.add_review(CustomerId("ben"), "SM8", here.now)
    first, second = (await ask(client, "/consents/reviews")).json()["items"]
    assert (first["customer"], first["words"], second["words"]) == ("ada", "please stop texting me", "")
    assert (await act(client, f"/consents/reviews/{first['id']}", {})).json()["counts"] == {"read": 1}
    assert len((await ask(client, "/consents/reviews")).json()["items"]) == 1


async def test_a_basis_is_recorded_and_taken_back(client: httpx.AsyncClient, here: World) -> None:
    given = {
        "purpose": "service", "channel": "email", "kind": "consent", "at": 1, "how": "web form", "wording": "v3",
    }  # fmt: skip
    assert (await act(client, "/customers/ada/consents", given)).status_code == 200
    gone = await act(client, "/customers/ada/consents/revoke", {"channel": "email"})
    assert gone.json()["counts"] == {"ended": 1}
    ledger = (await ask(client, "/consents?customer=ada")).json()["items"]
    assert [line["kind"] for line in ledger if line["channel"] == "email"] == ["consent", "withdrawn"]


async def test_a_customer_can_be_told_why(client: httpx.AsyncClient, here: World) -> None:
    case = await here.ices_up()
    await here.told(case, "ada", "Nordwarm: your heat pump is icing up.", 30)
    message = (await ask(client, f"/tickets/{case.id}")).json()["messages"][0]["id"]
    told = (await ask(client, f"/messages/{message}/why")).json()
    assert "Your device told us that something was wrong" in told["sentences"][0]


@pytest.mark.parametrize("who", [READ_KEY, DESK_KEY])
async def test_only_a_supervisor_exports_and_erases(client: httpx.AsyncClient, who: str) -> None:
    assert (await ask(client, "/customers/ada/export", who)).status_code == 403
    assert (await act(client, "/customers/ada/erase", {"confirm": "ada"}, who)).status_code == 403
    assert (await act(client, "/imports/import_1/undo", {"confirm": "import_1"}, who)).status_code == 403


async def test_erasing_is_confirmed_by_the_id_and_then_nothing_names_her(
    client: httpx.AsyncClient, here: World
) -> None:
    assert (await act(client, "/customers/ada/erase", {"confirm": "yes"}, ADMIN_KEY)).status_code == 422
    before = await ask(client, "/customers/ada/export", ADMIN_KEY)
    assert "Ada Berg" in before.text
    erased = await act(client, "/customers/ada/erase", {"confirm": "ada"}, ADMIN_KEY)
    assert erased.status_code == 200 and erased.json()["counts"]["names"] == 1
    after = await ask(client, "/customers/ada/export", ADMIN_KEY)
    assert after.status_code == 200 and "Ada Berg" not in after.text


async def test_a_program_that_still_brings_her_learns_that_she_was_erased(
    client: httpx.AsyncClient, here: World
) -> None:
    await act(client, "/customers/ada/erase", {"confirm": "ada"}, ADMIN_KEY)
    rows = {"customers": [{"customer": "ada", "name": "Ada Berg", "phone": "+491713920011"}]}
    for where in ("/import?dry_run=true", "/import"):
        told = (await act(client, where, rows, ADMIN_KEY)).json()
        assert (told["erased"], told["changed"], told["reach"]) == (["ada"], [], [])
        assert "1 person was erased here and is left out: ada." in told["summary"]
    after = await ask(client, "/customers/ada/export", ADMIN_KEY)
    assert "Ada Berg" not in after.text and "+491713920011" not in after.text


async def test_an_import_is_taken_back_by_its_id(client: httpx.AsyncClient, here: World) -> None:
    rows = {"customers": [{"customer": "zoe", "name": "Zoe Ek", "phone": "+46701740699"}]}
    brought = (await act(client, "/import", rows, ADMIN_KEY)).json()
    assert [(one["customer"], one["because"]) for one in brought["reach"]] == [("zoe", "no_basis")]
    done = await act(client, f"/imports/{brought['id']}/undo", {"confirm": brought["id"]}, ADMIN_KEY)
    assert done.json()["counts"] == {"address": 1, "customer": 1}
    again = await act(client, f"/imports/{brought['id']}/undo", {"confirm": brought["id"]}, ADMIN_KEY)
    assert again.status_code == 422
