"""Screens for Alexa: one page for every kind of reply, words above and answers to touch below, in Amazon's APL.

Words are data beside the document, never part of it: what looks like one of APL's own expressions stays text. A touch sends
back what the same words would have meant, and the page's token says which step it was made for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

RENDER = "Alexa.Presentation.APL.RenderDocument"
VERSION = "1.6"


@dataclass(frozen=True, slots=True)
class Button:
    """An answer to touch: its words, and what it sends back."""

    words: str
    sends: tuple[str | int, ...]


def screen(step: str, title: str, words: str, buttons: Sequence[Button]) -> dict[str, Any]:
    """The directive that shows a page."""
    shown = [{"words": each.words, "sends": list(each.sends)} for each in buttons]
    return {
        "type": RENDER,
        "token": step,
        "document": _document(),
        "datasources": {"page": {"title": title, "words": words, "buttons": shown}},
    }


def _document() -> dict[str, Any]:
    """Header, words that scroll, and the answers below; round screens get the same in the middle."""
    column = {
        "type": "Container",
        "width": "100vw",
        "height": "100vh",
        "paddingLeft": "6vw",
        "paddingRight": "6vw",
        "paddingTop": "5vh",
        "paddingBottom": "5vh",
        "items": [_text("${payload.page.title}", "22dp", "#9fd5c0"), _words(), _answers()],
    }
    page = {"type": "Frame", "backgroundColor": "#10241d", "item": column}
    return {
        "type": "APL",
        "version": VERSION,
        "theme": "dark",
        "mainTemplate": {"parameters": ["payload"], "items": [page]},
    }


def _text(words: str, size: str, color: str = "#ffffff") -> dict[str, Any]:
    return {"type": "Text", "text": words, "fontSize": size, "color": color}


def _words() -> dict[str, Any]:
    grows = {"type": "ScrollView", "grow": 1, "shrink": 1, "width": "100%", "paddingTop": "2vh"}
    return {**grows, "item": _text("${payload.page.words}", "32dp")}


def _answers() -> dict[str, Any]:
    label = {**_text("${data.words}", "28dp"), "textAlign": "center"}
    frame = {
        "type": "Frame",
        "borderRadius": "16dp",
        "backgroundColor": "#1f6f54",
        "padding": "2vh",
        "item": label,
    }
    press = {"type": "SendEvent", "arguments": "${data.sends}"}
    button = {"type": "TouchWrapper", "spacing": "2vh", "onPress": press, "item": frame}
    return {"type": "Container", "width": "100%", "data": "${payload.page.buttons}", "item": button}
