"""Prints how far an operation is until it is done: python3 watcher.py http://localhost:8080 operations/NAME"""
import http.client, json, random, sys, time, urllib.error, urllib.request

url, token = f"{sys.argv[1]}/v1/{sys.argv[2]}:watch?alt=ndjson&resumeToken=", ""


def show(snapshot):
    operation, progress = snapshot["operation"], snapshot.get("progress", {})
    if "error" in operation:
        print(f"error {operation['error']['code']}: {operation['error']['message']}")
        sys.exit(1)
    if operation.get("done"):
        print("done:", operation["response"]["value"])
        sys.exit()
    if progress:
        print(progress["doneUnits"], "of", progress["totalUnits"], progress["unit"], flush=True)


while True:
    try:
        # A heartbeat comes every 15 s. After three without one, nobody is there any more.
        with urllib.request.urlopen(url + token, timeout=45) as events:
            for event in map(json.loads, events):
                if "error" in event:  # the last words of a stream, such as of a server that stops
                    raise OSError(event["error"]["message"])
                token = event["resumeToken"]  # goes on where this stream broke off, also at another server
                if "gone" in event:
                    sys.exit("deleted")
                if "changed" in event:
                    show(event["changed"])
    except urllib.error.HTTPError as error:
        if error.code < 500:
            sys.exit(error.read().decode())
    except (OSError, ValueError, http.client.HTTPException) as lost:
        print(lost, file=sys.stderr)
    time.sleep(random.uniform(0.5, 1.5))
