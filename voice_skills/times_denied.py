"""Words that refuse a time: "I can't", "kann ich nicht", "no puedo", "不行", and those that say from when or until when.

It listens to one folded clause and knows nothing of what a time is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

NO_UNIT = r"(?! ?(?:min|hour|hr|day|week|std|stund|tag|woche|hora|dia|semana|degree|grad|percent|prozent|个|分|小时|天))"
_EDGE = re.compile(r"\b(?:before|until|till|til|vor|bis|antes|hasta)\b|前|到")


@dataclass(frozen=True, slots=True)
class Refusals:
    """What one language listens for: patterns over folded clauses with digits. `since` and `until` stand before a time of day
    (after it, in Chinese); `busy` is what somebody does instead of waiting for us, and refuses as a denial does."""

    parts: re.Pattern[str]
    asks: re.Pattern[str]
    denies: re.Pattern[str]
    busy: re.Pattern[str]
    since: re.Pattern[str]
    until: re.Pattern[str]
    after_lunch: re.Pattern[str]
    before_lunch: re.Pattern[str]
    half: tuple[re.Pattern[str], str] = (re.compile("(?!)"), "")


def _refusals(*patterns: str, half: tuple[str, str] = ("(?!)", "")) -> Refusals:
    parts, asks, denies, busy, since, until, after, before = map(re.compile, patterns)
    return Refusals(parts, asks, denies, busy, since, until, after, before, (re.compile(half[0]), half[1]))


LISTEN: Mapping[str, Refusals] = {
    "en": _refusals(
        r"\b(?:but|although|though|because|cause|since i|as i)\b(?<!anything but)(?<!any day but)(?<!any time but)",
        r"why not|why dont|(?:cant|couldnt|wont|cannot) (?:you|we|they|it|he|she|somebody|someone)\b|(?:can|could) you not|not bad|"
        r"no problem|dont mind|doesnt matter|not sure",
        r"\b(?:not|never|cant|cannot|wont|dont|doesnt|isnt|arent|unable|except|anything but|any day but|any time but|"
        r"bad|impossible|rather than|instead of|no (?:good|use|chance|way|time|go|earlier|later|sooner))\b",
        r"\b(?:(?:i|we) (?:do )?(?:have to )?work\b(?! from home)|at work|working(?! from home)|busy|away|out|i have work)",
        r"\b(?:from|after|later than|earliest)(?: about| around| at| maybe| like)*$",
        r"\b(?:before|until|till|til|earlier than|sooner than|latest)(?: about| around| at| maybe| like)*$",
        r"\b(?:after|past) (?:my |the )?(?:lunch ?time|lunch|noon|midday)\b",
        r"\bbefore (?:my |the )?(?:lunch ?time|lunch|noon|midday)\b",
        half=(r"\bhalf (\d{1,2})\b" + NO_UNIT, r"half past \1"),
    ),
    "de": _refusals(
        r"\b(?:aber|sondern|denn|weil|dafuer|dafur)\b",
        r"warum nicht|wieso nicht|(?:koennen|konnen|koennten|konnten|geht|ginge|kann|konnte) (?:sie|ihr|es|das|man) (?:denn |da )?nicht|"
        r"nicht schlecht|kein problem|keine ahnung|nichts dagegen",
        r"\b(?:nicht|kein|keine|keinen|keine zeit|nie|niemals|ausser|schlecht|unmoeglich|unmoglich|unguenstig|ungunstig|statt)\b",
        r"\b(?:arbeite|arbeiten|verreist|weg|unterwegs|beschaeftigt|beschaftigt|auf arbeit|bei der arbeit)\b",
        r"\b(?:ab|nach|von|seit|fruehestens|fruhestens|spaeter als|spater als)(?: so| um| etwa| ca| circa| gegen)*$",
        r"\b(?:vor|bis|spaetestens|spatestens|frueher als|fruher als)(?: so| um| etwa| ca| circa| gegen)*$",
        r"\bnach (?:dem |der )?(?:mittagessen|mittagspause|mittag|essen)\b|\bab mittags?\b",
        r"\bvor (?:dem |der )?(?:mittagessen|mittagspause|mittag)\b",
    ),
    "es": _refusals(
        r"\b(?:pero|sino|porque|aunque|en cambio)\b",
        r"por que no|no (?:puede|pueden|podria|podrian|podeis)\b|no hay problema|no esta mal|no me importa|no importa|no se",
        r"\bno (?:puedo|podemos|podre|me |nos |es |estoy|estamos|estare|tengo|voy|va|quiero|antes|despues|hay|el|los|a las|por)|"
        r"\bno$|\b(?:menos(?! cuarto)|excepto|salvo|nunca|tampoco|imposible|en vez de)\b",
        r"\b(?:trabajo|trabajamos|trabajando|ocupad[oa]|fuera|de viaje)\b",
        r"\b(?:desde|a partir de|despues de|pasadas|mas tarde de)(?: como| a)?(?: las?)?(?: la)?$",
        r"\b(?:antes de|hasta|mas temprano de)(?: como| a)?(?: las?)?$",
        r"\bdespues (?:del (?:almuerzo|mediodia)|de (?:comer|almorzar|la comida))|\bpasado el mediodia",
        r"\bantes (?:del (?:almuerzo|mediodia)|de (?:comer|almorzar|la comida))",
    ),
    "zh": _refusals(
        r"但是|不过|因为|可是|但",
        r"为什么不|行不行|可不可以|能不能|好不好|方不方便|有没有空|没问题|没关系|不错",
        r"不行|不可以|不能|不方便|没空|没有空|没时间|没有时间|不在|不要|不想|除了|没办法|不合适|不好|不了|不成|有事",
        r"上班|工作|加班|出差|很忙",
        r"^(?:钟|整)?(?:以后|之后|过后|后|起|开始|才)",
        r"^(?:钟|整)?(?:以前|之前|前)",
        r"午[饭餐](?:以后|之后|后)|吃完午饭|饭后|午后|中午(?:以后|之后|过后|后)",
        r"午[饭餐](?:以前|之前|前)|中午(?:以前|之前|前)",
    ),
}


def refused(said: str, language: str) -> bool:
    """Whether a clause (folded) denies what it names."""
    listen = LISTEN.get(language)
    if listen is None:
        return False
    left = listen.asks.sub(" ", said)
    return listen.denies.search(left) is not None or listen.busy.search(left) is not None


def refused_day(said: str, language: str) -> bool:
    """Whether it denies the day that it names: "not before Monday" waits for it."""
    return refused(said, language) and _EDGE.search(said) is None
