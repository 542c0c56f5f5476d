// Says what the table of live.html shows, whenever that changes.
import {say} from './report.js';

let before = '';
const width = (bar) => bar.style.getPropertyValue('--part');
setInterval(() => {
  const rows = [...document.querySelectorAll('tbody tr')];
  const now = JSON.stringify(rows.map((row) =>
    [row.title, row.querySelector('b').textContent, width(row.querySelector('i')), row.querySelector('small').textContent]));
  if (now !== before) say(`shows ${before = now}`);
}, 100);
