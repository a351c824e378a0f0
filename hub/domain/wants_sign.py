"""Whether words wait for a sign that they arrived: a question, an answer, "it still fails". It understands no more."""

from __future__ import annotations

import re

from hub.domain.conversation import Intent, Turn

ANSWERS = (Intent.YES, Intent.NO, Intent.DONE, Intent.CHOICE, Intent.QUESTION)
_MARK = re.compile(r"[?？]")
_FIRST = re.compile(
    r"(?:^|[.,;:!…]\s*|\b(?:but|and|so|hello|hi|aber|und|hallo|pero|y|hola)\s+)(?:"
    r"what|when|why|how|who|where|which|is it|is that|are you|can you|could you|will you|do i|do you|does it|did you|should i|shall i|"
    r"was|wann|warum|wieso|weshalb|wie|wer|wo|welche[rs]?|ist es|ist das|können sie|könnt ihr|kannst du|muss ich|soll ich|"
    r"qué|cuándo|cuando|por qué|cómo|quién|dónde|cuál|puede usted|pueden|debo|tengo que"
    r")\b",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"\b(?:i asked|my question|gefragt|meine frage|pregunt(?:é|aba|ado)|mi pregunta)\b", re.IGNORECASE
)
_STILL = re.compile(
    r"\bstill (?:not|doesn|isn|won)|immer noch|noch immer|\bsigue\b|\btodavía no\b|还是不|還是不|仍然",
    re.IGNORECASE,
)
_SIGNS = re.compile(
    "吗|嗎|呢|什么|什麼|怎么|怎麼|为何|谁|誰|哪|几点|幾點|多久|多少|能不能|可不可以|是不是|要不要|有没有|我问|我問"
)


def wants_sign(turn: Turn) -> bool:
    """Whether somebody who says this would wonder whether it was read; plain chatter does not."""
    if turn.meaning.intent in ANSWERS:
        return True
    return any(found.search(turn.text) for found in (_MARK, _FIRST, _ASKED, _STILL, _SIGNS))
