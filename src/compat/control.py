"""What the programs in Python share: the producer of suite.py, and how a row comes about."""
import json
import os
import traceback
import urllib.error
import urllib.parse
import urllib.request

SERVICE_HAS_NONE = "service has none"
CLIENT_HAS_NONE = "client has none"

# By what is tried, the method that a service may not have.
METHODS = {
    "get": "GetOperation",
    "list": "ListOperations",
    "wait": "WaitOperation",
    "future": "GetOperation",
    "cancel": "CancelOperation",
    "delete": "DeleteOperation",
    "errors": "GetOperation",
}


def post(path, body=None, **query):
    url = f"{os.environ['COMPAT_CONTROL']}{path}?{urllib.parse.urlencode(query)}"
    try:
        with urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode(), method="POST"), timeout=60) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise RuntimeError(error.read().decode()) from None


def equal(found, wanted):
    if found != wanted:
        raise AssertionError(f"got {found!r}, wanted {wanted!r}")


def try_all(make, language, library, version, transport, profile, many=False):
    """Has the client that is made for a plan do each thing that it has a method for, and notes what came of it."""
    plan = post("/begin", profile=profile, **({"many": 1} if many else {}))
    client = make(plan, plan["target"])
    client.profile, client.plan = profile, plan
    for what, method in METHODS.items():
        row = {"language": language, "library": library, "version": version, "transport": transport, "profile": profile, "what": what}
        try:
            has = client.has(what)
            if method not in plan["methods"]:
                if has:
                    client.refused(what)
                row |= {"result": "none", "why": SERVICE_HAS_NONE}
            elif not has:
                row |= {"result": "none", "why": CLIENT_HAS_NONE}
            else:
                getattr(client, what)()
                row["result"] = "ok"
        except Exception as fault:
            if "COMPAT_TRACE" in os.environ:
                traceback.print_exc()
            row |= {"result": "failed", "why": f"{type(fault).__name__}: {fault}"}
        post("/row", row)
