"""Firebase, ntfy, Home Assistant and a maker's own app server: each checks what it is sent as the real one does.

One loopback port for all. Knows phones by their tokens, topics by their names, and whom the maker's app knows.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import cache
from typing import Any, Self

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from standardwebhooks import Webhook
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.clock import WallClock
from simulators.push_moods import Moods
from simulators.served import Served

SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
TOLERANCE = 300  # seconds that a webhook's timestamp may be away
SECRET = "whsec_c2ltdWxhdGVkLXdlYmhvb2stc2VjcmV0LW9mLXRoZS1hcHA="  # noqa: S105 - of a simulation
HA_TOKEN = "simulated-long-lived-token"  # noqa: S105 - of a simulation
NTFY_TOKEN = "tk_simulated"  # noqa: S105 - of a simulation


@cache
def _key() -> rsa.RSAPrivateKey:
    """The service account's key: made once, since that takes a while."""
    return rsa.generate_private_key(65_537, 2_048)


class Makers:
    """`async with Makers(clock) as makers`. `tokens` counts access tokens handed out, `sent` what each has taken."""

    def __init__(self, clock: WallClock, project: str = "nordwarm-app") -> None:
        self._clock, self.project = clock, project
        self._key = _key()
        self.email = f"push@{project}.iam.gserviceaccount.com"
        self.phones = {"phone-of-ada"}
        self.services = {"mobile_app_adas_phone"}
        self.people = {"app-user-ada"}
        self.sent: dict[str, list[dict[str, Any]]] = {"fcm": [], "ntfy": [], "ha": [], "app": []}
        self.tokens = 0
        self.lifetime = 3_599
        self.moods, self.sign_in_moods = Moods(), Moods()
        routes = {
            "/token": self._token,
            f"/v1/projects/{project}/messages:send": self._fcm,
            "/app": self._app,
            "/": self._ntfy,
            "/api/services/notify/{name}": self._ha,
        }
        app = Starlette(routes=[Route(path, told, methods=["POST"]) for path, told in routes.items()])
        self._served = Served(app)

    @property
    def url(self) -> str:
        """Where all of them are."""
        return self._served.url

    def account(self) -> str:
        """The JSON file of the service account."""
        pem = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        told = {
            "type": "service_account",
            "project_id": self.project,
            "client_email": self.email,
            "private_key": pem,
            "token_uri": f"{self.url}/token",
        }
        return json.dumps(told)

    async def _token(self, request: Request) -> Response:
        form = await request.form()
        mood = await self.sign_in_moods.next(request)
        if mood is not None:
            return mood
        checks = {"verify_exp": False, "verify_iat": False}
        try:
            claims = jwt.decode(
                str(form["assertion"]),
                self._key.public_key(),
                algorithms=["RS256"],
                audience=f"{self.url}/token",
                issuer=self.email,
                options=checks,  # type: ignore[arg-type]  # its type for options names more than it needs
            )
        except (jwt.InvalidTokenError, KeyError):
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = self._seconds()
        fresh = now - 60 <= claims["iat"] <= now + 60 and claims["exp"] - claims["iat"] <= 3_600
        if form.get("grant_type") != GRANT or claims.get("scope") != SCOPE or not fresh:
            return JSONResponse({"error": "invalid_grant"}, 400)
        self.tokens += 1
        told = {"access_token": f"ya29.{self.tokens}", "expires_in": self.lifetime, "token_type": "Bearer"}
        return JSONResponse(told)

    async def _fcm(self, request: Request) -> Response:
        message = (await _object(request)).get("message", {})
        mood = await self.moods.next(request)
        if mood is not None:
            return mood
        if request.headers.get("authorization") != f"Bearer ya29.{self.tokens}":
            return google(401, "UNAUTHENTICATED", "")
        wrong = fcm_faults(message)
        if wrong:
            return google(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", wrong)
        if message["token"] not in self.phones:
            return google(404, "NOT_FOUND", "UNREGISTERED")
        self.sent["fcm"].append(message)
        return JSONResponse({"name": f"projects/{self.project}/messages/0:{len(self.sent['fcm'])}"})

    async def _app(self, request: Request) -> Response:
        body = await request.body()
        mood = await self.moods.next(request)
        if mood is not None:
            return mood
        name, at = request.headers.get("webhook-id", ""), request.headers.get("webhook-timestamp", "0")
        expected = Webhook(SECRET).sign(name, datetime.fromtimestamp(int(at), UTC), body.decode())
        punctual = abs(int(at) - self._seconds()) <= TOLERANCE
        if request.headers.get("webhook-signature") != expected or not punctual:
            return Response("no", 401)
        told = json.loads(body)
        if told["data"]["to"] not in self.people:
            return Response("nobody", 410)
        if all(one["data"]["id"] != name for one in self.sent["app"]):
            self.sent["app"].append(told)
        return Response(status_code=204)

    async def _ntfy(self, request: Request) -> Response:
        told = await _object(request)
        mood = await self.moods.next(request)
        if mood is not None:
            return mood
        if request.headers.get("authorization") != f"Bearer {NTFY_TOKEN}":
            return JSONResponse({"code": 40301, "http": 403, "error": "forbidden"}, 403)
        if not re.fullmatch(r"[-_A-Za-z0-9]{1,64}", str(told.get("topic"))) or told.get(
            "priority"
        ) not in range(1, 6):
            return JSONResponse({"code": 40009, "http": 400, "error": "topic invalid"}, 400)
        self.sent["ntfy"].append(told)
        return JSONResponse({"id": f"ntfy{len(self.sent['ntfy'])}", "event": "message", **told})

    async def _ha(self, request: Request) -> Response:
        told = await _object(request)
        mood = await self.moods.next(request)
        if mood is not None:
            return mood
        if request.headers.get("authorization") != f"Bearer {HA_TOKEN}":
            return Response("401: Unauthorized", 401)
        if request.path_params["name"] not in self.services or "message" not in told:
            return Response("400: Bad Request", 400)
        self.sent["ha"].append(told)
        return JSONResponse([])

    def _seconds(self) -> int:
        return self._clock.now() // 1_000_000

    async def __aenter__(self) -> Self:
        await self._served.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._served.stop()


def fcm_faults(message: dict[str, Any]) -> str:
    """The first field that Firebase would not take; "" when it takes the message."""
    data, android = message.get("data", {}), message.get("android", {})
    checks = {
        "message.token": bool(re.fullmatch(r"[\w:.-]{6,}", str(message.get("token", "")))),
        "message.data": all(isinstance(one, str) for one in data.values())
        and not {"from", "gcm"} & data.keys(),
        "message.android.ttl": bool(re.fullmatch(r"\d{1,7}s", android.get("ttl", "0s"))),
        "message.android.priority": android.get("priority", "NORMAL") in ("NORMAL", "HIGH"),
        "message.notification": {"title", "body"} >= message.get("notification", {}).keys(),
        "message.webpush.fcm_options.link": str(
            message.get("webpush", {}).get("fcm_options", {}).get("link", "https://")
        ).startswith("https://"),
        "message": len(json.dumps([data, message.get("notification")]).encode()) <= 4_096
        and message.keys() <= {"token", "notification", "data", "android", "apns", "webpush"},
    }
    return next((name for name, good in checks.items() if not good), "")


def google(status: int, name: str, code: str, where: str = "") -> Response:
    """An error as Google's APIs write it."""
    details: list[dict[str, Any]] = []
    if code:
        details.append({"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code})
    if where:
        violations = [{"field": where, "description": "Invalid value"}]
        details.append({"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": violations})
    error = {"code": status, "message": "Refused.", "status": name, "details": details}
    return JSONResponse({"error": error}, status)


async def _object(request: Request) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(await request.body())
    return found
