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
    """Header, words that scroll, and a row of answers; round screens get the same in the middle."""
    answer = {
        "type": "TouchWrapper",
        "spacing": "2vh",
        "onPress": {"type": "SendEvent", "arguments": "${data.sends}"},
        "item": {
            "type": "Frame",
            "borderRadius": "16dp",
            "backgroundColor": "#1f6f54",
            "padding": "2vh",
            "item": {
                "type": "Text",
                "text": "${data.words}",
                "fontSize": "28dp",
                "textAlign": "center",
                "color": "#ffffff",
            },
        },
    }
    parts = [
        {"type": "Text", "text": "${payload.page.title}", "fontSize": "22dp", "color": "#9fd5c0"},
        {
            "type": "ScrollView",
            "grow": 1,
            "shrink": 1,
            "width": "100%",
            "paddingTop": "2vh",
            "item": {"type": "Text", "text": "${payload.page.words}", "fontSize": "32dp", "color": "#ffffff"},
        },
        {"type": "Container", "width": "100%", "data": "${payload.page.buttons}", "item": answer},
    ]
    column = {
        "type": "Container",
        "width": "100vw",
        "height": "100vh",
        "paddingLeft": "6vw",
        "paddingRight": "6vw",
        "paddingTop": "5vh",
        "paddingBottom": "5vh",
        "items": parts,
    }
    return {
        "type": "APL",
        "version": VERSION,
        "theme": "dark",
        "mainTemplate": {
            "parameters": ["payload"],
            "items": [{"type": "Frame", "backgroundColor": "#10241d", "item": column}],
        },
    }
