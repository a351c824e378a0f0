"""The section `[push]`: by which routes notifications leave. A route whose first setting is empty is not set up."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from hub.settings.kinds import WebAddress
from hub.settings.part import Part


class PushPart(Part):
    """Notifications on phones and in browsers. `lock_screen` says what anybody may read there: `neutral` (who writes, and
    that there is news) or `full` (the message itself).

    Web Push: `vapid_key` (make one with `beforehand push keys`), `vapid_subject` (an address at which push services
    reach you), `webpush_hosts` (push services besides those of the known browsers). FCM: `fcm_account` is Google's JSON
    file. APNs: `apns_key` is Apple's .p8 file. `app_url` is the maker's own server.
    """

    lock_screen: Literal["neutral", "full"] = "neutral"
    vapid_key: str = ""
    vapid_subject: str = ""
    webpush_hosts: tuple[str, ...] = ()
    fcm_account: Path | None = None
    fcm_url: WebAddress = "https://fcm.googleapis.com"
    apns_key: Path | None = None
    apns_key_id: str = ""
    apns_team: str = ""
    apns_topic: str = ""
    apns_url: WebAddress = "https://api.push.apple.com"
    app_url: WebAddress = ""
    app_secret: str = ""
    ntfy_url: WebAddress = ""
    ntfy_token: str = ""
    ha_url: WebAddress = ""
    ha_token: str = ""
