"""Does work, tells how far it is, and hears of a cancellation: python3 producer.py http://localhost:8080 1"""
import json, sys, time, urllib.error, urllib.request, uuid

url, work = sys.argv[1] + "/v1/", float(sys.argv[2])


def post(path, **body):
    while True:  # a call that was lost may be repeated: none of them is done twice
        try:
            request = urllib.request.Request(url + path, json.dumps(body).encode(), {"content-type": "application/json"})
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code < 500:  # such as 409, LEASE_LOST: somebody else does the work now
                sys.exit(error.read().decode())
        except OSError as lost:
            print(lost, file=sys.stderr)
        time.sleep(1)


# Ten seconds after its last word the operation ends as PRODUCER_LOST.
started = post("operations:start", requestId=str(uuid.uuid4()), leaseDuration="10s")
name, lease = started["snapshot"]["operation"]["name"], started["lease"]["token"]
print(name, flush=True)
for step in range(1, 11):
    time.sleep(work)
    progress = {"doneUnits": step, "totalUnits": 10, "unit": "steps"}
    if post(f"{name}:update", leaseToken=lease, progress=progress).get("cancelRequested"):
        result = {"error": {"code": 1, "message": f"cancelled after {step} steps"}}
        break
else:
    result = {"response": {"@type": "type.googleapis.com/google.protobuf.StringValue", "value": "OK"}}
post(f"{name}:complete", leaseToken=lease, **result)
