"""Photos as they may be kept: what kind they are by their first bytes, and without what they tell besides the picture.

Where and when it was taken, the camera's number, names and comments are removed from JPEG and PNG; of a JPEG's metadata only
which way is up stays. HEIC: see `heic.py`. Pictures are never decoded. Raises NoPicture for what cannot be read.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping

from hub.web.customer.heic import NoPicture as NoPicture
from hub.web.customer.heic import clean_heic, is_heic

JPEG, PNG, HEIC = "image/jpeg", "image/png", "image/heic"
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset(
    (*(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT"), b"pHYs")
)
_ORIENTATION = 0x0112
_SOS, _EOI, _APP0, _APP2, _APP14 = 0xDA, 0xD9, 0xE0, 0xE2, 0xEE
_ALONE = frozenset((0x01, *range(0xD0, 0xD8)))  # markers without a length


def kind_of(data: bytes) -> str:
    """The media type, by the first bytes; empty for anything else."""
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(_PNG):
        return PNG
    return HEIC if is_heic(data) else ""


def clean(data: bytes) -> tuple[str, bytes]:
    """The media type, and the same picture without what it tells besides. Raises NoPicture."""
    kind = kind_of(data)
    if not kind:
        raise NoPicture("no photo")
    try:
        return kind, _CLEAN[kind](data)
    except (struct.error, IndexError, ValueError) as error:
        raise NoPicture("not whole") from error


def _jpeg(data: bytes) -> bytes:
    """Segment by segment up to the picture itself; of the application's segments JFIF, colour profile and Adobe's stay."""
    first, rest, way_up = bytearray(b"\xff\xd8"), bytearray(), 1
    for marker, segment, at in _segments(data):
        if marker == _SOS:
            return bytes(first) + _upright(way_up) + bytes(rest) + _scans(data[at:])
        if marker == _APP0:
            first += segment
        elif _kept(marker, segment):
            rest += segment
        elif segment[4:10] == b"Exif\0\0":
            way_up = _orientation(segment[10:])
    raise NoPicture("no picture")


def _segments(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """The segments before the picture: marker, bytes, and where it begins."""
    at = 2
    while data[at + 1] != _EOI:
        if data[at] != 0xFF:
            raise NoPicture("no segment")
        marker = data[at + 1]
        if marker == 0xFF or marker in _ALONE:  # fill, or a marker without a length
            at += 1 if marker == 0xFF else 2
            continue
        (size,) = struct.unpack_from(">H", data, at + 2)
        if size < 2 or at + 2 + size > len(data):
            raise NoPicture("cut off")
        yield marker, data[at : at + 2 + size], at
        at += 2 + size


def _kept(marker: int, segment: bytes) -> bool:
    if marker in (_APP0, _APP14):
        return True
    if marker == _APP2:
        return segment[4:16] == b"ICC_PROFILE\0"
    return not (0xE0 <= marker <= 0xEF or marker == 0xFE)  # other application data, and comments


def _scans(data: bytes) -> bytes:
    """The picture up to its end: what hangs behind it (a second, larger picture with places of its own) goes. Between the
    scans of a progressive picture no application data is kept either."""
    out, at = bytearray(), 0
    while at + 1 < len(data):
        mark = data.find(b"\xff", at)
        if mark < 0 or mark + 1 >= len(data):
            break
        out += data[at:mark]
        kind = data[mark + 1]
        if kind == _EOI:
            return bytes(out) + b"\xff\xd9"
        if kind in (0x00, 0xFF) or kind in _ALONE:
            step = 1 if kind == 0xFF else 2
            out += data[mark : mark + step]
            at = mark + step
            continue
        (size,) = struct.unpack_from(">H", data, mark + 2)
        segment = data[mark : mark + 2 + size]
        if kind == _SOS or _kept(kind, segment):
            out += segment
        at = mark + 2 + size
    raise NoPicture("no end")


def _orientation(tiff: bytes) -> int:
    """Which way is up, by the first directory; 1 (as it lies) when it does not say."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 8:
        return 1
    (first,) = struct.unpack_from(f"{order}I", tiff, 4)
    if first + 2 > len(tiff):
        return 1
    (count,) = struct.unpack_from(f"{order}H", tiff, first)
    for number in range(min(count, 200)):
        place = first + 2 + 12 * number
        if place + 12 > len(tiff):
            return 1
        tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, place)
        if tag == _ORIENTATION and kind == 3:
            return value if 1 <= value <= 8 else 1
    return 1


def _upright(way_up: int) -> bytes:
    """A segment that says which way is up, and nothing else."""
    if way_up == 1:
        return b""
    tiff = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, _ORIENTATION, 3, 1, way_up, 0, 0)
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _png(data: bytes) -> bytes:
    """Only the chunks that the picture needs."""
    out, at = bytearray(_PNG), len(_PNG)
    while True:
        size, name = struct.unpack_from(">I4s", data, at)
        chunk = data[at : at + 12 + size]
        if len(chunk) < 12 + size:
            raise NoPicture("cut off")
        if name in _PNG_KEPT:
            out += chunk
        if name == b"IEND":
            return bytes(out)
        at += 12 + size


_CLEAN: Mapping[str, Callable[[bytes], bytes]] = {JPEG: _jpeg, PNG: _png, HEIC: clean_heic}
