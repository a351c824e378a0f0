"""The skill as it is published: its interaction models by locale, for a simulated Alexa that has to understand people."""

from __future__ import annotations

from typing import Any

from voice_skills.alexa_model import invocation, locales, models
from voice_skills.alexa_words import TONGUES
from voice_skills.words import house_words


def skill_models(brand: str) -> dict[str, dict[str, Any]]:
    """The interaction model of each locale for the skill of `brand`. Raises BadInput for a name that Alexa would refuse."""
    patterns = house_words().patterns
    tongues = {language: TONGUES[language].help for language in locales(patterns).values()}
    return models(patterns, {language: invocation(f"{brand} {word}") for language, word in tongues.items()})
