/** The answer to what everybody asks first: did everything go through? Pure. */
import { notThrough } from '../../row-status.js';
import { count } from '../../text/count.js';
import type { RunPage } from './page-data.js';

export interface Verdict {
  /** `good`: nothing is left to look at; `busy`: it goes on; `bad`: somebody has to do something. */
  readonly tone: 'good' | 'busy' | 'bad';
  readonly text: string;
}

type Asked = Pick<RunPage, 'state' | 'rows' | 'done' | 'statuses' | 'stopped'>;

/** The page's first line. */
export function verdictOf(run: Asked): Verdict {
  const { state, rows, done, statuses } = run;
  const through = statuses.updated + statuses.unchanged;
  const failed = notThrough(statuses);
  if (state === 'running' || state === 'paused' || state === 'unknown') {
    const sofar = failed > 0 ? `, ${count(failed)} did not go through` : '';
    const how = { running: 'It goes on', paused: 'It is paused', unknown: 'Nobody knows whether it goes on' }[
      state
    ];
    return {
      tone: failed > 0 || state === 'unknown' ? 'bad' : 'busy',
      text: `${how}: ${count(done)} of ${rowsText(rows)} done${sofar}.`,
    };
  }
  if (done < rows) {
    const left = `${count(rows - done)} of ${rowsText(rows)} ${rows - done === 1 ? 'is' : 'are'} still to be done`;
    const other = failed > 0 ? `, and ${count(failed)} did not go through` : '';
    return { tone: 'bad', text: `No: ${left}${other}.` };
  }
  if (failed > 0)
    return { tone: 'bad', text: `No: ${count(failed)} of ${rowsText(rows)} did not go through.` };
  if (statuses.skipped === rows && rows > 0)
    return { tone: 'good', text: `Nothing was to be done: ${all(rows)} left out.` };
  if (statuses.skipped > 0)
    return {
      tone: 'good',
      text: `Yes: ${count(through)} of ${rowsText(rows)} went through, and ${count(statuses.skipped)} ${statuses.skipped === 1 ? 'was' : 'were'} left out.`,
    };
  return {
    tone: 'good',
    text: rows === 1 ? 'Yes: the row went through.' : `Yes: all ${rowsText(rows)} went through.`,
  };
}

const rowsText = (rows: number) => `${count(rows)} ${rows === 1 ? 'row' : 'rows'}`;
const all = (rows: number) => (rows === 1 ? 'the row was' : `all ${rowsText(rows)} were`);
