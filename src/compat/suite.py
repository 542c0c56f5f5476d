"""Runs the clients of all languages against target/longrunning.jar and writes docs/compatibility.md of what they found.

src/compat/run starts it. It starts the servers, each on a free port of this machine with a data directory of its own, and a producer: an
HTTP server of its own that the clients' programs ask, by POST, for operations to call (/begin), to have them ended (/end, /heard), and to
note what a client could do (/row).
"""
import argparse
import base64
import concurrent.futures
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import examples
import table

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = ROOT / "target/compat"
PAGE = ROOT / "docs/compatibility.md"
LISTENING = re.compile(r"Longrunning listens on http://(\S+) ")
START_SECONDS = 120
SUITE_SECONDS = 600

# The services that a server presents itself as. Contact Center AI Insights and Discovery Engine have one path for lists of a location:
# behind one address without names of hosts, such a call could be for both.
SERVERS = [
    ["default"],
    ["cloud-functions-v1", "contact-center-insights-v1", "storage-transfer-v1"],
    ["discovery-engine-v1"],
]

SUITES = {
    "java": [
        "mvn", "-B", "-q", "-f", str(ROOT / "src/compat/java/pom.xml"), "verify", "exec:java",
        "-Dexec.mainClass=dev.longrunning.compat.Suite", "-Dexec.classpathScope=test",
    ],
    "python": [str(WORK / "python/bin/python"), str(ROOT / "src/compat/python/suite.py")],
    "node": ["node", str(ROOT / "src/compat/node/suite.mjs")],
    "go": [str(WORK / "go/suite")],
    "grpcurl": [sys.executable, str(ROOT / "src/compat/grpcurl/suite.py")],
}  # fmt: skip


class Service:
    """What operations of a service look like."""

    def __init__(self, methods, metadata, response, parent="", collection=None, filter="", page_size=50):
        self.methods, self.metadata, self.response = methods.split(), metadata, response
        self.parent, self.collection, self.filter, self.page_size = parent, collection, filter, page_size

    def name(self, group, id):
        return f"{self.parent.format(group=group)}/operations/{id}"

    def start(self, group, id, metadata):
        """The path and the body of a start."""
        return self.name(group, "")[:-1] + ":start", {"operationId": id, "metadata": metadata}


class CloudFunctions(Service):
    """Names hold the function, and operations are listed by it."""

    def name(self, group, id):
        return "operations/" + base64.urlsafe_b64encode(f"compat/us-central1/{group}/{id}".encode()).decode().rstrip("=")

    def start(self, group, id, metadata):
        target = f"projects/compat/locations/us-central1/functions/{group}"
        return "operations:start", {"name": self.name(group, id), "metadata": metadata | {"target": target}}


class StorageTransfer(Service):
    """Operations are listed by the project, which a label says."""

    def name(self, group, id):
        return f"transferOperations/{group}-{id}"

    def start(self, group, id, metadata):
        labels = {"project_id": group}
        metadata = metadata | {"projectId": group, "name": self.name(group, id)}
        return "transferOperations:start", {"name": self.name(group, id), "metadata": metadata, "labels": labels}


def message(type, /, **fields):
    return {"@type": "type.googleapis.com/" + type, **fields}


SERVICES = {
    "default": Service(
        "GetOperation ListOperations WaitOperation CancelOperation DeleteOperation",
        message("google.rpc.RequestInfo", requestId="import-7"),
        message("google.rpc.ResourceInfo", resourceType="file", resourceName="report.csv"),
        parent="projects/{group}",
    ),
    "cloud-functions-v1": CloudFunctions(
        "GetOperation ListOperations",
        message("google.cloud.functions.v1.OperationMetadataV1", type="CREATE_FUNCTION", versionId="3"),
        message("google.cloud.functions.v1.CloudFunction", name="thumbs", entryPoint="makeThumb", availableMemoryMb=256),
        collection="operations",
        filter="project:compat,location:us-central1,function:{group}",
        page_size=100,
    ),
    "contact-center-insights-v1": Service(
        "GetOperation ListOperations CancelOperation",
        message("google.cloud.contactcenterinsights.v1.BulkAnalyzeConversationsMetadata", completedAnalysesCount=120),
        message("google.cloud.contactcenterinsights.v1.BulkAnalyzeConversationsResponse", successfulAnalysisCount=398),
        parent="projects/{group}/locations/us-central1",
    ),
    "storage-transfer-v1": StorageTransfer(
        "GetOperation ListOperations CancelOperation",
        message("google.storagetransfer.v1.TransferOperation", status="IN_PROGRESS", transferJobName="transferJobs/8812"),
        message("google.protobuf.Empty"),
        parent="transferOperations",
        collection="transferOperations",
        page_size=256,
        filter='{{"projectId": "{group}"}}',
    ),
    "discovery-engine-v1": Service(
        "GetOperation ListOperations CancelOperation",
        message("google.cloud.discoveryengine.v1.ImportDocumentsMetadata", successCount="996", totalCount="1000"),
        message("google.cloud.discoveryengine.v1.ImportDocumentsResponse", errorConfig={"gcsPrefix": "gs://demo/5550"}),
        parent="projects/{group}/locations/global/collections/default_collection/dataStores/catalog/branches/0",
    ),
}

# What operations end with that fail: an error as servers of Google's have them.
FAILURE = {
    "code": 8,
    "message": "Quota exceeded.",
    "details": [
        {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "RATE_LIMIT_EXCEEDED", "domain": "compat.example"},
        {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "37.500s"},
    ],
}


class Server:
    """The jar as a process of its own; it answers once the constructor returns, and is gone once stop() does."""

    def __init__(self, services, *more):
        data = WORK / "data" / "-".join(services[:1] + list(more)).lstrip("-")
        shutil.rmtree(data, ignore_errors=True)
        command = ["java", "-XX:TieredStopAtLevel=1", "-jar", str(ROOT / "target/longrunning.jar"), "serve", "--listen", "127.0.0.1:0"]
        command += ["--data", str(data)]
        environment = os.environ | {"LONGRUNNING_SERVICES_ACTIVE": ",".join(services)}
        self.log = open(WORK / f"{data.name}.log", "w")
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=self.log, text=True, start_new_session=True
        )
        self.target = None

    def await_start(self):
        alarm = threading.Timer(START_SECONDS, self.process.kill)
        alarm.start()
        for line in self.process.stdout:
            if listening := LISTENING.match(line):
                self.target = listening[1]
                break
        alarm.cancel()
        if not self.target:
            sys.exit(f"a server did not start, see {self.log.name}")
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        return self

    def signal_database(self, number):
        """To the processes that the server has started, and to those that they have."""
        parents, found = {}, [self.process.pid]
        for status in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = status.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents.setdefault(int(fields[1]), []).append(int(status.parent.name))
        for process in found:
            found += parents.get(process, [])
        for process in found[1:]:
            os.kill(process, number)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()


class Producer:
    """Starts and ends the operations that clients call."""

    def __init__(self, targets):
        self.targets = targets
        self.groups = 0
        self.tokens = {}
        self.lock = threading.Lock()

    def post(self, profile, path, body):
        url = f"http://{self.targets[profile]}/v1/{path}"
        request = urllib.request.Request(url, json.dumps(body).encode(), {"content-type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{path}: {error.code} {error.read().decode()}") from None

    def begin(self, profile, many):
        """Operations for one client: one for each thing that it is to do, and a list of several pages."""
        service = SERVICES[profile]
        with self.lock:
            self.groups += 1
            group = f"compat-{self.groups}"
        listed = [f"page-{i}" for i in range(service.page_size + 5 if many else 5)]
        parent = service.parent.format(group=group + "-list")
        for id in listed:
            self.start(service, profile, group + "-list", id)
        plan = {
            "target": self.targets[profile],
            "unavailable": self.targets["unavailable"] if profile == "default" else None,
            "methods": service.methods,
            "parent": parent,
            "collection": service.collection or parent + "/operations",
            "filter": service.filter.format(group=group + "-list"),
            "pageSize": service.page_size,
            "names": [service.name(group + "-list", id) for id in reversed(listed)],
            "absent": service.name(group, "absent-1"),
            "response": service.response,
            "metadata": {},
        }
        for id in ("get", "wait", "future", "failing", "cancel", "delete"):
            plan[id] = service.name(group, id + "-1")
            started = self.start(service, profile, group, id + "-1", lease=id == "cancel")
            plan["metadata"][id] = started["snapshot"]["operation"]["metadata"]
            if id == "cancel":
                self.tokens[plan[id]] = started["lease"]["token"]
        return plan

    def start(self, service, profile, group, id, lease=False):
        path, body = service.start(group, id, service.metadata)
        return self.post(profile, path, body | ({"leaseDuration": "3600s"} if lease else {}))

    def end(self, profile, name, how, soon=False):
        """Ends an operation as it is asked to: with its response or an error; at once, or once the client waits for it."""
        result = {"response": SERVICES[profile].response} if how == "response" else {"error": FAILURE}
        if soon:
            threading.Timer(0.3, self.post, (profile, name + ":complete", result)).start()
            return {}
        return self.post(profile, name + ":complete", result)

    def heard(self, profile, name):
        """Hears of a cancellation as a producer does, and ends the operation by it."""
        lease = {"leaseToken": self.tokens.pop(name)}
        answer = self.post(profile, name + ":update", lease)
        if not answer.get("cancelRequested"):
            raise RuntimeError(f"{name}: the producer hears of no cancellation")
        return self.post(profile, name + ":complete", lease | {"error": {"code": 1, "message": "stopped"}})


class Control(http.server.ThreadingHTTPServer):
    # The programs of all languages call at the same time.
    request_queue_size = 64


def handler(producer, rows):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            url = urllib.parse.urlsplit(self.path)
            query = dict(urllib.parse.parse_qsl(url.query))
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            try:
                self.answer(200, self.take(url.path, query, body))
            except Exception as fault:
                print(f"producer: {self.path}: {fault}", file=sys.stderr)
                self.answer(500, {"error": str(fault)})

        def take(self, path, query, body):
            if path == "/begin":
                return producer.begin(query["profile"], "many" in query)
            if path == "/end":
                return producer.end(query["profile"], query["name"], query.get("how", "response"), "soon" in query)
            if path == "/heard":
                return producer.heard(query["profile"], query["name"])
            row = json.loads(body)
            rows.append(row)
            print(f"{row['language']:8} {row['library']:45} {row['transport']:9} {row['profile']:27} {row['what']:14} {row['result']}"
                  + (f": {row['why']}" if row.get("why") else ""), flush=True)  # fmt: skip
            return {}

        def answer(self, code, body):
            text = json.dumps(body).encode()
            self.send_response(code)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_):
            pass

    return Handler


def run_suite(language, control):
    begun = time.monotonic()
    environment = os.environ | {"COMPAT_CONTROL": control}
    with subprocess.Popen(SUITES[language], cwd=ROOT, env=environment, start_new_session=True) as suite:
        try:
            code = suite.wait(SUITE_SECONDS)
        except BaseException:
            os.killpg(suite.pid, signal.SIGKILL)
            raise
    print(f"{language}: {time.monotonic() - begun:.0f} s", flush=True)
    return code


def run(languages, with_examples):
    """The rows of these languages, and what went wrong with their programs and the examples."""
    WORK.mkdir(parents=True, exist_ok=True)
    servers, rows = [], []
    try:
        for services in SERVERS:
            servers.append(Server(services))
        hung = Server(["default"], "hung")
        servers.append(hung)
        targets = {}
        for services, server in zip(SERVERS, servers):
            targets |= dict.fromkeys(services, server.await_start().target)
        targets["unavailable"] = hung.await_start().target
        hung.signal_database(signal.SIGSTOP)
        control = Control(("127.0.0.1", 0), handler(Producer(targets), rows))
        threading.Thread(target=control.serve_forever, daemon=True).start()
        # They wait for most of the time.
        with concurrent.futures.ThreadPoolExecutor() as together:
            codes = list(together.map(lambda x: run_suite(x, f"http://127.0.0.1:{control.server_port}"), languages))
        faults = examples.run(targets["default"]) if with_examples else []
        broken = [x for x, code in zip(languages, codes) if code != 0]
        control.shutdown()
        return rows, [f"{x}: the program ended with a fault" for x in broken] + faults
    finally:
        for server in servers:
            if server is servers[-1] and len(servers) > len(SERVERS):
                server.signal_database(signal.SIGCONT)
            server.stop()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", choices=[*SUITES, "examples"])
    parser.add_argument("--update", action="store_true")
    arguments = parser.parse_args()
    examples.check_lines()
    languages = [x for x in SUITES if arguments.only in (None, x)]

    rows, faults = run(languages, arguments.only in (None, "examples"))
    (WORK / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    faults += table.faults(rows, languages)
    for fault in faults:
        print("compat:", fault, file=sys.stderr)
    if faults:
        sys.exit(1)
    if arguments.only:
        missing = table.difference(PAGE.read_text() if PAGE.exists() else "", rows)
        if missing:
            sys.exit(f"compat: docs/compatibility.md does not say: {missing}; src/compat/run --update writes it anew")
        return
    page = table.page(rows)
    if arguments.update:
        PAGE.write_text(page)
    elif not PAGE.exists() or PAGE.read_text() != page:
        (WORK / "compatibility.md").write_text(page)
        sys.exit("compat: docs/compatibility.md is not what this run found (target/compat/compatibility.md); src/compat/run --update writes it anew")
    print(f"compat: {len(rows)} rows, docs/compatibility.md says what they found")


if __name__ == "__main__":
    main()
