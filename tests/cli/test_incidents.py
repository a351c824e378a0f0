"""From the command line: incidents are listed and shown, tried, decided by who proves who they are, edited and closed."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from device_rules.reading import MINUTE
from hub.cli.app import app
from hub.clock import fast_clock
from hub.domain.agent import AgentRole, User
from hub.domain.ids import Moment, UserId
from hub.domain.incident import Incident
from hub.ports import FactRow
from hub.store import open_store
from hub.testing import FakeClock
from hub.web.passwords import hash_password
from tests.flow.fleet import EVA, OLE, fleet

SECRET = "the secret of the command line's tests"
WORDS = {EVA: "the password of eva", OLE: "the password of ole"}
HOMES = 20


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Incident, Moment]:
    """A store in which twenty heat pumps of one firmware have failed; the incident, and what time it is."""
    file = tmp_path_factory.mktemp("failed") / "hub.sqlite"
    return file, *asyncio.run(_failed(f"sqlite:///{file}"))


async def _failed(dsn: str) -> tuple[Incident, Moment]:
    store = await open_store(dsn, SECRET)
    made = await fleet(store, FakeClock())
    await made.homes(HOMES)
    await made.fails(*(f"pump-{number}" for number in range(HOMES)))
    await made.passes(2 * MINUTE)
    seats = {
        EVA: AgentRole.SUPERVISOR,
        OLE: AgentRole.ADMIN,
        "dag": AgentRole.AGENT,
        "ina": AgentRole.INSTALLER,
    }
    async with store.transaction() as tx:
        for name, role in seats.items():
            kept = hash_password(WORDS.get(UserId(name), "the password of another"))
            await tx.house.put_user(User(UserId(name), name.title(), role, kept))
    found = await made.incident()
    await store.close()
    return found, made.now


@pytest.fixture
def one(failed: tuple[Path, Incident, Moment], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Incident:
    """That incident, in a store of our own; the terminal is narrow, and the carrier does not answer."""
    file, incident, now = failed
    shutil.copy(file, tmp_path / "hub.sqlite")
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "BEFOREHAND_STORE_SECRET": SECRET,
        "BEFOREHAND_STORE_DSN": f"sqlite:///{tmp_path}/hub.sqlite",
        "BEFOREHAND_CLOCK": str(fast_clock(now, rate=0.001)),
        "BEFOREHAND_SMS_ACCOUNT_SID": "AC1",
        "BEFOREHAND_SMS_AUTH_TOKEN": "token",
        "BEFOREHAND_SMS_SENDER": "+4930555012",
        "BEFOREHAND_SMS_BASE_URL": "http://127.0.0.1:9",
        "BEFOREHAND_RULES_PACKS": "router",
        "COLUMNS": "80",
    }.items():
        monkeypatch.setenv(name, value)
    return incident


def incidents(*words: str, given: str = "") -> Result:
    return CliRunner().invoke(app, ["incidents", *words], input=given)


def decided(act: str, one: Incident, who: UserId, *more: str) -> Result:
    return incidents(act, one.id, "--by", who, *more, given=f"{WORDS[who]}\n")


def kept(one: Incident, tmp_path: Path) -> tuple[Incident, list[FactRow]]:
    """How the incident stands in the store, and its timeline."""

    async def read() -> tuple[Incident, list[FactRow]]:
        store = await open_store(f"sqlite:///{tmp_path}/hub.sqlite", SECRET)
        async with store.reading() as tx:
            found, facts = await tx.incidents.get(one.id), await tx.facts.of_case(one.id)  # type: ignore[arg-type]
        await store.close()
        assert found is not None
        return found, facts

    return asyncio.run(read())


def test_the_list_shows_the_whole_id_in_a_narrow_terminal(one: Incident) -> None:
    listed = incidents("list")
    assert listed.exit_code == 0 and one.id in listed.output
    assert max(map(len, listed.output.splitlines())) <= 80
    assert "There is no incident" not in incidents("list", "--all").output


def test_what_is_shown_counts_devices_and_households_in_words(one: Incident) -> None:
    shown = incidents("show", one.id).output
    assert "Needs a decision: " in shown and "Found: " in shown
    assert "20 devices, 20 not recovered; 0 households told (0 messages lost), 20 waiting" in shown
    nobody = incidents("show", "incident_nope")
    assert nobody.exit_code == 2 and "there is no such incident" in nobody.output


def test_a_dry_run_says_who_would_hear_and_at_what_cost_and_changes_nothing(
    one: Incident, tmp_path: Path
) -> None:
    tried = incidents("dry-run", one.id, "--most", "3")
    assert tried.exit_code == 0, tried.output
    assert "20 households; asked about 3: 3 messages in" in tried.output
    assert "Next news by " in tried.output and "It promises next news by " in tried.output
    assert "One person has to approve it." in tried.output and "nobody" in tried.output
    assert kept(one, tmp_path)[0] == one


def test_a_supervisor_approves_with_their_password_and_the_record_says_who(
    one: Incident, tmp_path: Path
) -> None:
    approved = decided("approve", one, EVA)
    assert approved.exit_code == 0 and "Trying on a few" in approved.stdout
    assert "Next news by " in approved.stdout and "It promises next news by " in approved.stdout
    assert "[info" not in approved.output and "incident.approved" not in approved.output
    after, facts = kept(one, tmp_path)
    assert "Approved by eva." in incidents("dry-run", one.id).output
    assert after.approved_by == (EVA,)
    assert (facts[-1].data["by"], facts[-1].data["how"]) == (EVA, "command line")
    assert "Approved by eva (command line)" in incidents("show", one.id).output


@pytest.mark.parametrize(
    ("by", "given", "said"),
    [
        ("eva", "a guess\n", "this is not the password of eva"),
        ("eva", "", "the password of eva is missing"),
        ("dag", "the password of another\n", "dag is no supervisor"),
        ("ina", "the password of another\n", "ina is no supervisor"),
        ("nobody", "x\n", "nobody is no supervisor"),
        ("", "x\n", "nobody is named who decides"),
    ],
)
def test_who_does_not_prove_who_they_are_decides_nothing(
    one: Incident, tmp_path: Path, by: str, given: str, said: str
) -> None:
    refused = incidents("approve", one.id, "--by", by, given=given)
    assert refused.exit_code == 2 and said in refused.output
    assert "--role" not in refused.output, "nobody is shown how to make themselves a supervisor"
    assert kept(one, tmp_path)[0] == one


def test_a_wrong_id_is_told_before_anybody_is_asked_who_they_are(one: Incident) -> None:
    for act in ("approve", "reject", "close", "edit"):
        refused = incidents(act, "incident_nope")
        assert (refused.exit_code, "there is no such incident" in refused.output) == (2, True)


def test_above_the_size_for_two_people_the_same_person_cannot_approve_twice(
    one: Incident, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEFOREHAND_INCIDENTS_TWO_PEOPLE", "10")
    assert "Two people have to approve it." in incidents("dry-run", one.id).output
    assert "Needs a decision" in decided("approve", one, EVA).output
    assert "eva said yes; somebody else has to approve it too." in incidents("dry-run", one.id).output
    again = decided("approve", one, EVA)
    assert (again.exit_code, "somebody else has to approve it too" in again.output) == (2, True)
    (tmp_path / "word.txt").write_text(f"{WORDS[OLE]}\n")
    second = incidents("approve", one.id, "--by", "ole", "--password-file", "word.txt")
    assert "Trying on a few" in second.output
    assert kept(one, tmp_path)[0].approved_by == (EVA, OLE)


def test_a_house_that_asks_for_no_password_says_so_in_the_record(
    one: Incident, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEFOREHAND_INCIDENTS_PASSWORD", "false")
    assert incidents("reject", one.id, "--by", "eva").exit_code == 0
    assert kept(one, tmp_path)[1][-1].data["how"] == "command line, no password asked"


def test_other_words_are_kept_and_a_slip_changes_nothing(one: Incident, tmp_path: Path) -> None:
    assert decided("approve", one, EVA).exit_code == 0
    changed = decided("edit", one, EVA, "--say", "en=We are restarting the service.")
    assert "Those who were told before hear it now." in changed.stdout
    assert "There are own words in en; whoever reads de" in changed.stdout
    assert "does not speak is written to in English, and hears these English words" in changed.stdout
    shown = incidents("show", one.id).output
    assert "en: the house's words → “We are restarting the service.”" in shown
    assert kept(one, tmp_path)[0].words == {"en": "We are restarting the service."}
    for slip in ("We are restarting.", "en=", "fr=Nous", "en={name}"):
        assert decided("edit", one, EVA, "--say", slip).exit_code == 2
    assert decided("edit", one, EVA, "--next-update", "2020-01-01").exit_code == 2
    assert kept(one, tmp_path)[0].words == {"en": "We are restarting the service."}


def test_what_is_closed_is_over_once(one: Incident, tmp_path: Path) -> None:
    assert decided("approve", one, EVA).exit_code == 0
    assert "It is over." in decided("close", one, OLE, "--because", "restarted").output
    after, facts = kept(one, tmp_path)
    assert (after.closing, facts[-1].data["by"]) == ("restarted", OLE)
    again = decided("close", one, OLE)
    assert (again.exit_code, "there is nothing to close" in again.output) == (2, True)
