// Follows the operations of a collection, or one operation until it is done; a signal ends it earlier.
//
//   watch('http://localhost:8080/v1/operations', (operations, event) => draw(operations));
//
// `operations` has the newest states by name: all of them, from the first bookmark with `synced` on.
export async function watch(url, tell, signal) {
  const operations = new Map();
  let token = '';
  for (let pause = 1000; !signal?.aborted; pause = Math.min(2 * pause, 30_000)) {
    try {
      for await (const event of events(`${url}:watch?alt=ndjson&resumeToken=${token}`, signal)) {
        const {changed, gone, reset, error} = event;
        if (error?.code >= 500) break; // the server is away, or about to leave
        if (error && !(error.code === 400 && token)) return tell(operations, event);
        if (error || reset) operations.clear(); // the token is of another watch, or too old
        if (changed) operations.set(changed.operation.name, changed);
        if (gone) operations.delete(gone.name);
        tell(operations, error ? {reset: {}} : event);
        if ((changed?.operation.done || gone) && !url.endsWith('/operations')) return;
        token = event.resumeToken ?? '';
        pause = 1000;
      }
    } catch (lost) {
      console.warn(lost);
    }
    await new Promise((wake) => setTimeout(wake, pause * (1 + Math.random()))); // some earlier, some later
  }
}

async function* events(address, signal) { // one a line
  const leave = new AbortController();
  signal?.addEventListener('abort', () => leave.abort(), {signal: leave.signal});
  // A heartbeat comes every 15 s. After three without one, nobody is there any more.
  const silence = () => setTimeout(() => leave.abort(), 45_000);
  let alarm = silence(), rest = '';
  try {
    const {body} = await fetch(address, {signal: leave.signal});
    const texts = body.pipeThrough(new TextDecoderStream()).getReader();
    for (let part = {value: ''}; !part.done; part = await texts.read()) {
      clearTimeout(alarm);
      alarm = silence();
      const lines = (rest + part.value).split('\n');
      rest = lines.pop();
      for (const line of lines) yield JSON.parse(line);
    }
    if (rest) yield JSON.parse(rest); // an error instead of a stream has no end of line
  } finally {
    clearTimeout(alarm);
    leave.abort();
  }
}
