"""Skill events in Amazon's JSON: what one is about, and when it was. Pure reading, never trusting a shape.

An event says what was so at its own moment; events come in any order (voice-platforms, section 2.1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hub.clock import micros
from hub.domain.ids import Moment

SUBSCRIPTION = "AlexaSkillEvent.ProactiveSubscriptionChanged"
PERMISSION = ("AlexaSkillEvent.SkillPermissionChanged", "AlexaSkillEvent.SkillPermissionAccepted")
NOTICE = "AMAZON.MessageAlert.Activated"
SCOPE = "alexa::devices:all:notifications:write"
EVENTS = "AlexaSkillEvent."
LINKED = "AlexaSkillEvent.SkillAccountLinked"
MESSAGE = "Messaging.MessageReceived"


def table(body: object, *path: str) -> Mapping[str, Any]:
    """The table at `path`, or an empty one."""
    for name in path:
        body = body.get(name) if isinstance(body, Mapping) else None
    return body if isinstance(body, Mapping) else {}


def kind_of(body: Mapping[str, Any]) -> str:
    """The request's type."""
    return str(table(body, "request").get("type") or "")


def language_of(body: Mapping[str, Any], known: Sequence[str]) -> str:
    """The language of the request's locale, English where we do not speak it."""
    language = str(table(body, "request").get("locale") or "")[:2].lower()
    return language if language in known else "en"


def wants_notices(body: Mapping[str, Any]) -> bool | None:
    """Whether the person wants notices by this event; None when it does not say.

    That they are allowed does not say that they are wanted: only the subscription does. That they are no longer allowed
    says enough.
    """
    kind, said = kind_of(body), table(body, "request", "body")
    subscriptions, permissions = said.get("subscriptions"), said.get("acceptedPermissions")
    if kind == SUBSCRIPTION and isinstance(subscriptions, list):
        return NOTICE in _names(subscriptions, "eventName")
    if kind in PERMISSION and isinstance(permissions, list) and SCOPE not in _names(permissions, "scope"):
        return False
    return None


def moment_of(body: Mapping[str, Any], now: Moment) -> Moment:
    """When it happened, by the event itself; `now` where it does not say. Never later than now."""
    request = table(body, "request")
    for name in ("eventCreationTime", "timestamp"):
        try:
            return Moment(min(micros(str(request[name])), now))
        except (KeyError, ValueError):
            continue
    return now


def _names(listed: list[object], name: str) -> set[str]:
    return {str(table(each).get(name)) for each in listed}
