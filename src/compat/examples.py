"""Runs each producer of examples/ with each watcher, through connections that break off. src/compat/suite.py starts it with a server."""
import concurrent.futures
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import threading
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILT = ROOT / "target/compat/examples"
LINES_MAX = 39
SECONDS = 120
STEP_SECONDS = 1

PROGRAMS = {
    "python": lambda kind: [sys.executable, f"examples/{kind}/{kind}.py"],
    "node": lambda kind: ["node", f"examples/{kind}/{kind}.mjs"],
    "java": lambda kind: ["java", "-cp", f"target/longrunning.jar{os.pathsep}{BUILT}", kind.title()],
    "go": lambda kind: [str(BUILT / kind)],
}


def check_lines():
    for kind in ("producer", "watcher"):
        for program in (ROOT / "examples" / kind).iterdir():
            lines = len(program.read_text().splitlines())
            if lines > LINES_MAX:
                raise SystemExit(f"compat: {program.relative_to(ROOT)}: got {lines} lines, allowed {LINES_MAX}")


def build():
    """Java's and Go's once, as they are; a start of each from its source would take longer than what it does."""
    BUILT.mkdir(parents=True, exist_ok=True)
    for kind in ("producer", "watcher"):
        source = f"examples/{kind}/{kind.title()}.java"
        subprocess.run(["javac", "-cp", "target/longrunning.jar", "-d", str(BUILT), source], cwd=ROOT, check=True)
        subprocess.run(["go", "build", "-o", str(BUILT / kind), f"examples/{kind}/{kind}.go"], cwd=ROOT, check=True)


class Breaking:
    """A way to the server that breaks off once, when the first change has come back."""

    def __init__(self, target):
        self.target, self.breaks, self.tokens = target, 0, []
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.listening.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            caller, _ = self.listening.accept()
            host, port = self.target.split(":")
            server = socket.create_connection((host, int(port)))
            threading.Thread(target=self.pass_on, args=(caller, server, False), daemon=True).start()
            threading.Thread(target=self.pass_on, args=(server, caller, True), daemon=True).start()

    def pass_on(self, source, sink, back):
        try:
            while data := source.recv(1 << 16):
                if not back:
                    self.tokens += re.findall(rb"resumeToken=([^ &]*)", data)
                sink.sendall(data)
                if back and b'"changed"' in data and not self.breaks:
                    self.breaks += 1
                    break
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def start(command, *arguments):
    return subprocess.Popen([*command, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def pair(target, producing, watching, cancel):
    """What went wrong with a producer and a watcher; empty if nothing did."""
    way = Breaking(target)
    work = f"{STEP_SECONDS}s" if producing == "go" else f"{STEP_SECONDS}"
    producer = start(PROGRAMS[producing]("producer"), f"http://{target}", work)
    name = producer.stdout.readline().strip()
    watcher = start(PROGRAMS[watching]("watcher"), way.address, name)
    alarm = threading.Timer(SECONDS, lambda: (producer.kill(), watcher.kill()))
    alarm.start()
    if cancel:
        watcher.stdout.readline()
        request = urllib.request.Request(f"http://{target}/v1/{name}:cancel", b"", {"content-type": "application/json"}, method="POST")
        urllib.request.urlopen(request, timeout=30).close()
    output, errors = watcher.communicate()
    _, failed = producer.communicate()
    alarm.cancel()
    *steps, last = output.splitlines() or [""]
    numbers = [int(x.split()[0]) for x in steps if re.fullmatch(r"\d+ of 10 steps", x)]
    faults = []
    # The request to cancel is a change, too: the watcher may tell the step once more.
    if len(numbers) != len(steps) or numbers != sorted(numbers if cancel else set(numbers)):
        faults.append("the watcher printed steps that are none, or some twice")
    if not cancel and (last, watcher.returncode) != ("done: OK", 0) or len(numbers) == 0 and not cancel:
        faults.append(f"the watcher ended with {watcher.returncode}")
    if cancel and (not re.fullmatch(r"error 1: cancelled after \d+ steps", last) or watcher.returncode != 1):
        faults.append(f"the watcher of a cancelled operation ended with {watcher.returncode}")
    if not cancel and (len(way.tokens) < 2 or not all(way.tokens[1:])):
        faults.append(f"the watcher came back with the tokens {way.tokens[1:]}")
    with urllib.request.urlopen(f"http://{target}/v1/{name}:watch?alt=ndjson", timeout=30) as events:
        done = json.loads(events.readline())["changed"]["progress"]["doneUnits"]
    if not cancel and done != "10":
        faults.append(f"the producer ended after {done} steps")
    if producer.returncode != 0:
        faults.append(f"the producer ended with {producer.returncode}: {failed}")
    return [f"examples: {producing} producer, {watching} watcher{', cancelled' if cancel else ''}: {x}\n{output}{errors}" for x in faults]


def run(target):
    """The faults of all pairs, and of one cancellation of each producer."""
    build()
    names = list(PROGRAMS)
    pairs = [(p, w, False) for p in names for w in names] + [(p, w, True) for p, w in zip(names, names[1:] + names[:1])]
    with concurrent.futures.ThreadPoolExecutor(10) as some:
        faults = [x for found in some.map(lambda x: pair(target, *x), pairs) for x in found]
    print(f"examples: {len(pairs)} pairs of a producer and a watcher, {len(faults)} faults", flush=True)
    return faults
