"""The chart of a fault: what it shows, and that it never pretends."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from device_rules.reading import HOUR, MINUTE
from hub.clock import micros
from hub.web.chart import Chart, Series, number, pieces, thin, ticks
from hub.web.drawing import SMALL, WIDE, draw

START = micros("2026-11-21T15:00:00Z")
SVG = "{http://www.w3.org/2000/svg}"


def minutes(*values: float) -> tuple[tuple[int, float], ...]:
    return tuple((START + index * MINUTE, value) for index, value in enumerate(values))


def chart(*series: Series, over: int | None = None) -> Chart:
    return Chart(
        "Icing up", START, START + 2 * HOUR, START + HOUR, START + 80 * MINUTE, over, series, "Europe/Berlin"
    )


COIL = Series("Outdoor coil", "°C", minutes(*[-5.0] * 60, *[-15.0] * 60), threshold=-12, rule="below −12 °C")


def test_an_agent_sees_the_threshold_and_the_shaded_time_of_the_fault() -> None:
    root = ElementTree.fromstring(draw(chart(COIL)))
    window = root.find(f".//{SVG}rect[@class='fault-window']")
    line = root.find(f".//{SVG}line[@class='threshold']")
    assert window is not None and line is not None
    middle = WIDE.left + (WIDE.width - WIDE.right - WIDE.left) / 2
    assert abs(float(window.attrib["x"]) - middle) < 1, "the fault began half-way"
    assert line.attrib["data-threshold"] == "-12"
    assert "below −12 °C" in draw(chart(COIL))


def test_the_shade_ends_where_the_fault_was_over() -> None:
    open_end = float(_window(draw(chart(COIL)))["width"])
    closed = float(_window(draw(chart(COIL, over=START + 90 * MINUTE)))["width"])
    assert abs(closed - open_end / 2) < 1


def _window(svg: str) -> dict[str, str]:
    found = ElementTree.fromstring(svg).find(f".//{SVG}rect[@class='fault-window']")
    assert found is not None
    return found.attrib


def test_the_chart_can_be_heard() -> None:
    svg = draw(chart(COIL))
    assert "<title" in svg and 'role="img"' in svg
    told = re.search(r"<desc[^>]*>([^<]*)</desc>", svg)
    assert told is not None
    assert "From 16:00 to 18:00" in told[1] and "Fault since 17:00, and still there" in told[1]
    assert "Outdoor coil is −15 °C, rule: below −12 °C" in told[1]


def test_two_sizes_on_one_page_do_not_share_names() -> None:
    both = re.findall(r' id="([^"]+)"', draw(chart(COIL)) + draw(chart(COIL), SMALL))
    assert len(both) == len(set(both)) == 4


def test_a_device_that_was_silent_leaves_a_hole_and_no_straight_line() -> None:
    heard = minutes(*[1.0] * 30)
    later = tuple((at + 60 * MINUTE, value) for at, value in heard)
    assert len(pieces(heard + later)) == 2
    assert draw(chart(Series("Room", "°C", heard + later))).count("<polyline") == 2


def test_states_are_drawn_as_a_strip_with_their_words() -> None:
    mode = Series("Mode", states=((START, "heat"), (START + HOUR, "defrost")))
    svg = draw(chart(mode))
    assert ">heat<" in svg and ">defrost<" in svg


def test_a_metric_that_was_never_heard_says_so() -> None:
    assert "nothing was heard in this time" in draw(chart(Series("Pressure", "bar")))


def test_names_from_outside_cannot_become_markup() -> None:
    nasty = Series("<script>alert(1)</script>", '"><b>', minutes(1, 2, 3), threshold=2, rule="<i>")
    svg = draw(Chart("<img src=x>", START, START + HOUR, START, START, None, (nasty,)))
    ElementTree.fromstring(svg)
    assert "<script" not in svg and "<img" not in svg and "<b>" not in svg and "<i>" not in svg


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=2000))
def test_thinning_loses_no_spike(values: list[float]) -> None:
    points = minutes(*values)
    kept = thin(points)
    assert len(kept) <= 242
    assert {min(values), max(values)} <= {value for _, value in kept}
    assert kept == sorted(kept, key=lambda point: point[0])


@given(st.floats(-1e6, 1e6), st.floats(0.01, 1e6))
def test_the_scale_has_a_few_round_numbers(low: float, width: float) -> None:
    found = ticks(low, low + width)
    assert 1 <= len(found) <= 6
    assert all(
        low - 1e-6 * max(1, abs(low)) <= tick <= low + width + 1e-6 * max(1, abs(low + width))
        for tick in found
    )


def test_numbers_are_written_as_people_read_them() -> None:
    assert [number(value) for value in (-13.97, -18.92, 0.754, 1774.6, 21.0, -0.001, "heat")] == [
        "−14", "−18.9", "0.75", "1775", "21", "0", "heat",
    ]  # fmt: skip
