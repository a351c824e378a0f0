"""What every section of the settings is: unknown names are refused, values never change after loading."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator

from hub.settings.kinds import a_number


class Part(BaseModel):
    """A section of the settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _as_meant(cls, value: Any, info: ValidationInfo) -> Any:
        """`true` is no number, whatever Python says; and an empty path is none."""
        kind = cls.model_fields[info.field_name or ""].annotation
        if kind in (int, float):
            return a_number(value)
        return None if kind == Path | None and value == "" else value
