"""Prints what becomes of the operations of a collection, or of one operation until it is done.

python3 watch.py http://localhost:8080/v1/operations
python3 watch.py http://localhost:8080/v1/operations/import-7
"""
import http.client, json, random, sys, time, urllib.error, urllib.request

url, token, pause = sys.argv[1], "", 1
operations = {}  # by name, as of the token


def tell(name, state, version):
    print(name, state, version, flush=True)
    if state != "running" and not url.endswith("/operations"):
        sys.exit()


def take(event):
    if "changed" in event:
        operation = event["changed"]["operation"]
        operations[operation["name"]] = event["changed"]
        tell(operation["name"], "done" if "done" in operation else "running", event["changed"]["version"])
    elif "gone" in event:
        operations.pop(event["gone"]["name"], None)
        tell(event["gone"]["name"], "gone", event["gone"]["version"])
    elif "reset" in event:
        operations.clear()
    elif event["bookmark"].get("synced"):
        print("synced:", len(operations), "operations", flush=True)


while True:
    try:
        # A heartbeat comes every 15 s. After three without one, nobody is there any more.
        with urllib.request.urlopen(f"{url}:watch?alt=ndjson&resumeToken={token}", timeout=45) as lines:
            for event in map(json.loads, lines):
                if "error" in event:  # the last words of a stream
                    raise OSError(event["error"]["message"])
                take(event)
                token, pause = event["resumeToken"], 1
    except urllib.error.HTTPError as error:
        if error.code == 400 and token:  # the token is of another watch
            token = operations.clear() or ""
        elif error.code < 500:
            sys.exit(error.read().decode())
    except (OSError, ValueError, http.client.HTTPException) as lost:
        print(lost, file=sys.stderr)
    time.sleep(pause * random.uniform(1, 2))  # some earlier, some later
    pause = min(2 * pause, 30)
