/** What a run is about to do, where and as whom: said once, before anything is sent. */
import type { RunStart } from '../run/options/table/run-events.js';
import { count } from '../text/count.js';
import { type Paint, uncoloured } from '../text/paint.js';
import { printable } from '../text/printable.js';
import { changeKinds, listed, otherRows, timeText } from './change-counts.js';

/** What is known so far. */
export interface Header {
  /** The command, and what it works on: `users.csv`, or the folder of a run. */
  readonly job?: { readonly verb: string; readonly subject: string };
  readonly reach?: {
    readonly networkId: string;
    readonly host: string;
    /** What chose region, endpoint, profile and proxy. */
    readonly notes: readonly string[];
  };
  /** Whose credentials they are. */
  readonly identity?: string;
  /** Of a new run. */
  readonly start?: RunStart;
  /** Of a run that goes on. */
  readonly rest?: { readonly rows: number; readonly done: number };
}

export interface HeaderLook {
  readonly paint?: Paint;
  /** Of the terminal. Default, and most: 80. */
  readonly columns?: number | undefined;
}

/** Columns of a label and the blank behind it: those of `reconcile`. */
const LABEL = 10;
const COLUMNS = 80;

/** A line for each thing that is known, and more if it does not fit. */
export function renderHeader(header: Header, { paint = uncoloured, columns }: HeaderLook = {}): string {
  const width = Math.max(LABEL + 20, Math.min(columns || COLUMNS, COLUMNS)) - LABEL;
  return entriesOf(header)
    .flatMap(([label, ...texts]) =>
      texts
        .flatMap((text) => wrapped(printable(text), width))
        .map((line, i) => `${paint('dim', (i === 0 ? label : '').padEnd(LABEL))}${line}\n`),
    )
    .join('');
}

/** A network as people know it. @param name of its own choice, so no more of it than fits, and no quotes within the quotes */
export function networkText(networkId: string, name: string | undefined): string {
  const shown = printable(name ?? '')
    .replaceAll('"', "'")
    .trim();
  if (shown === '') return networkId;
  const characters = [...shown];
  return `${networkId} "${characters.length > LONGEST ? `${characters.slice(0, LONGEST).join('')}…` : shown}"`;
}
const LONGEST = 60;

type Entry = readonly [label: string, ...texts: string[]];

function entriesOf({ job, reach, identity, start, rest }: Header): Entry[] {
  const rows = start ? rowsText(start.rows) : rest ? restText(rest) : undefined;
  return [
    ...(job ? [[job.verb, [job.subject, rows].filter(Boolean).join(': ')] as const] : []),
    ...networkEntry(reach, start),
    ...(identity === undefined ? [] : [['account', identity.replace(/^account /, '')] as const]),
    ...(start ? startEntries(start) : []),
  ];
}

function networkEntry(reach: Header['reach'], start: RunStart | undefined): Entry[] {
  const networkId = reach?.networkId ?? start?.networkId;
  if (networkId === undefined) return [];
  const at = reach ? ` at ${reach.host}` : '';
  const notes = reach && reach.notes.length > 0 ? [reach.notes.join(', ')] : [];
  return [['network', `${networkText(networkId, start?.networkName)}${at}`, ...notes]];
}

const rowsText = (rows: number): string => `${count(rows)} ${rows === 1 ? 'row' : 'rows'}`;

const restText = ({ rows, done }: NonNullable<Header['rest']>): string =>
  `${count(rows - done)} of ${rowsText(rows)} ${rows - done === 1 ? 'is' : 'are'} left`;

function startEntries(start: RunStart): Entry[] {
  const { changes, rows, canBeUndone } = start;
  if (changes?.changed === 0)
    return [
      ['changes', [`0 of ${count(rows)} users`, listed(otherRows(changes))].filter(Boolean).join('; ')],
    ];
  const what: Entry = changes
    ? [
        'changes',
        [`${count(changes.changed)} of ${count(rows)} users`, listed(otherRows(changes))]
          .filter(Boolean)
          .join('; '),
        changeKinds(changes),
      ]
    : ['changes', 'all rows are sent without a look at the users'];
  return [what, ['time', timeText(start)], ['undo', undoText(changes?.invites ?? 0, canBeUndone)]];
}

const undoText = (invites: number, canBeUndone: boolean): string =>
  !canBeUndone
    ? 'cannot put it back: what the users were is not kept'
    : invites > 0
      ? 'can put it back, but no invites: the service does not tell what they were'
      : 'can put it back';

/** A text in lines of so many characters, broken between words. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
