"""Writes the page of what clients do, out of the lines that the suites wrote.

Usage: table.py PAGE RESULTS...   RESULTS are LANGUAGE.jsonl. Ends with 1 if a cell failed or a row lacks one.
"""

import json
import os
import sys

COLUMNS = {
    "get": "Get",
    "list": "List",
    "wait": "Wait",
    "future": "Future",
    "cancel": "Cancel",
    "delete": "Delete",
    "errors": "Errors",
}
KEYS = ("library", "version", "transport", "profile", "what", "result")
INTRODUCTION = """\
# Clients

What published client libraries, unmodified, do with this server. `src/compat/run` wrote this page, and `mvn verify -Pcompat` runs it: it
installs the libraries, starts the server with the services below, and runs each library against it. It fails if a client does, or if
the page says something else. After a change, `src/compat/run --update` writes the page anew.

| column | what was seen |
|---|---|
| Get | an operation that runs, with the metadata of its type; the same one done, with its response |
| List | operations on three pages, each of them once, newest first |
| Wait | WaitOperation answers when the operation is done, long before its timeout |
| Future | what the library has for an operation under way: it polls, shows typed metadata, ends with the typed response, and with the \
producer's error where there is one |
| Cancel | the operation ends with code 1, by a call and by what the library has for futures |
| Delete | the operation is gone, and a second deletion says `OPERATION_DELETED` |
| Errors | the library's own exceptions: the reason, domain and metadata of `ErrorInfo`, the field of `BadRequest` |

A number in place of *yes* is a note below the table.

## How they were pointed here

Every client was given the server's address and no credentials. Several services are active, so each call says which one it is for by
its host, as [services.md](services.md#whose-operation-is-it) has it: over gRPC by the channel's authority, over HTTP by the `Host` header.
Where only one service is active, neither is needed. SERVICE is a host of [services.md](services.md), such as `storagetransfer.googleapis.com`.

| client | pointed by |
|---|---|
"""


def fail(message):
    print(f"table.py: {message}", file=sys.stderr)
    sys.exit(1)


def read(paths):
    """The rows of each profile, as {profile: {row: {what: (result, why)}}}, in the order of the lines."""
    profiles = {profile: {} for profile in os.environ["COMPAT_PROFILES"].split(",")}
    for path in paths:
        with open(path, encoding="utf-8") as lines:
            for number, text in enumerate(lines, 1):
                cell = json.loads(text)
                if any(not cell.get(key) for key in KEYS):
                    fail(f"{path}:{number}: got {text.strip()}, allowed: all of {', '.join(KEYS)}")
                if cell["profile"] not in profiles or cell["what"] not in COLUMNS:
                    fail(f"{path}:{number}: no such profile or column: {text.strip()}")
                if cell["result"] not in ("ok", "cannot", "failed"):
                    fail(f"{path}:{number}: result: got {cell['result']}, allowed ok, cannot, failed")
                row = (cell["library"], cell["version"], cell["transport"])
                cells = profiles[cell["profile"]].setdefault(row, {})
                if cell["what"] in cells:
                    fail(f"{path}:{number}: {cell['what']} is there twice")
                cells[cell["what"]] = (cell["result"], cell.get("why", ""))
    return profiles


def faults(profiles):
    for profile, rows in profiles.items():
        for row, cells in rows.items():
            where = f"{profile}: {' '.join(row)}"
            for what in COLUMNS:
                result, why = cells.get(what, ("failed", "no result"))
                if result == "failed":
                    yield f"{where}: {what} failed: {why}"
                elif result == "cannot" and not why:
                    yield f"{where}: {what}: cannot wants a reason"


def table(rows):
    notes = {}
    yield "| client | version | transport | " + " | ".join(COLUMNS.values()) + " |"
    yield "|---" * (3 + len(COLUMNS)) + "|"
    for (library, version, transport), cells in rows.items():
        shown = []
        for what in COLUMNS:
            result, why = cells[what]
            shown.append("yes" if result == "ok" else f"[{notes.setdefault(why, len(notes) + 1)}]")
        yield f"| {library} | {version} | {transport} | " + " | ".join(shown) + " |"
    if notes:
        yield ""
        for why, number in notes.items():
            yield f"{number}. {why}"


def pointed(languages):
    """What each language's folder says of it: rows of the table, in pointed.md."""
    for language in languages:
        with open(os.path.join(os.path.dirname(__file__), language, "pointed.md"), encoding="utf-8") as rows:
            yield from rows.read().splitlines()


def page(profiles, languages):
    yield INTRODUCTION.rstrip()
    yield from pointed(languages)
    yield ""
    for profile, rows in profiles.items():
        yield f"## {profile}\n"
        yield from table(rows)
        yield ""


def main():
    path, *results = sys.argv[1:]
    languages = [os.path.basename(result).removesuffix(".jsonl") for result in results]
    profiles = read(results)
    found = list(faults(profiles))
    if found:
        print(*found, sep="\n", file=sys.stderr)
        sys.exit(1)
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(page(profiles, languages)).rstrip() + "\n")
    cells = [result for rows in profiles.values() for row in rows.values() for result, _ in row.values()]
    print(f"clients: {cells.count('ok')} cells work, {cells.count('cannot')} cannot, for the reason noted")


main()
