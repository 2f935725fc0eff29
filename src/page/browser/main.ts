/** The page's own script: it draws the charts and the table, and follows a run that goes on. */
import type { PageData } from '../view/page-data.js';
import { planSections } from '../view/plan-view.js';
import { type RowChunk, RowUnpacker } from '../view/row-chunk.js';
import { runSections } from '../view/run-view.js';
import { Charts } from './charts.js';
import { cardOf, columnsOf } from './columns.js';
import { find, jsonIn, toNode } from './dom.js';
import { follow } from './live.js';
import { RowsTable } from './rows-table.js';

const data = jsonIn(find('#data')) as PageData;
const table = new RowsTable(find('#table'), columnsOf(data), cardOf);
const charts = data.kind === 'run' ? new Charts() : undefined;
let unpacker = new RowUnpacker();
const shown = new Map<string, string>();

/** Shows what has changed. */
function show(page: PageData): void {
  document.title = find('h1').textContent ?? '';
  if (page.kind === 'run') charts?.show(page.series);
}

function showAnew(page: PageData): void {
  for (const { id, view, kept } of page.kind === 'run' ? runSections(page) : planSections(page)) {
    const text = JSON.stringify(view);
    if (!kept && shown.get(id) !== text) find(`#${id}`).replaceChildren(toNode(view));
    shown.set(id, text);
  }
  show(page);
}

show(data);
for (const element of document.querySelectorAll('script.rows'))
  table.add(unpacker.rowsOf(jsonIn(element) as RowChunk));
table.add([]);

if (document.documentElement.dataset.live !== undefined)
  follow({
    onPage: showAnew,
    onRows: (chunk) => table.add(unpacker.rowsOf(chunk)),
    onAnew: () => {
      unpacker = new RowUnpacker();
      table.clear();
    },
  });
