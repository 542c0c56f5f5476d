// Follows the operations of a collection, or one operation until it is done; the answer is a function that ends it earlier.
//
//   watch('http://localhost:8080/v1/operations', (operations, event) => draw(operations));
//
// `operations` has the newest states by name: all of them, from the first bookmark with `synced` on.
export function watch(url, tell) {
  const operations = new Map();
  let source, alarm, stopped = false, token = '', pause = 1000;

  const address = () => `${url}:watch?alt=sse&resumeToken=${token}`;

  function open() {
    source = new EventSource(address());
    for (const kind of ['changed', 'gone', 'bookmark', 'reset']) source.addEventListener(kind, take);
    source.onerror = () => source.readyState === EventSource.CLOSED && refused();
    listen();
  }

  function listen() { // A heartbeat comes every 15 s. After three without one, nobody is there any more.
    clearTimeout(alarm);
    alarm = setTimeout(() => { source.close(); open(); }, 45_000);
  }

  function take({data}) {
    const event = JSON.parse(data), {changed, gone, reset} = event;
    if (reset) operations.clear(); // the token was too old
    if (changed) operations.set(changed.operation.name, changed);
    if (gone) operations.delete(gone.name);
    [token, pause] = [event.resumeToken, 1000];
    listen();
    tell(operations, event);
    if ((changed?.operation.done || gone) && !url.endsWith('/operations')) stop();
  }

  // After an end the browser comes back by itself, with the id of the last event; after any status but 200 it does not.
  async function refused() {
    clearTimeout(alarm);
    const {status} = await fetch(address(), {method: 'HEAD'}).catch(() => ({status: 503}));
    if (status === 400 && token) { // the token is of another watch
      token = '';
      operations.clear();
      tell(operations, {reset: {}});
    } else if (status >= 400 && status < 500) {
      stop();
      tell(operations, {error: {code: status}});
    }
    if (!stopped) alarm = setTimeout(open, pause * (1 + Math.random())); // some earlier, some later
    pause = Math.min(2 * pause, 30_000);
  }

  function stop() {
    stopped = true;
    source.close();
    clearTimeout(alarm);
  }

  open();
  return stop;
}
