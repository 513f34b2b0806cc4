"""Tokens for a run of Schemathesis against `npm start`; docs/performance.md, "How sure it is", says how to start one."""

import json
import os
import random
import urllib.request

import schemathesis

with open(os.environ.get("ENDPOINTS", "local/.state/endpoints.json")) as file:
    places = json.load(file)


def post(method, url, body, **headers):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"content-type": "application/json", **headers}, method=method)
    with urllib.request.urlopen(request) as reply:
        return json.load(reply)


def token(**claims):
    return "Bearer " + post("POST", places["issuer"] + "/token", claims)["access_token"]


feed = token(sub="feed", scope="hub.feed", org_id="", role="")
# people may change something thirty times a minute, so there are many; both partners of the sample come up often
fresh = [f"odd-{index}" for index in range(150)]
for partner in fresh:
    owner = {"name": "Owner", "email": f"owner@{partner}.example"}
    profile = {"name": f"MSP {partner}", "owner": owner, "timeZone": "Europe/Prague"}
    post("PUT", f"{places['api']}/v1/hub/partners/{partner}", profile, authorization=feed)
partners = fresh + ["org-1001", "org-2001"] * 20
people = {one: token(org_id=one, sub="u-" + one, role="owner", name="Ann", email="ann@msp.example") for one in set(partners)}


def plain(pattern):
    """Python's patterns know no classes of Unicode."""
    if "\\p{" not in pattern:
        return pattern
    return "^[ -~]*$" if pattern.startswith("^") else "[A-Za-z0-9]"


def readable(schema):
    if isinstance(schema, list):
        return [readable(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: plain(value) if name == "pattern" and isinstance(value, str) else readable(value)
        for name, value in schema.items()
    }


@schemathesis.hook
def before_load_schema(context, raw_schema):
    raw_schema.update(readable(raw_schema))


@schemathesis.hook
def before_call(context, case, kwargs):
    path = case.operation.path
    case.headers = case.headers or {}
    if "/webhooks/" not in path:
        case.headers["authorization"] = feed if path.startswith("/v1/hub/") else people[random.choice(partners)]
