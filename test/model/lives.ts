/** One run of a story: its processes are struck, and it is resumed until it ends. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  InterruptedError,
  type Outcome,
  type Problem,
  type RunHandle,
  readReport,
  type Summary,
  WickrBulkError,
} from '../../src/index.js';
import type { Before, Person } from '../../src/model.js';
import type { UserDetails } from '../../src/wire-types.js';
import type { Verb } from './story.js';
import type { Blow, End, World } from './world.js';

/** A line of a plan, or of what a run has kept of its users. */
export interface Kept {
  readonly row: number;
  readonly userId: string;
  readonly userDetails: UserDetails;
  readonly before: Before;
  readonly person?: Person;
}

/** What is known of a run before it begins. */
interface Beginning {
  readonly verb: Verb | 'undo';
  /** ms at which what the run expects was read at the earliest: the plan's start, for an apply. */
  readonly from: number;
  /** ms at which somebody has said yes to the rows after the canary. */
  readonly confirmed: readonly number[];
  /** What was said of rows that cannot be sent. */
  readonly problems: readonly Problem[];
  /** Whether somebody takes a line out of its report, once it was killed. */
  readonly forges: boolean;
}

/** A run with all of its lives. */
export interface Run extends Beginning {
  /** The processes, by their numbers, with the lines of the report that each has left. */
  readonly lives: { readonly life: number; readonly report: readonly Outcome[] }[];
  /** `complete`: each row has its outcome; `refused`: nothing was started; `left`: resuming leads no further. */
  end: 'complete' | 'refused' | 'left';
  readonly errors: unknown[];
  /** The processes after which there was no run, so that it was begun anew. */
  readonly begunAnew: number[];
  /** Whether somebody has taken a line out of its report. */
  isForged: boolean;
  /** Why it stopped, unless somebody wanted that. */
  readonly stops: string[];
  /** What it expects of its users; undefined if nothing was kept. */
  kept: readonly Kept[] | undefined;
  /** The lines that there are in the end. */
  readonly report: readonly Outcome[];
}

/** Processes that a run may take. */
const MOST_LIVES = 12;
/** A resume is given up after so many stops that nobody has asked for. */
const MOST_STOPS = 2;

export class RunLives {
  folder = '';
  readonly #world: World;
  readonly #format: 'csv' | 'jsonl';
  readonly #starting: Record<'start' | 'resume', (folder: string) => RunHandle>;
  #isStarted = false;

  constructor(
    world: World,
    format: 'csv' | 'jsonl',
    starting: Record<'start' | 'resume', (folder: string) => RunHandle>,
  ) {
    this.#world = world;
    this.#format = format;
    this.#starting = starting;
  }

  /** @param blows for its first processes, one each */
  async toTheEnd(beginning: Beginning, folder: string, blows: readonly Blow[]): Promise<Run> {
    this.folder = folder;
    const run: Run = {
      ...beginning,
      ...{ lives: [], errors: [], begunAnew: [], stops: [], isForged: false, kept: undefined, end: 'left' },
      get report() {
        return this.lives.at(-1)?.report ?? [];
      },
    };
    let isOver = false;
    for (let number = 0; !isOver && number < MOST_LIVES && run.stops.length < MOST_STOPS; number += 1) {
      const end = await this.#live(blows[number]);
      run.lives.push({ life: this.#world.lives.length, report: await this.#report() });
      isOver = this.#isOver(run, end, blows[number]);
      if (end.kind === 'killed' && run.forges && !run.isForged)
        run.isForged = forged(this.folder, this.#format);
      if (!isOver) await this.#world.pass(300 + this.#world.random.share() * 3000);
    }
    return run;
  }

  #live(blow: Blow | undefined): Promise<End<Summary>> {
    const { start, resume } = this.#starting;
    return this.#world.live((onStop) => {
      const handle = (this.#isStarted ? resume : start)(this.folder);
      onStop(() => handle.stop());
      return handle.summary;
    }, blow);
  }

  #isOver(run: Run, end: End<Summary>, blow: Blow | undefined): boolean {
    if (end.kind === 'failed') return this.#isGivenUp(run, end.error);
    this.#isStarted = true;
    if (end.kind === 'killed') return false;
    const { statuses, stopped } = end.result;
    if (statuses.unprocessed === 0) run.end = 'complete';
    else if (stopped && !(blow?.how === 'stop' && stopped.code === 'INTERRUPTED'))
      run.stops.push(stopped.code);
    return statuses.unprocessed === 0;
  }

  /** Whether the error is the end; a run that came to nothing is begun anew. */
  #isGivenUp(run: Run, error: unknown): boolean {
    const isNoRun = this.#isStarted && error instanceof WickrBulkError && error.code === 'NOT_A_RUN';
    if (!isNoRun && !(error instanceof InterruptedError)) {
      run.errors.push(error);
      run.end = this.#isStarted ? 'left' : 'refused';
      return true;
    }
    if (isNoRun || !this.#isStarted) {
      run.begunAnew.push(this.#world.lives.length);
      this.folder = `${this.folder}-again`;
    }
    if (isNoRun) this.#isStarted = false;
    return false;
  }

  async #report(): Promise<Outcome[]> {
    const path = join(this.folder, `report.${this.#format}`);
    const lines: Outcome[] = [];
    if (!existsSync(path)) return lines;
    for await (const outcome of readReport(path, this.#format)) lines.push(outcome);
    return lines;
  }
}

/** What a plan, or what a run keeps, says of its users. */
export function keptIn(path: string): Kept[] | undefined {
  if (!existsSync(path)) return undefined;
  const [, ...lines] = readFileSync(path, 'utf8').split('\n');
  return lines.filter(Boolean).map((line) => JSON.parse(line) as Kept);
}

/** Takes out the last line of which the journal knows; whether there is one. */
function forged(folder: string, format: 'csv' | 'jsonl'): boolean {
  const [journal, report] = [join(folder, 'journal.jsonl'), join(folder, `report.${format}`)];
  if (![journal, report, join(folder, 'run.json')].every((path) => existsSync(path))) return false;
  // Of a run that has ended nothing is read again.
  if (existsSync(join(folder, 'summary.json'))) return false;
  const marks = [...readFileSync(journal, 'utf8').matchAll(/"kind":"report","bytes":([0-9]+),.*}\n/g)];
  const known = readFileSync(report).subarray(0, Number(marks.at(-1)?.[1] ?? 0));
  const lines = known.toString().split(/(?<=\n)/);
  if (lines.length < (format === 'csv' ? 2 : 1) || known.length === 0) return false;
  const rest = readFileSync(report).subarray(known.length);
  writeFileSync(report, Buffer.concat([Buffer.from(lines.slice(0, -1).join('')), rest]));
  return true;
}
