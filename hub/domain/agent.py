"""Agents: the people at the desk, their roles and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hub.domain.ids import UserId


class AgentRole(StrEnum):
    """What a user may do: agents work on tickets, supervisors pause contacts, admins manage users and keys.
    Installers are booked by customers and see whom they visit, nothing else. Who has left may do nothing: only their name is
    kept, for what they wrote and decided."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    INSTALLER = "installer"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class User:
    """A person at the desk. `password` is an argon2 hash."""

    id: UserId
    name: str
    role: AgentRole
    password: str = ""


class Closing(StrEnum):
    """Why an agent closed a ticket."""

    FIXED = "fixed"
    FALSE_ALARM = "false_alarm"
    REPLACED = "replaced"
    MOVED = "moved"
    UNREACHABLE = "unreachable"
