/** `--verbose`: what becomes of each row, and what a run decides, as lines on standard error. */
import type { Logger, RunHandle } from '../index.js';
import { renderOutcome } from '../screen/status.js';
import { printable } from '../text/printable.js';
import { inCommandWords } from './command-wording.js';
import { notice } from './process/notices.js';

/** What the header and the ending screen say anyway. */
const SAID: readonly string[] = ['run started', 'run ended', 'run stopped'];
/** The name of the run's folder: there is no other run. */
const IMPLIED = 'run';

/** A logger that shows what happens, from `info` on, and passes everything on. */
export function shownLogger(log: Logger | undefined): Logger {
  const passed = (level: keyof Logger) => (fields: object, event: string) => log?.[level](fields, event);
  const shown = (level: keyof Logger) => (fields: object, event: string) => {
    log?.[level](fields, event);
    if (!SAID.includes(event)) notice(eventLine(fields, event));
  };
  return {
    trace: passed('trace'),
    debug: passed('debug'),
    info: shown('info'),
    warn: shown('warn'),
    error: shown('error'),
  };
}

/** Such as `service down: probing (errorCode Http503)`. Nothing that is logged holds a value of a row. */
export function eventLine(fields: object, event: string): string {
  const told = Object.entries(fields)
    .filter(([name, value]) => name !== IMPLIED && ['string', 'number', 'boolean'].includes(typeof value))
    .map(([name, value]) => `${name} ${typeof value === 'string' ? inCommandWords(value) : value}`);
  return `${printable(`${event}${told.length > 0 ? ` (${told.join(', ')})` : ''}`)}\n`;
}

/** Shows each row once its line is in the report, until the run has ended. */
export async function showRows(run: RunHandle): Promise<void> {
  try {
    for await (const outcome of run) notice(renderOutcome(outcome));
  } catch {
    // What went wrong is the summary's to say.
  }
}
