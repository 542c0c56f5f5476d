// Prints how far an operation is until it is done: node watcher.mjs http://localhost:8080 operations/NAME
import {setTimeout as sleep} from 'node:timers/promises';

const [url, name] = process.argv.slice(2);
let token = '';

function show({operation, progress}) {
  if (operation.error) console.log(`error ${operation.error.code}: ${operation.error.message}`);
  else if (operation.done) console.log(`done: ${operation.response.value}`);
  else if (progress) console.log(`${progress.doneUnits} of ${progress.totalUnits} ${progress.unit}`);
  if (operation.done) process.exit(operation.error ? 1 : 0);
}

async function watch() {
  // A heartbeat comes every 15 s. After three without one, nobody is there any more.
  const silence = new AbortController();
  const alarm = setTimeout(() => silence.abort(), 45_000);
  const answer = await fetch(`${url}/v1/${name}:watch?alt=ndjson&resumeToken=${token}`, {signal: silence.signal});
  if (answer.status >= 400 && answer.status < 500) process.exit(1, console.error(await answer.text()));
  let rest = '';
  for await (const text of answer.body.pipeThrough(new TextDecoderStream())) {
    alarm.refresh();
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    for (const event of lines.map(line => JSON.parse(line))) {
      if (event.error) throw new Error(event.error.message); // the last words of a stream, such as of a server that stops
      token = event.resumeToken; // goes on where this stream broke off, also at another server
      if (event.changed) show(event.changed);
      if (event.gone) process.exit(1);
    }
  }
}

for (;;) {
  await watch().catch(lost => console.error(lost.message));
  await sleep(500 + 1000 * Math.random());
}
