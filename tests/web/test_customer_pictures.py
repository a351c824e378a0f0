"""What a photo tells besides the picture goes before anybody keeps it; the picture itself stays as it was."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.web.customer.pictures import HEIC, JPEG, PNG, NoPicture, clean, kind_of

PLACE = b"GPS 54.3233 N 10.1228 E"
SCAN = b"\x00\x01\xff\x00\x02" * 40


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def exif(order: str = "<", way_up: int = 6) -> bytes:
    mark = b"II" if order == "<" else b"MM"
    entry = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, way_up, 0)
    head = mark + struct.pack(f"{order}HIH", 42, 8, 1)
    return b"Exif\0\0" + head + entry + b"\0\0\0\0" + PLACE


def jpeg(*segments: bytes, behind: bytes = b"") -> bytes:
    tables = segment(0xDB, b"\x00" + bytes(64)) + segment(0xC0, b"\x08\0\x10\0\x10\x01\x01\x11\0")
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + SCAN
    return b"\xff\xd8" + b"".join(segments) + tables + scan + b"\xff\xd9" + behind


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(*chunks: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + head
        + b"".join(chunks)
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b"")
    )


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


def heic(picture: bytes = b"PICTURE" * 9, method: int = 0) -> bytes:
    def infe(item: int, kind: bytes) -> bytes:
        return box(b"infe", b"\x02\0\0\0" + struct.pack(">HH", item, 0) + kind + b"\0")

    def build(first: int, second: int) -> bytes:
        def located(item: int, offset: int, size: int) -> bytes:
            return struct.pack(">HHHHII", item, method, 0, 1, offset, size)

        iinf = box(b"iinf", b"\0\0\0\0" + struct.pack(">H", 2) + infe(1, b"hvc1") + infe(2, b"Exif"))
        rows = located(1, first, len(picture)) + located(2, second, len(PLACE))
        iloc = box(b"iloc", b"\x01\0\0\0" + b"\x44\x00" + struct.pack(">H", 2) + rows)
        return box(b"ftyp", b"heic\0\0\0\0mif1heic") + box(b"meta", b"\0\0\0\0" + iinf + iloc)

    begins = len(build(0, 0)) + 8
    return build(begins, begins + len(picture)) + box(b"mdat", picture + PLACE)


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_jpeg_loses_its_place_and_keeps_which_way_is_up(order: str) -> None:
    jfif = segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")
    telling = (segment(0xE1, exif(order)), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + PLACE))
    more = (segment(0xED, PLACE), segment(0xFE, PLACE), segment(0xE2, b"MPF\0" + PLACE))
    profile = segment(0xE2, b"ICC_PROFILE\0\x01\x01" + bytes(20))
    kind, data = clean(jpeg(jfif, *telling, *more, profile, behind=jpeg(segment(0xE1, exif()))))
    assert kind == JPEG
    assert PLACE not in data
    assert jfif in data and profile in data and SCAN in data
    assert data.count(b"Exif") == 1
    assert data.endswith(SCAN + b"\xff\xd9"), (
        "the second, larger picture behind the first goes with its place"
    )
    again = clean(data)
    assert again == (kind, data), "cleaning twice changes nothing more"


def test_a_png_keeps_only_what_the_picture_needs() -> None:
    telling = [chunk(name, b"x\0" + PLACE) for name in (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME", b"prVt")]
    kind, data = clean(png(*telling, chunk(b"gAMA", bytes(4))))
    assert (kind, PLACE in data) == (PNG, False)
    assert b"gAMA" in data and b"IDAT" in data and data.endswith(chunk(b"IEND", b""))


def test_a_heic_is_blank_where_its_place_was_and_as_before_everywhere_else() -> None:
    before = heic()
    kind, data = clean(before)
    assert (kind, len(data)) == (HEIC, len(before))
    assert data == before.replace(PLACE, bytes(len(PLACE)))


def test_a_heic_that_keeps_its_items_elsewhere_is_refused_not_half_cleaned() -> None:
    with pytest.raises(NoPicture):
        clean(heic(method=2))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a" + bytes(40),
        b"<svg onload=alert(1)>",
        b"\xff\xd8\xff",
        b"%PDF-1.7",
        jpeg()[:-2],
        png()[:-4],
        heic()[:60],
        b"\x00\x00\x00\x18ftypheic" + bytes(12),
        b"\xff\xd8\xff\xe1\x00\x00",
    ],
)
def test_what_is_no_whole_photo_is_refused(data: bytes) -> None:
    with pytest.raises(NoPicture):
        clean(data)


@given(
    begins=st.sampled_from(
        [
            b"\xff\xd8\xff",
            b"\x89PNG\r\n\x1a\n",
            b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
            heic()[:200],
            jpeg()[:90],
        ]
    ),
    rest=st.binary(max_size=200),
)
def test_whatever_is_sent_is_cleaned_or_refused(begins: bytes, rest: bytes) -> None:
    data = begins + rest
    try:
        kind, kept = clean(data)
    except NoPicture:
        return
    assert kind == kind_of(data) == kind_of(kept)
