"""Decoders: one pure file per convention, and the table that says which there are.

`Conventions` asks each in turn; a topic that none of them knows is rejected with a reason, never dropped silently.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hub.ingest.decoders.mapping import MappingDecoder
from hub.ingest.decoders.plain import PlainDecoder
from hub.ports.telemetry import Decoded, Decoder, Rejected, Seen

DECODERS: Mapping[str, Callable[[Mapping[str, Any]], Decoder]] = {
    "plain": lambda _: PlainDecoder(),
    "mapping": MappingDecoder,
}
"""Convention → decoder, made from its settings."""

NOT_OURS = Rejected("no convention knows this topic")


class Conventions:
    """Several conventions on one broker, the maker's own mappings first."""

    def __init__(self, decoders: Sequence[Decoder]) -> None:
        self._decoders = tuple(decoders)
        self.filters = tuple(dict.fromkeys(name for decoder in decoders for name in decoder.filters))

    def decode(self, topic: str, payload: bytes, seen: Seen) -> Decoded:
        """What the message says, in parts; or why it says nothing."""
        for decoder in self._decoders:
            found = decoder.decode(topic, payload, seen)
            if found is not None:
                return found
        return NOT_OURS


def conventions(mappings: Sequence[Mapping[str, Any]]) -> Conventions:
    """The default convention and the maker's own mappings. Raises BadInput when a mapping makes no sense."""
    return Conventions([*(DECODERS["mapping"](one) for one in mappings), DECODERS["plain"]({})])
