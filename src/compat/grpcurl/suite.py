"""grpcurl, which learns the methods by reflection, against the built server. src/compat/suite.py starts it."""
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "src/compat"))
from control import equal, post, try_all  # noqa: E402

GRPCURL = ROOT / "target/compat/go/grpcurl"
SERVICE = "google.longrunning.Operations"
PAGE = 2
SECONDS = 60

PROFILES = ["default", "cloud-functions-v1", "contact-center-insights-v1", "storage-transfer-v1", "discovery-engine-v1"]

NOT_FOUND, INVALID_ARGUMENT, UNIMPLEMENTED, UNAVAILABLE = 5, 3, 12, 14


class Grpcurl:
    def __init__(self, plan, target):
        self.target = target

    def has(self, what):
        return what != "future"

    def run(self, method, request, target=None):
        command = [GRPCURL, "-plaintext", "-format-error", "-max-time", str(SECONDS)]
        command += ["-d", json.dumps(request), target or self.target, f"{SERVICE}/{method}"]
        return subprocess.run(command, capture_output=True, text=True, timeout=2 * SECONDS)

    def call(self, method, **request):
        ran = self.run(method, request)
        if ran.returncode:
            raise RuntimeError(ran.stderr)
        return json.loads(ran.stdout)

    def fails(self, code, method, target=None, **request):
        """The details of the error that a call ends with, by their types."""
        ran = self.run(method, request, target)
        equal(ran.returncode, 64 + code)
        error = json.loads(ran.stderr)
        equal(error["code"], code)
        return {x["@type"].rpartition(".")[2]: x for x in error.get("details", [])}

    def refused(self, what):
        self.fails(UNIMPLEMENTED, what.title() + "Operation", name=self.plan["get"])

    def get(self):
        name = self.plan["get"]
        running = self.call("GetOperation", name=name)
        equal((running["name"], running.get("done", False)), (name, False))
        self.same(running["metadata"], self.plan["metadata"]["get"])
        post("/end", profile=self.profile, name=name)
        done = self.call("GetOperation", name=name)
        equal(done["done"], True)
        self.same(done["response"], self.plan["response"])

    def same(self, found, wanted):
        """A message in an operation. grpcurl names fields as protos do, and shows the bytes of a type that reflection does not tell."""
        if "@value" in found or wanted["@type"].endswith(".Empty"):
            equal(found["@type"], wanted["@type"])
        else:
            equal(found, {re.sub("[A-Z]", lambda x: "_" + x[0].lower(), key): value for key, value in wanted.items()})

    def list(self):
        pages, token = [], ""
        while not pages or token:
            answer = self.call(
                "ListOperations", name=self.plan["parent"], filter=self.plan["filter"], page_size=PAGE, page_token=token
            )
            pages.append([x["name"] for x in answer["operations"]])
            token = answer.get("next_page_token", "")
        names = self.plan["names"]
        equal(pages, [names[i : i + PAGE] for i in range(0, len(names), PAGE)])

    def wait(self):
        post("/end", profile=self.profile, name=self.plan["wait"], soon=1)
        equal(self.call("WaitOperation", name=self.plan["wait"], timeout=f"{SECONDS}s")["done"], True)

    def cancel(self):
        name = self.plan["cancel"]
        equal(self.call("CancelOperation", name=name), {})
        equal(self.call("GetOperation", name=name).get("done", False), False)
        post("/heard", profile=self.profile, name=name)
        equal(self.call("GetOperation", name=name)["error"]["code"], 1)

    def delete(self):
        name = self.plan["delete"]
        equal(self.call("DeleteOperation", name=name), {})
        equal(self.fails(NOT_FOUND, "GetOperation", name=name)["ErrorInfo"]["reason"], "OPERATION_DELETED")

    def errors(self):
        absent = self.fails(NOT_FOUND, "GetOperation", name=self.plan["absent"])["ErrorInfo"]
        equal((absent["reason"], absent["domain"]), ("OPERATION_NOT_FOUND", "longrunning.dev"))
        bad = self.fails(
            INVALID_ARGUMENT, "ListOperations", name=self.plan["parent"], filter=self.plan["filter"], page_size=-1
        )["BadRequest"]
        equal([x["field"] for x in bad["field_violations"]], ["page_size"])
        if self.plan["unavailable"]:
            away = self.fails(UNAVAILABLE, "GetOperation", target=self.plan["unavailable"], name=self.plan["absent"])
            equal((away["ErrorInfo"]["reason"], away["RetryInfo"]["retry_delay"]), ("DATABASE_UNAVAILABLE", "1s"))


def version():
    listed = subprocess.run(["go", "version", "-m", GRPCURL], capture_output=True, text=True, check=True).stdout
    return re.search(r"\tgithub.com/fullstorydev/grpcurl\tv(\S+)", listed)[1]


for profile in PROFILES:
    try_all(Grpcurl, "grpcurl", "grpcurl", version(), "gRPC", profile)
