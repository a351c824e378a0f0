"""Why somebody got our message, as their own page tells it: what was decided then, in their language. Decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from babel.core import Locale
from babel.dates import format_date

from device_rules.yaml_file import load_yaml
from hub.domain.asked import Decision, Verdict
from hub.domain.because import Because
from hub.domain.customer import Basis, BasisKind
from hub.domain.ids import Moment
from hub.flow.consent_why import Why
from hub.web.customer.texts import Texts
from hub.web.when import clock_in, local

FOLDER = Path(__file__).parent / "reasons"
GROUNDS = {
    BasisKind.CONTRACT: "why_contract",
    BasisKind.CONSENT: "why_consent",
    BasisKind.LEGITIMATE_INTEREST: "why_interest",
}


def told(why: Why, texts: Texts) -> list[str]:
    """The sentences, each once."""
    found = [texts(f"why_{why.kind.value}"), *_ground(why.basis, why.zone, texts)]
    found += [_decided(at, one, why.zone, texts) for at, one in why.decisions]
    return list(dict.fromkeys([*found, texts("why_change")]))


@cache
def reasons(language: str) -> Mapping[str, str]:
    """The customer's sentence of each reason, by its name; English are those of the reasons themselves."""
    if language == "en":
        return {str(each): each.customer for each in Because}
    data = load_yaml((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"), language).data
    return {str(name): str(text) for name, text in data.items()}


def _ground(basis: Basis | None, zone: str, texts: Texts) -> list[str]:
    if basis is None or basis.kind not in GROUNDS:
        return []
    way, ground = texts(f"channel_{basis.channel.value}"), texts(GROUNDS[basis.kind])
    return [texts("why_ground", channel=way, ground=ground, day=_day(basis.at, zone, texts))]


def _decided(at: Moment, decision: Decision, zone: str, texts: Texts) -> str:
    when = {"day": _day(at, zone, texts), "time": clock_in(at, zone)}
    reason = reasons(texts.language).get(str(decision.because), "")
    if decision.verdict is Verdict.HOLD and decision.until is not None:
        until = {"until": _day(decision.until, zone, texts), "clock": clock_in(decision.until, zone)}
        return texts("why_held", **when, **until, reason=reason).strip()
    if decision.verdict is Verdict.DENY:
        return texts("why_denied", **when, reason=reason).strip()
    return texts("why_allowed", **when)


def _day(moment: Moment, zone: str, texts: Texts) -> str:
    return format_date(local(moment, zone), "long", Locale.parse(texts.language))
