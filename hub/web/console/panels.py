"""The panels beside the ticket: the customer (may they be contacted now, and why), the device (live).

Pure: told what is known, answers lines to show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import phonenumbers

from device_rules.reading import PresenceState
from hub.domain.asked import Decision, Verdict
from hub.domain.customer import Address, Channel, Health
from hub.web.console.known import Known
from hub.web.console.speech import PRESENCE, amount, leaves, measured
from hub.web.console.who import HOME, plain_role
from hub.web.push_words import address_shown
from hub.web.when import Watch, ago, place

LANGUAGES = {"en": "English", "de": "German", "es": "Spanish", "zh": "Chinese"}
Lines = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Value:
    """One live value; `bad` when it is on the wrong side of a rule."""

    name: str
    text: str
    ago: str
    bad: bool


def may(decision: Decision | None, known: Known, watch: Watch) -> tuple[str, str]:
    """What the gate would say to an agent's message now, and how it feels."""
    if not known.case.state.open:
        return "The case is closed; nothing more is sent about it.", ""
    if decision is None and known.gaps.found:
        return "It cannot be told whether anybody may be written to: see above.", "bad"
    if decision is None:
        return "Nobody can be written to: no customer or no address is known.", "bad"
    name = known.somebody.first_name if known.somebody else "They"
    match decision.verdict:
        case Verdict.ALLOW:
            how = "" if known.switches.mode == "live" else f" Sending mode is {known.switches.mode}."
            return f"{name} may be written to now.{how}", "good"
        case Verdict.HOLD:
            until = f" It would leave at {watch.both(decision.until, known.zone)}." if decision.until else ""
            return f"{decision.because.agent}{until}", "wait"
        case _:
            return f"{name} may not be written to: {decision.because.agent}", "bad"


def person(known: Known, watch: Watch) -> Lines:
    """What is known of the customer."""
    somebody = known.somebody
    if somebody is None:
        return []
    lines: Lines = []
    if known.zone:
        here = Watch(known.zone, known.now)
        lines.append(("Local time", f"{here.at(known.now)} in {place(known.zone)}"))
    lines.append(("Language", LANGUAGES.get(somebody.customer.language, somebody.customer.language)))
    if somebody.role:
        lines.append(("Role", plain_role(somebody.role)))
    if known.thing.site and known.thing.site.label:
        lines.append(("Lives at" if somebody.role in HOME else "Home", known.thing.site.label))
    quiet = somebody.customer.quiet
    if quiet.begins != quiet.ends:
        lines.append(("Quiet hours", f"{_minute(quiet.begins)}–{_minute(quiet.ends)}"))
    if somebody.stopped is not None:
        lines.append(("Said stop", watch.both(somebody.stopped, known.zone)))
    lines += [
        (address.channel.value, _address(address))
        for address in somebody.addresses
        if address.channel is not Channel.SMS or address.health is not Health.GOOD
    ]
    lines += [("Also" if one.here else "Also heard", str(one)) for one in known.others]
    return lines


def _minute(of_day: int) -> str:
    return f"{of_day // 60:02}:{of_day % 60:02}"


def _address(address: Address) -> str:
    value = address_shown(address)
    value = value if len(value) < 40 else f"{value[:12]}…"
    return value if address.health is Health.GOOD else f"{value} ({address.health})"


def phone(addresses: Sequence[Address]) -> tuple[str, str]:
    """The number to ring: as the phone wants it, and as people read it."""
    found = next((one.value for one in addresses if one.channel in (Channel.PHONE, Channel.SMS)), "")
    try:
        parsed = phonenumbers.parse(found, None)
    except phonenumbers.NumberParseException:
        return found, found
    return found, phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def presence(known: Known, watch: Watch) -> tuple[str, str]:
    """Whether the device can be heard: a name for the colour, and words."""
    state = known.thing.state
    if state is None:
        return "unknown", PRESENCE[PresenceState.UNKNOWN]
    if state.presence is PresenceState.UNKNOWN and state.received is not None:
        return state.presence.value, f"heard {watch.ago(state.received)}"
    since = f" for {watch.lasting(state.presence_since)}" if state.presence_since else ""
    return state.presence.value, f"{PRESENCE[state.presence]}{since}"


def live(known: Known) -> list[Value]:
    """The newest values; those that the rule looks at come first."""
    state = known.thing.state
    if state is None:
        return []
    leaf_of = {leaf.metric: leaf for leaf in leaves(known.evidence.when)} if known.evidence else {}
    is_open = known.fault is not None and known.fault.cleared is None
    names = [name for name in leaf_of if name in state.values]
    names += [name for name in sorted(state.values) if name not in leaf_of]
    out = []
    for name in names[:8]:
        value, at = state.values[name]
        bad = is_open and name in leaf_of and measured(leaf_of[name]) and leaf_of[name].truth is True
        out.append(Value(known.title(name), amount(value, known.unit(name)), ago(at, known.now), bad))
    return out


def about(known: Known, watch: Watch) -> Lines:
    """What is registered of the device."""
    device, state = known.thing.device, known.thing.state
    firmware = device.firmware
    if firmware and device.firmware_since:
        firmware += f", for {watch.lasting(device.firmware_since)}"
    heard = watch.ago(state.received) if state else "never"
    lines = [
        ("Model", device.model),
        ("Serial", device.serial),
        ("Firmware", firmware),
        ("Room", device.room),
        ("Last heard", heard),
    ]
    return [(name, value) for name, value in lines if value]
