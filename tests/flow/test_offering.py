"""An agent offers the customer the steps again: one true line in their language, and the word that it names works."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.domain.case import CaseState, TicketStatus
from hub.domain.gate import Decision, Verdict
from hub.domain.ids import CaseId, UserId
from hub.flow import handover, offering
from hub.ports import BadInput
from tests.flow.home import ADA, Home


async def _offered(home: Home, case: CaseId) -> Decision:
    async with home.store.transaction() as tx:
        return await offering.offer_steps(tx, case, handover.By(UserId("dag"), home.now), home.ctx)


@pytest.mark.parametrize(
    ("language", "word", "back"),
    [
        ("en", "steps", "All right, back to the steps."),
        ("de", "Schritte", "Gern, zurück zu den Schritten."),
        ("es", "pasos", "De acuerdo, volvemos a los pasos."),
        ("zh", "步骤", "好的，回到步骤。"),
    ],
)
async def test_the_word_that_the_agents_line_names_goes_on_with_the_fix(
    home: Home, language: str, word: str, back: str
) -> None:
    async with home.store.transaction() as tx:
        person = await tx.people.customer(ADA)
        assert person is not None
        await tx.people.change_customer(replace(person, language=language))
    case = await home.fails("fr-1", "door-open")
    await home.writes("0")
    async with home.store.transaction() as tx:
        await handover.take(tx, case, handover.By(UserId("dag"), home.now), home.ctx)
    assert (await _offered(home, case)).verdict is Verdict.ALLOW
    assert (await home.case(case)).status is TicketStatus.WITH_AGENT
    await home.posts()
    assert word in (await home.texts())[-1]
    [said] = await home.writes(word)
    assert said.startswith(back)
    assert (await home.case(case)).state is CaseState.TALKING


async def test_where_there_are_no_steps_none_are_offered(home: Home) -> None:
    case = await home.fails("fr-1", "door-open")
    with pytest.raises(BadInput, match="no steps"):
        await _offered(home, case)  # the hub has it: the question is open anyway
    await home.writes("0")
    await home.recovers("fr-1", "door-open")
    with pytest.raises(BadInput, match="no steps"):
        await _offered(home, case)
