"""Words made comparable: folded, without accents, in clauses. Every matcher compares these and nothing else.

It changes how words are written, never what they mean, and it understands nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from hub.domain.consent_words import LONGEST, folded

MOST_CLAUSES = 5
_CLOCK = re.compile(r"(?<!\d)([01]?\d|2[0-4])[:.h](?=[0-5]\d(?!\d))")
_SPLIT = re.compile(r"[,;!?…，。！？；、\n\r]+|\.(?!\d)|\s[-–—]+\s|[–—]+|:(?!\d)")
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_BETWEEN = re.compile(rf"(?<=[{_HAN}]) +| +(?=[{_HAN}])")
_HAN_SIGN = re.compile(rf"[{_HAN}]")
# The signs of traditional Chinese that our words use, as the simplified ones.
_SIMPLE = str.maketrans(
    "請謝幫個麼們對來說沒還機開關電話發訊號碼問題點鐘後時間師聽見懂這誰樣認識過會嗎為從東門燈訂閱終結聯絡係繫傳遞給應該現錯誤壞離線網連動啟醫語漢國"
    "馬員課務復讓掛斷嘗試寫資選擇項壓陽頭幾兩萬邊裡樓級隨報設備溫熱濕準緊擋鐵風雪葉氣處無與並廳廚掃濾換買賣費錢單據戶權買戶",
    "请谢帮个么们对来说没还机开关电话发讯号码问题点钟后时间师听见懂这谁样认识过会吗为从东门灯订阅终结联络系系传递给应该现错误坏离线网连动启医语汉国"
    "马员课务复让挂断尝试写资选择项压阳头几两万边里楼级随报设备温热湿准紧挡铁风雪叶气处无与并厅厨扫滤换买卖费钱单据户权买户",
)


_UP, _DOWN = "👍👌✅🆗✔", "👎❌🙅"


def nod(text: str) -> bool | None:
    """A thumb up or down that stands alone, as people answer on telephones; None where it says neither, both, or more: a shrug."""
    signs = {sign for sign in text[:LONGEST] if unicodedata.category(sign) == "So"}
    if not signs:
        return None
    return True if signs <= set(_UP) else False if signs <= set(_DOWN) else None


def plain(text: str) -> str:
    """`text` folded, without accents, in simplified signs, at most LONGEST characters of it."""
    marked = unicodedata.normalize("NFD", folded(_CLOCK.sub(r"\1h", text[:LONGEST])))
    bald = "".join(sign for sign in marked if unicodedata.category(sign) != "Mn")
    simple = unicodedata.normalize("NFC", bald).translate(_SIMPLE)
    return _BETWEEN.sub("", simple)[:LONGEST].strip()


def clauses(text: str) -> list[str]:
    """The parts of `text` between its signs, folded; the first few of them."""
    wide = unicodedata.normalize("NFKC", text[:LONGEST])
    found = [plain(part) for part in _SPLIT.split(_CLOCK.sub(r"\1h", wide)[:LONGEST])]
    return [part for part in found if part][:MOST_CLAUSES]


def is_han(text: str) -> bool:
    """Whether Chinese signs are in it: they stand without spaces."""
    return _HAN_SIGN.search(text) is not None


def any_of(words: Iterable[object]) -> re.Pattern[str]:
    """A pattern for any of `words` (folded here), the longest first: whole words, or signs wherever they stand."""
    listed = sorted({plain(str(word)) for word in words} - {""}, key=len, reverse=True)
    spaced = [re.escape(word) for word in listed if not is_han(word)]
    signs = [re.escape(word) for word in listed if is_han(word)]
    parts = [rf"\b(?:{'|'.join(spaced)})\b"] if spaced else []
    return re.compile("|".join(["|".join(signs), *parts] if signs else parts) or r"(?!)")
