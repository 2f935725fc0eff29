/** The page of a run: its sections, from top to bottom. */

import { notThrough } from '../../row-status.js';
import { duration } from '../../screen/plain.js';
import { count } from '../../text/count.js';
import { el, plainEl, type View } from './element.js';
import type { PageFailure, RunPage } from './page-data.js';
import { chartSections, factList, header, rowsSection, type Section, section } from './sections.js';
import { isTimed } from './timeline.js';
import { verdictOf } from './verdict.js';

/** All sections. Those that are `kept` hold what the script draws, and stay as they are while a run goes on. */
export function runSections(page: RunPage): Section[] {
  const { tone, text } = verdictOf(page);
  return [
    {
      id: 'top',
      view: header({
        kicker: `${page.title} · network ${page.networkId}`,
        tone,
        answer: text,
        line: timeLine(page),
        notes: notesOf(page),
        next: page.next,
      }),
    },
    { id: 'counts', view: counts(page) },
    { id: 'failures', view: failures(page) },
    ...chartSections(isTimed(page.series)),
    { id: 'attempts', view: attempts(page) },
    { ...rowsSection(tableTitle(page)), kept: true },
    { id: 'table-note', view: plainEl('div', plainEl('p', tableNote(page))) },
    {
      id: 'asked',
      view: section('What was asked, and by whom', factList(page.asked), ...commandView(page)),
    },
    { id: 'files', view: section('The files of the run', factList(page.files)) },
    {
      id: 'foot',
      view: el(
        'footer',
        {},
        `wickr-bulk ${page.version}. As of ${timeText(page.madeAt)}. This page holds user IDs, and no names, usernames or invite codes.`,
      ),
    },
  ];
}

/** A time as people read it, to the second. */
export const timeText = (iso: string): string => `${iso.slice(0, 19).replace('T', ' ')} UTC`;

function timeLine({ startedAt, finishedAt, secondsLeft, workedSeconds, rowsPerSecond }: RunPage): string {
  const parts = [
    `Started ${timeText(startedAt)}`,
    finishedAt === undefined ? '' : `ended ${timeText(finishedAt)}`,
    workedSeconds === undefined ? '' : `${duration(workedSeconds)} of work`,
    rowsPerSecond > 0 ? `${rowsPerSecond} rows/s` : '',
    secondsLeft === undefined ? '' : `about ${duration(secondsLeft)} left`,
  ];
  return parts.filter(Boolean).join(' · ');
}

const notesOf = ({ notes, stopped }: RunPage): readonly string[] => [
  ...notes,
  ...(stopped ? [`Stopped: ${stopped.message}`, stopped.hint] : []),
];

/** What each number means to who reads it. */
type Tone = 'good' | 'bad' | 'warn' | '';

function counts(page: RunPage): View {
  const { statuses, rows, done, attempts: sent, throttled } = page;
  const share = throttled === 0 ? '' : `, ${((100 * throttled) / sent).toFixed(1)} %`;
  const tiles: (readonly [name: string, value: string, tone: Tone])[] = [
    ['rows', count(rows), ''],
    ...(done < rows ? [['done', count(done), ''] as const] : []),
    ['updated', count(statuses.updated), statuses.updated > 0 ? 'good' : ''],
    ...(['unchanged', 'skipped'] as const).flatMap((status) => tile(statuses[status], status, '')),
    ['failed', count(statuses.failed), statuses.failed > 0 ? 'bad' : ''],
    ...(['invalid', 'mismatch'] as const).flatMap((status) => tile(statuses[status], status, 'bad')),
    ...tile(statuses.conflict, 'conflict', 'warn'),
    ...tile(statuses.unprocessed, 'unprocessed', 'warn'),
    ['requests', count(sent), ''],
    [`throttled${share}`, count(throttled), throttled > 0 ? 'warn' : ''],
  ];
  return el(
    'section',
    { 'aria-label': 'In numbers' },
    el(
      'dl',
      { class: 'tiles' },
      ...tiles.map(([name, value, tone]) =>
        el('div', tone === '' ? {} : { 'data-tone': tone }, plainEl('dt', name), plainEl('dd', value)),
      ),
    ),
  );
}

const tile = (rows: number, name: string, tone: Tone) =>
  rows > 0 ? [[name, count(rows), tone] as const] : [];

function failures({ failures: groups, otherFailures }: RunPage): View {
  if (groups.length === 0 && otherFailures === 0) return plainEl('div');
  const rest = count(otherFailures);
  return section(
    'Why rows did not go through',
    el(
      'ul',
      { class: 'failures' },
      ...groups.map(failure),
      otherFailures > 0 && plainEl('li', plainEl('p', `${rest} for other reasons, which the report has.`)),
    ),
  );
}

function failure({ status, rows, errorCode, message, lines, hint }: PageFailure): View {
  const said = message || errorCode || 'for reasons that the report has';
  const more = rows > lines.length ? ` and ${count(rows - lines.length)} more` : '';
  const where = `${lines.length === 1 ? 'line' : 'lines'} ${lines.join(', ')}${more}`;
  return plainEl(
    'li',
    plainEl(
      'p',
      el('strong', { class: 'number' }, count(rows)),
      ` ${status}: `,
      plainEl('bdi', said),
      errorCode !== '' && message !== '' && el('code', {}, errorCode),
    ),
    lines.length > 0 && el('p', { class: 'quiet' }, where),
    hint !== undefined && el('p', { class: 'hint' }, hint),
  );
}

function attempts({ attemptsPerRow }: RunPage): View {
  if (attemptsPerRow.length === 0) return plainEl('div');
  return section(
    'Requests per row',
    el(
      'table',
      { class: 'small' },
      plainEl(
        'thead',
        plainEl('tr', el('th', { scope: 'col' }, 'requests'), el('th', { scope: 'col' }, 'rows')),
      ),
      plainEl(
        'tbody',
        ...attemptsPerRow.map(([number, rows]) =>
          plainEl('tr', el('th', { scope: 'row' }, count(number)), plainEl('td', count(rows))),
        ),
      ),
    ),
  );
}

const tableTitle = ({ table }: RunPage): string =>
  table.kind === 'all' ? 'Row by row' : 'Rows that did not go through';

/** What the table has and has not. */
function tableNote(page: RunPage): string {
  const { table } = page;
  if (table.leftOut > 0)
    return `${count(table.leftOut)} more rows that did not go through have no room here: ${table.file} has them.`;
  if (table.kind === 'all') return `${table.file} says the same.`;
  return notThrough(page.statuses) + page.statuses.unprocessed === 0
    ? `There is none. ${table.file} has every row.`
    : `${table.file} has every row.`;
}

const commandView = ({ command }: RunPage): View[] =>
  command === ''
    ? []
    : [plainEl('h3', 'How it was started'), el('pre', { tabindex: '0' }, plainEl('code', command))];
