// Says a line to the test, after those before it.
const page = new URLSearchParams(location.search).get('page');
let said = Promise.resolve();
export function say(line) {
  said = said.then(() => fetch(`/said?${page}`, {method: 'POST', body: line}));
}
