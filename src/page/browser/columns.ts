/** What the table shows of a row, and what its card does. */
import { el, plainEl, type View } from '../view/element.js';
import type { PageData } from '../view/page-data.js';
import type { PageRow } from '../view/row-chunk.js';
import type { Column } from './rows-table.js';

const placeOf = ({ line, row }: PageRow) => (line > 0 ? String(line) : `row ${row}`);
const reasonOf = ({ kind: { message, code } }: PageRow) => message || code;
const timeOf = (at: number) => (at === 0 ? '' : new Date(at).toISOString().slice(11, 19));

const runColumns: readonly Column[] = [
  { key: 'line', title: 'Line', text: placeOf },
  { key: 'userId', title: 'User', text: ({ userId }) => userId },
  { key: 'status', title: 'Status', text: ({ kind }) => kind.status },
  { key: 'reason', title: 'Why', text: reasonOf },
  { key: 'attempts', title: 'Requests', text: ({ attempts }) => String(attempts), isWide: true },
  { key: 'time', title: 'Ended, UTC', text: ({ finishedAt }) => timeOf(finishedAt), isWide: true },
];

const planColumns: readonly Column[] = [
  { key: 'line', title: 'Line', text: placeOf },
  { key: 'userId', title: 'User', text: ({ userId }) => userId },
  { key: 'reason', title: 'What would change', text: ({ kind }) => kind.message },
];

export const columnsOf = ({ kind }: PageData): readonly Column[] =>
  kind === 'run' ? runColumns : planColumns;

/** Everything that is known of a row. */
export function cardOf(row: PageRow): View {
  const { kind, attempts, throttled, startedAt, finishedAt, requestId, userId } = row;
  const iso = (at: number) => (at === 0 ? '' : new Date(at).toISOString());
  const facts: (readonly [string, string])[] = [
    ['row', String(row.row)],
    ['line', row.line > 0 ? String(row.line) : ''],
    ['user', userId],
    ['status', kind.status],
    ['why', kind.message],
    ['error code', kind.code],
    ['fields', kind.fields],
    ['HTTP status', kind.httpStatus > 0 ? String(kind.httpStatus) : ''],
    ['requests', attempts > 0 ? String(attempts) : ''],
    ['throttled', throttled > 0 ? String(throttled) : ''],
    ['first sent', iso(startedAt)],
    ['answered', iso(finishedAt)],
    ['request ID', requestId],
  ];
  return el(
    'dl',
    { class: 'facts' },
    ...facts
      .filter(([, value]) => value !== '')
      .map(([name, value]) => plainEl('div', plainEl('dt', name), plainEl('dd', plainEl('bdi', value)))),
  );
}
