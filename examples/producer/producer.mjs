// Does work, tells how far it is, and hears of a cancellation: node producer.mjs http://localhost:8080 1
import {setTimeout as sleep} from 'node:timers/promises';

const [url, work] = process.argv.slice(2);

async function post(path, body) {
  for (;;) { // a call that was lost may be repeated: none of them is done twice
    try {
      const headers = {'content-type': 'application/json'};
      const signal = AbortSignal.timeout(10_000);
      const answer = await fetch(`${url}/v1/${path}`, {method: 'POST', headers, signal, body: JSON.stringify(body)});
      const json = await answer.json();
      if (answer.ok) return json;
      if (answer.status < 500) { // such as 409, LEASE_LOST: somebody else does the work now
        console.error(json.error.message);
        process.exit(1);
      }
    } catch (lost) {
      console.error(lost.message);
    }
    await sleep(1000);
  }
}

// Ten seconds after its last word the operation ends as PRODUCER_LOST.
const {snapshot, lease} = await post('operations:start', {requestId: crypto.randomUUID(), leaseDuration: '10s'});
const {name} = snapshot.operation, leaseToken = lease.token;
console.log(name);
let result = {response: {'@type': 'type.googleapis.com/google.protobuf.StringValue', value: 'OK'}};
for (let step = 1; step <= 10; step++) {
  await sleep(work * 1000);
  const progress = {doneUnits: step, totalUnits: 10, unit: 'steps'};
  if ((await post(`${name}:update`, {leaseToken, progress})).cancelRequested) {
    result = {error: {code: 1, message: `cancelled after ${step} steps`}};
    break;
  }
}
await post(`${name}:complete`, {leaseToken, ...result});
