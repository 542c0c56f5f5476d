"""Makes docs/compatibility.md of the rows that the clients' programs note."""
import textwrap

LANGUAGES = {"java": "Java", "python": "Python", "node": "Node", "go": "Go", "grpcurl": "any"}
# The clients of operations that know no service.
GENERIC = ["gax", "google-api-core", "google-gax", "cloud.google.com/go/longrunning", "grpcurl"]
TRANSPORTS = ["gRPC", "HTTP/JSON"]
PROFILES = ["default", "cloud-functions-v1", "contact-center-insights-v1", "storage-transfer-v1", "discovery-engine-v1"]
COLUMNS = {
    "get": "Get",
    "list": "List",
    "wait": "Wait",
    "future": "Future",
    "cancel": "Cancel",
    "delete": "Delete",
    "errors": "Error details",
}

# Why a cell is not a plain yes, in the order of the footnotes.
NOTES = {
    "service has none": "The service has no such method. Clients that have it are refused: UNIMPLEMENTED over gRPC, 404 or 405 over HTTP.",
    "client has none": "The client has no such method.",
    "client has no path": "The client has the method, and over HTTP no path for it: the call goes to `/`.",
    "client sends a body": "The service's published rule for Cancel has no body. This client knows no service's rules, and sends one with the"
    " name in it: INVALID_ARGUMENT.",
    "client has no error types": "Results and metadata come as their types. If the operation fails with details of `google.rpc`, the client"
    " cannot read it: over HTTP it knows the types of the service and no others.",
}
SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"

INTRO = """# Compatibility

Clients as they are published, against the built server. This page is what `src/compat/run` found; a run fails if it finds something else, and
`src/compat/run --update` writes the page anew.

- **Get**: a running operation with its metadata, a done one with its response.
- **List**: page by page, the newest first.
- **Wait**: WaitOperation, which returns when the operation is done.
- **Future**: the library's own handle (OperationFuture, LROperation, Operation) polls until the typed result, and until the error of an operation
  that failed.
- **Cancel**: the producer hears of it and ends the operation. **Delete**: the operation is NOT_FOUND from then on.
- **Error details**: through the library's own API: `ErrorInfo` of NOT_FOUND, `BadRequest` of INVALID_ARGUMENT and, against `default`, `RetryInfo` of
  UNAVAILABLE from a server whose database hangs.

Each client is pointed at the server's address, without TLS and credentials, and otherwise left as it is. The services are those of
[services.md](services.md); the operations hold messages of their own types.
"""

REMARKS = """
## Remarks

- gax for Java, google-api-core and google-gax are told the services' HTTP paths, as the services' libraries tell them.
- google-api-core's `OperationsRestTransport` takes `url_scheme` and does not heed it: the scheme belongs into `host`.
- google-api-core's client for gRPC has no page size: its lists are as many operations as fill more than a page of the service.
- google-gax over HTTP reads details of errors only if its transport leaves answers alone: `transporterOptions: {validateStatus: () => true}`.
- grpcurl knows methods and the server's own types by reflection. Messages of services' types it shows as bytes.
- `cloud.google.com/go/discoveryengine` is not tried: the module is not to be had everywhere. `google.golang.org/api/discoveryengine/v1` is the
  other client that Google publishes for Go.
- Contact Center AI Insights and Discovery Engine have one path for the lists of a location. Where both are active, their clients need the names of
  their hosts.
"""


def client(row):
    own = row["library"] not in GENERIC
    return list(LANGUAGES).index(row["language"]), own, row["library"], TRANSPORTS.index(row["transport"])


def note(row):
    return SUPERSCRIPTS[list(NOTES).index(row["why"]) + 1] if row.get("why") else ""


def faults(rows, languages):
    """What keeps the rows from being a page, a line each."""
    found = []
    for row in rows:
        where = " ".join(row[key] for key in ("language", "library", "transport", "profile", "what"))
        if row["result"] not in ("ok", "none"):
            found.append(f"{where}: {row.get('why')}")
        elif row.get("why") and row["why"] not in NOTES:
            found.append(f"{where}: table.py has no note for {row['why']!r}")
    for language in languages:
        for profile in PROFILES:
            tried = {}
            for row in rows:
                if (row["language"], row["profile"]) == (language, profile):
                    tried.setdefault(client(row), []).append(row["what"])
            if not tried:
                found.append(f"{language} {profile}: nothing was tried")
            found += [f"{language} {profile} {x[2]}: tried {whats}" for x, whats in tried.items() if whats != list(COLUMNS)]
    return found


def lines(rows, profile):
    """The lines of a profile's table, one a client."""
    clients = {}
    for row in rows:
        if row["profile"] == profile:
            clients.setdefault(client(row), []).append(row)
    for _, noted in sorted(clients.items()):
        cells = {row["what"]: ("yes" if row["result"] == "ok" else "–") + note(row) for row in noted}
        first = noted[0]
        named = [LANGUAGES[first["language"]], f"`{first['library']}`", first["version"], first["transport"]]
        yield "| " + " | ".join(named + [cells[what] for what in COLUMNS]) + " |"


def page(rows):
    text = INTRO
    for profile in PROFILES:
        text += f"\n## {profile}\n\n"
        text += "| for | client | version | over | " + " | ".join(COLUMNS.values()) + " |\n"
        text += "|---" * (len(COLUMNS) + 4) + "|\n"
        text += "".join(line + "\n" for line in lines(rows, profile))
    text += "\n## Notes\n\n"
    for i, words in enumerate(NOTES.values(), 1):
        text += textwrap.fill(words, 148, initial_indent=f"- {SUPERSCRIPTS[i]} ", subsequent_indent="  ") + "\n"
    return text + REMARKS


def difference(page, rows):
    """The first line of these rows that the page does not have, or an empty string."""
    return next((x for profile in PROFILES for x in lines(rows, profile) if x not in page), "")
