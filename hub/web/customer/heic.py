"""HEIC photos (ISO 23008-12) without what they tell besides: Exif and XMP items are overwritten with zeros where they lie.

Nothing is moved, so every other place in the file stays right. What cannot be followed to the last item is refused, never
let through half cleaned.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

BRANDS = frozenset((b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"))
_TELLING = frozenset((b"Exif", b"mime", b"uri "))
_MOST = 10_000  # items of a photo; a picture of many tiles has some hundred


class NoPicture(ValueError):
    """This is no photo that we can read."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the file: its kind, and where its content begins and ends."""

    kind: bytes
    start: int
    end: int


class Reader:
    """Reads big-endian numbers one after another."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self.at = data, at

    def number(self, size: int) -> int:
        """The next number of `size` bytes; 0 bytes are 0."""
        part = self._data[self.at : self.at + size]
        if len(part) < size:
            raise NoPicture("cut off")
        self.at += size
        return int.from_bytes(part, "big")


def is_heic(data: bytes) -> bool:
    """Whether it says so at its beginning."""
    return data[4:8] == b"ftyp" and data[8:12] in BRANDS


def clean_heic(data: bytes) -> bytes:
    """The same photo, its telling items overwritten. Raises NoPicture."""
    boxes = list(_boxes(data, 0, len(data)))
    meta = next((box for box in boxes if box.kind == b"meta"), None)
    if meta is None:
        raise NoPicture("no meta box")
    inside = {box.kind: box for box in _boxes(data, meta.start + 4, meta.end)}
    if b"iinf" not in inside or b"iloc" not in inside:
        raise NoPicture("no items")
    telling = set(_telling(data, inside[b"iinf"]))
    out, base = bytearray(data), inside[b"idat"].start if b"idat" in inside else None
    for item, begin, size in _extents(data, inside[b"iloc"], base):
        if item in telling:
            end = begin + size if size else len(data)
            if end > len(data):
                raise NoPicture("item outside")
            out[begin:end] = bytes(end - begin)
    for box in boxes:  # boxes of makers, beside the picture
        if box.kind in (b"uuid", b"udta", b"free", b"skip"):
            out[box.start : box.end] = bytes(box.end - box.start)
    return bytes(out)


def _boxes(data: bytes, at: int, end: int) -> Iterator[Box]:
    while at + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, at)
        start = at + 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, start)
            start += 8
        size = size or end - at
        if size < start - at or at + size > end:
            raise NoPicture("box outside")
        yield Box(kind, start, at + size)
        at += size


def _telling(data: bytes, iinf: Box) -> Iterator[int]:
    """The numbers of the items that hold metadata."""
    version = data[iinf.start]
    head = 4 + (2 if version == 0 else 4)
    for entry in _boxes(data, iinf.start + head, iinf.end):
        if entry.kind != b"infe":
            continue
        kind = data[entry.start]
        if kind < 2:
            raise NoPicture("old items")
        wide = 2 if kind == 2 else 4
        reader = Reader(data, entry.start + 4)
        item = reader.number(wide)
        reader.number(2)
        if data[reader.at : reader.at + 4] in _TELLING:
            yield item


def _extents(data: bytes, iloc: Box, idat: int | None) -> Iterator[tuple[int, int, int]]:
    """Where each item lies: (number, begin, size)."""
    version = data[iloc.start]
    reader = Reader(data, iloc.start + 4)
    sizes = reader.number(2)
    wide_offset, wide_length, wide_base = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    wide_index = sizes & 15 if version in (1, 2) else 0
    count = reader.number(2 if version < 2 else 4)
    if count > _MOST:
        raise NoPicture("too many items")
    for _ in range(count):
        item = reader.number(2 if version < 2 else 4)
        method = reader.number(2) & 15 if version in (1, 2) else 0
        reader.number(2)
        base = reader.number(wide_base)
        for _ in range(reader.number(2)):
            reader.number(wide_index)
            offset, size = reader.number(wide_offset), reader.number(wide_length)
            yield item, _place(method, base + offset, idat), size


def _place(method: int, offset: int, idat: int | None) -> int:
    if method == 0:
        return offset
    if method == 1 and idat is not None:
        return idat + offset
    raise NoPicture("item elsewhere")
