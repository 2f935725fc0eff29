/** Parts that the pages of runs and of plans have in common. */
import { el, plainEl, type View } from './element.js';
import type { Fact } from './page-data.js';

export interface Section {
  readonly id: string;
  readonly view: View;
  /** Whether the script keeps what is in it when the rest is shown anew. */
  readonly kept?: boolean;
}

/** A part of the page with a heading. */
export const section = (title: string, ...children: readonly View[]): View =>
  el('section', {}, plainEl('h2', title), ...children);

export interface Header {
  /** What it is about, above the answer. */
  readonly kicker: string;
  readonly tone: 'good' | 'busy' | 'bad';
  readonly answer: string;
  readonly line: string;
  readonly notes: readonly string[];
  readonly next: readonly string[];
}

/** The answer, and what to do next. */
export const header = ({ kicker, tone, answer, line, notes, next }: Header): View =>
  el(
    'header',
    {},
    el('p', { class: 'kicker' }, plainEl('bdi', kicker)),
    el('h1', { 'data-tone': tone }, answer),
    el('p', { class: 'quiet' }, line),
    ...notes.map((note) => el('p', { class: 'note' }, note)),
    next.length > 0 && el('div', { class: 'next' }, plainEl('h2', 'Next'), ...next.map(nextLine)),
  );

/** A line of what to do next; the command in it can be copied as it stands. */
function nextLine(line: string): View {
  const [, words = '', command] = /^\s*(.*?)(wickr-bulk .*)?$/s.exec(line) ?? [];
  return plainEl('p', words, command !== undefined && plainEl('code', command));
}

export const factList = (facts: readonly Fact[]): View =>
  el(
    'dl',
    { class: 'facts' },
    ...facts.map(([name, value]) =>
      plainEl('div', plainEl('dt', name), plainEl('dd', plainEl('bdi', value))),
    ),
  );

/** The places of the charts, which only the script can draw, each with its figures. */
export const chartSections = (isTimed: boolean): Section[] => [
  {
    id: 'charts',
    kept: true,
    view: el(
      'section',
      isTimed ? {} : { class: 'empty' },
      plainEl('h2', 'Over time'),
      chart('rate', 'Rows per second, with throttles'),
      chart('latency', 'Time to an answer, ms'),
      el(
        'details',
        { id: 'figures' },
        plainEl('summary', 'The figures as a table'),
        el('div', { class: 'scroll', role: 'region', 'aria-label': 'Figures over time', tabindex: '0' }),
      ),
    ),
  },
];

const chart = (id: string, title: string): View =>
  el(
    'figure',
    { id: `chart-${id}` },
    plainEl('figcaption', title),
    el('div', {
      class: 'plot',
      role: 'img',
      'aria-label': `${title}: a chart; its figures are in the table below`,
    }),
  );

/** The place of the table. Without the script it says where the rows are. */
export const rowsSection = (title: string): Section => ({
  id: 'rows',
  view: el('section', {}, el('h2', { id: 'rows-title' }, title), el('div', { id: 'table' })),
});
