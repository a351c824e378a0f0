"""The section `[push]`: what is set up, what is refused in plain words, and keys that browsers take."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.bootstrap.push import new_vapid_keys, push_keys, push_of, vapid_public
from hub.domain.customer import Channel
from hub.ports import BadInput
from hub.settings import load
from hub.settings.push import PushPart
from hub.testing import FakeClock
from simulators.push import raw_of
from simulators.push_apple import Apple
from simulators.push_makers import SECRET, Makers

KEY = new_vapid_keys()[0]


def test_a_hub_without_routes_has_no_push() -> None:
    assert push_of(PushPart(), FakeClock()) == {}
    assert push_keys(PushPart()) is None


def test_every_route_can_be_set_up_by_the_settings(tmp_path: Path) -> None:
    (tmp_path / "google.json").write_text(Makers(FakeClock()).account())  # type: ignore[arg-type]  # any clock will do
    (tmp_path / "apple.p8").write_text(Apple(FakeClock()).p8())  # type: ignore[arg-type]  # any clock will do
    settings = load(
        {
            "BEFOREHAND_PUSH_VAPID_KEY": KEY,
            "BEFOREHAND_PUSH_VAPID_SUBJECT": "mailto:push@nordwarm.example",
            "BEFOREHAND_PUSH_WEBPUSH_HOSTS": "push.nordwarm.example, http://127.0.0.1:9",
            "BEFOREHAND_PUSH_FCM_ACCOUNT": str(tmp_path / "google.json"),
            "BEFOREHAND_PUSH_APNS_KEY": str(tmp_path / "apple.p8"),
            "BEFOREHAND_PUSH_APNS_KEY_ID": "ABC1234DEF",
            "BEFOREHAND_PUSH_APNS_TEAM": "TEAM123456",
            "BEFOREHAND_PUSH_APNS_TOPIC": "com.example.app",
            "BEFOREHAND_PUSH_APP_URL": "https://app.nordwarm.example/hook",
            "BEFOREHAND_PUSH_APP_SECRET": SECRET,
            "BEFOREHAND_PUSH_NTFY_URL": "https://ntfy.nordwarm.example",
            "BEFOREHAND_PUSH_HA_URL": "http://homeassistant.local:8123",
            "BEFOREHAND_PUSH_HA_TOKEN": "a-token",
        }
    )
    push = push_of(settings.push, FakeClock())[Channel.PUSH]
    assert set(vars(push)["_routes"]) == {"webpush", "fcm", "apns", "app", "ntfy", "ha"}
    keys = push_keys(settings.push)
    assert keys is not None
    assert keys.known("https://push.nordwarm.example/x")
    assert keys.known("http://127.0.0.1:9/x")
    assert not keys.known("https://elsewhere.example/x")


@pytest.mark.parametrize(
    ("told", "place"),
    [
        ({"vapid_key": "short", "vapid_subject": "mailto:a@b.example"}, "push.vapid_key"),
        ({"vapid_key": "A" * 43, "vapid_subject": "mailto:a@b.example"}, "push.vapid_key"),
        ({"vapid_key": "§", "vapid_subject": "mailto:a@b.example"}, "push.vapid_key"),
        ({"vapid_key": KEY}, "push.vapid_subject"),
        ({"vapid_key": KEY, "vapid_subject": "mailto:nobody"}, "push.vapid_subject"),
        ({"fcm_account": "/nowhere.json"}, "push.fcm_account"),
        ({"fcm_account": __file__}, "push.fcm_account"),
        ({"apns_key": "/nowhere.p8"}, "push.apns_key"),
        ({"apns_key": __file__, "apns_key_id": "A", "apns_team": "B", "apns_topic": "C"}, "push.apns_key"),
        ({"apns_key": "APPLE"}, "push"),
        ({"app_url": "https://x.example"}, "push.app_secret"),
        ({"app_url": "https://x.example", "app_secret": "whsec_é"}, "push.app_secret"),
        ({"ha_url": "http://x.example"}, "push.ha_token"),
    ],
)
def test_what_cannot_work_is_refused_before_the_hub_runs(
    told: dict[str, str], place: str, tmp_path: Path
) -> None:
    (tmp_path / "apple.p8").write_text(Apple(FakeClock()).p8())  # type: ignore[arg-type]  # any clock will do
    told = {name: str(tmp_path / "apple.p8") if value == "APPLE" else value for name, value in told.items()}
    with pytest.raises(BadInput) as refused:
        push_of(PushPart.model_validate(told), FakeClock())
    assert refused.value.place == place
    assert refused.value.remedy
    assert KEY not in str(refused.value)


def test_a_new_key_is_one_that_browsers_take() -> None:
    private, public = new_vapid_keys()
    assert (len(raw_of(private)), len(raw_of(public)), raw_of(public)[0]) == (32, 65, 4)
    assert vapid_public(private) == public
    assert private != new_vapid_keys()[0]
