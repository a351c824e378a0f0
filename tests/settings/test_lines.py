"""On which line of the settings file something stands, however people write TOML."""

from __future__ import annotations

import tomllib

from hub.settings.lines import lines_of

FILE = '''# mine
clock = ""
mqtt.url = "mqtt://a"
[sms]   # texts
  "sender" = "x"
[ policy . ladders_by_rule ]
"heatpump:no-heat" = [
    {channel = "sms"},
]
[policy]
brand = """
zone = "not this one"
"""
zone = "UTC"
[[voices.homes]]
name = "one"
[[voices.homes]]
name = "two"
[voices.homes.satellites]
'assist_satellite.hall' = "c-1"
'''


def test_every_name_has_its_line() -> None:
    tomllib.loads(FILE)
    found = lines_of(FILE)
    assert found[("clock",)] == 2
    assert found[("mqtt", "url")] == 3
    assert found[("sms", "sender")] == 5
    assert found[("policy", "ladders_by_rule")] == 6
    assert found[("policy", "ladders_by_rule", "heatpump:no-heat")] == 7
    assert found[("policy", "zone")] == 14, "what stands within a text is no setting"
    assert found[("voices", "homes")] == 15
    assert found[("voices", "homes", 0, "name")] == 16
    assert found[("voices", "homes", 1, "name")] == 18
    assert found[("voices", "homes", 1, "satellites", "assist_satellite.hall")] == 20


def test_nothing_is_found_that_the_file_does_not_have() -> None:
    for path in lines_of(FILE):
        there = tomllib.loads(FILE)
        for step in path:
            there = there[step]
