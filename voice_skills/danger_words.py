"""Words of danger in every language we write plays in: what may only be said to warn of it, and what warns.

Chinese has no spaces between words, so its signs are found anywhere. This only lists words; `play_lint.py` judges with them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

DANGERS: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(
        r"\b(?:ladder|roof|casing|housing|screw\w*|cover|hot water|boiling|knife|hammer|tools?|fuse\w*|in the dark|on ice"
        r"|balcony rail\w*)\b",
        re.IGNORECASE,
    ),
    "de": re.compile(
        r"\b(?:leiter\w*|dach\w*|gehäuse\w*|schraub\w*|abdeckung\w*|heißes wasser|kochend\w*|messer\w*|hammer\w*|werkzeug\w*"
        r"|sicherung\w*|im dunkeln|glätte|geländer\w*)\b",
        re.IGNORECASE,
    ),
    "es": re.compile(
        r"\b(?:escalera\w*|tejado\w*|azotea\w*|carcasa\w*|cubierta\w*|tapa|tapas|tornillo\w*|\w*atornill\w*|agua (?:muy )?caliente"
        r"|hirvien\w*|cuchill\w*|martill\w*|herramienta\w*|fusible\w*|a oscuras|en la oscuridad|sobre (?:el )?hielo|barandilla\w*)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        "梯子|扶梯|屋顶|房顶|楼顶|外壳|机壳|螺丝|螺钉|盖板|热水|开水|沸水|刀|锤|工具|保险丝|摸黑|黑暗|冰上|冰面|栏杆"
    ),
}
FORBIDS: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(r"\b(?:not|never|no|without|don't)\b", re.IGNORECASE),
    "de": re.compile(r"\b(?:nicht|nie|niemals|kein\w*|ohne)\b", re.IGNORECASE),
    "es": re.compile(r"\b(?:no|nunca|jamás|ni|ningún|ninguna|sin)\b", re.IGNORECASE),
    "zh": re.compile("不|勿|没有|无需|切忌|请别|千万别"),
}
CAREFUL: Mapping[str, Mapping[str, re.Pattern[str]]] = {
    "en": {"daylight": re.compile("daylight"), "ice": re.compile("ice")},
    "de": {"tageslicht": re.compile("tageslicht"), "glätte": re.compile("glätte")},
    "es": {
        "luz del día": re.compile("luz del día|luz de día|de día"),
        "hielo": re.compile("hielo|helad[oa]"),
    },
    "zh": {"白天": re.compile("白天|天亮|日光"), "冰": re.compile("冰|路滑|湿滑")},
}
"""What must be said before anybody may leave the house: only in daylight, never on ice."""
OUTSIDE: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(r"\b(?:go|step|walk|look) (?:out|outside|outdoors)\b(?! of the window)", re.IGNORECASE),
    "de": re.compile(
        r"\b(?:gehen|treten|laufen) sie (?:bitte )?(?:hinaus|nach draußen|raus)\b", re.IGNORECASE
    ),
    "es": re.compile(
        r"\b(?:salga|vaya|acérquese) (?:fuera|afuera|al exterior|al jardín|a la calle)\b", re.IGNORECASE
    ),
    "zh": re.compile("到室外|到户外|出门|走到外面|到外面"),
}
"""Words that send somebody out of the door."""
RISKY = re.compile(r"unlock|child|factory|firmware|wipe|disarm|open_door|reset_all", re.IGNORECASE)
"""Commands that need a proof of who agrees: locks, child locks, and what cannot be taken back."""
