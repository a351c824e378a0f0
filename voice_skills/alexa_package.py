"""The Alexa skill as a package that Amazon's `ask` command line deploys: manifest, models per locale, account linking.

It writes files and never talks to Amazon. No secret is written but where it has to be: into the file for account linking,
which only its owner can read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hub.ports import BadInput
from voice_skills.alexa_model import invocation, locales, models
from voice_skills.alexa_words import COUNTRIES, TONGUES
from voice_skills.words import house_words

NOTICES = "alexa::devices:all:notifications:write"
NOTICE = "AMAZON.MessageAlert.Activated"
HEARD = (
    "SKILL_ENABLED",
    "SKILL_DISABLED",
    "SKILL_PERMISSION_ACCEPTED",
    "SKILL_PERMISSION_CHANGED",
    "SKILL_ACCOUNT_LINKED",
    "SKILL_PROACTIVE_SUBSCRIPTION_CHANGED",
)
LINKING = "account-linking.json"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the skill is made for. `url` is the hub's public address (https), `privacy` and `terms` are pages of the maker
    (`{lang}` stands for the language; empty: none yet), `called` how people call the skill (empty: the brand and a word for help), `secret` that of account linking."""

    brand: str
    url: str
    privacy: str = ""
    terms: str = ""
    called: str = ""
    secret: str = ""


def write(folder: Path, wanted: Wanted) -> list[Path]:
    """Write the package into `folder`; the paths written. Raises BadInput for what Amazon would refuse."""
    files = package(wanted)
    written = []
    for name, body in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600 if name == LINKING else 0o644)
        path.write_text(json.dumps(body, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        written.append(path)
    return written


def package(wanted: Wanted) -> dict[str, Any]:
    """Every file of the package by its path. Without a secret there is none for account linking: what somebody could hand to
    Amazon by mistake is not written at all. Raises BadInput."""
    patterns = house_words().patterns
    served = locales(patterns)
    names = {
        language: invocation(wanted.called or f"{wanted.brand} {TONGUES[language].help}")
        for language in set(served.values())
    }
    found: dict[str, Any] = {
        "ask-resources.json": {
            "askcliResourcesVersion": "2020-03-31",
            "profiles": {"default": {"skillMetadata": {"src": "./skill-package"}}},
        },
        "skill-package/skill.json": manifest(wanted, names, served),
    }
    if wanted.secret:
        found[LINKING] = linking(wanted)
    for locale, model in models(patterns, names).items():
        found[f"skill-package/interactionModels/custom/{locale}.json"] = model
    return found


def manifest(wanted: Wanted, names: Mapping[str, str], served: Mapping[str, str]) -> dict[str, Any]:
    """The skill's manifest: its endpoint, what it may do, the events it wants to hear of, its pages in the store. Raises
    BadInput for an address that Amazon would refuse."""
    endpoint = {"uri": f"{_https(wanted.url)}/hooks/alexa", "sslCertificateType": "Trusted"}
    legal = {locale: _legal(wanted, language) for locale, language in served.items()}
    return {
        "manifest": {
            "manifestVersion": "1.0",
            "apis": {"custom": {"endpoint": endpoint, "interfaces": [{"type": "ALEXA_PRESENTATION_APL"}]}},
            "permissions": [{"name": NOTICES}],
            "events": {
                "endpoint": endpoint,
                "publications": [{"eventName": NOTICE}],
                "subscriptions": [{"eventName": name} for name in HEARD],
            },
            "publishingInformation": {
                "locales": {
                    locale: _page(wanted.brand, names[lang], lang) for locale, lang in served.items()
                },
                "category": "SMART_HOME",
                "isAvailableWorldwide": False,
                "distributionCountries": [COUNTRIES[locale] for locale in served],
                "testingInstructions": "Text the word link to our number, then say: my code is, and the six digits.",
            },
            "privacyAndCompliance": {
                "allowsPurchases": False,
                "usesPersonalInfo": True,
                "isChildDirected": False,
                "isExportCompliant": True,
                "containsAds": False,
                "locales": {locale: pages for locale, pages in legal.items() if pages},
            },
        }
    }


def linking(wanted: Wanted) -> dict[str, Any]:
    """What `ask smapi update-account-linking-info` wants to know: the hub is the authorization server."""
    url = _https(wanted.url)
    return {
        "accountLinkingRequest": {
            "type": "AUTH_CODE",
            "authorizationUrl": f"{url}/oauth/authorize",
            "accessTokenUrl": f"{url}/oauth/token",
            "accessTokenScheme": "HTTP_BASIC",
            "clientId": "alexa",
            "clientSecret": wanted.secret,
            "scopes": ["devices"],
            "skipOnEnablement": True,
        }
    }


def _legal(wanted: Wanted, language: str) -> dict[str, str]:
    """The maker's pages in one language, as far as there are any. Raises BadInput for one that is not https."""
    found = {}
    for name, address in (("privacyPolicyUrl", wanted.privacy), ("termsOfUseUrl", wanted.terms)):
        if address and urlsplit(address).scheme != "https":
            raise BadInput(address, "the store shows only https", "https://www.example.com/{lang}/privacy")
        if address:
            found[name] = address.replace("{lang}", language)
    return found


def _https(url: str) -> str:
    """The hub's address without a slash at its end. Raises BadInput for one that Amazon would not call."""
    plain = url.rstrip("/").removesuffix("/hooks/alexa")
    if not re.fullmatch(r"https://[\w.-]+(:443)?(/[\w./-]*)?", plain):
        raise BadInput(url, "Amazon calls only https on port 443", "--url https://hub.example.com")
    return plain


def _page(brand: str, called: str, language: str) -> dict[str, Any]:
    """What the store shows in one language."""
    tongue = TONGUES[language]
    return {
        "name": brand,
        "summary": tongue.summary.format(brand=brand),
        "description": tongue.description.format(brand=brand),
        "examplePhrases": [tongue.open.format(name=called), *tongue.say],
        "keywords": [],
    }
