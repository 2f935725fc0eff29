/** A run as its live page shows it, from its files alone: whatever process works on it, and whether one does. */
import { ReportTail } from '../report/tail.js';
import type { RunFolder } from '../run/state/run-folder.js';
import { lookAtRun, type RunLook } from '../verbs/run-look.js';
import { PageRows } from './page-rows.js';
import { RunAccount, type Word } from './run-account.js';
import type { RunPage } from './view/page-data.js';
import { ownSeries } from './write-report.js';

/** What has changed since the look before. */
export interface LiveChange {
  /** Undefined if nothing has. */
  readonly page: RunPage | undefined;
  /** All rows are told again. */
  readonly isAnew: boolean;
  /** Rows, as chunks in JSON. */
  readonly rows: readonly string[];
}

export class LiveRun {
  readonly #folder: RunFolder;
  readonly #word: Word;
  #tail: ReportTail | undefined;
  #account = new RunAccount();
  #rows = new PageRows();
  #kind = this.#rows.kind;
  /** Whether the report has begun anew, as it does when a run is resumed, and nobody was told so yet. */
  #hasBegun = false;
  /** Chunks that were told. */
  #told = 0;
  #page: RunPage | undefined;
  #look: RunLook | undefined;
  #looking: Promise<void> | undefined;

  constructor(folder: RunFolder, word: Word) {
    this.#folder = folder;
    this.#word = word;
  }

  /** As it was at the last look, for who comes later. */
  get page(): RunPage | undefined {
    return this.#page;
  }

  /** All rows up to the last look. */
  get rows(): readonly string[] {
    return this.#rows.texts;
  }

  /** @throws RunFolderError if the folder is not a run's, or its report was damaged: the next look tells what this one has not */
  async look(): Promise<LiveChange> {
    const look = await this.#lookAround();
    await this.#readOn(look);
    const series = await ownSeries(this.#folder);
    const { kind, leftOut, texts } = this.#rows;
    const page = await this.#account.page(look, { kind, leftOut }, this.#word, series);
    // Nothing fails from here on, so that what counts as told is told.
    const isAnew = this.#hasBegun || kind !== this.#kind;
    const rows = isAnew ? texts : texts.slice(this.#told);
    this.#hasBegun = false;
    this.#kind = kind;
    this.#told = texts.length;
    const isChanged = told(page) !== told(this.#page);
    if (isChanged) this.#page = page;
    return { page: isChanged ? page : undefined, isAnew, rows };
  }

  /** Whether a process of another machine is alive can take a while to tell: until then what was seen last counts. */
  async #lookAround(): Promise<RunLook> {
    this.#looking ??= lookAtRun(this.#folder).then(
      (look) => {
        this.#look = look;
        this.#looking = undefined;
      },
      (error: unknown) => {
        this.#looking = undefined;
        throw error;
      },
    );
    if (this.#look === undefined) await this.#looking;
    else await Promise.race([this.#looking, new Promise((resolve) => setTimeout(resolve, PATIENCE).unref())]);
    const look = this.#look as RunLook | undefined;
    if (look === undefined) return this.#lookAround();
    const now = Date.now();
    return { ...look, now, from: Math.max(look.from, now - LATELY) };
  }

  async #readOn({ record, now }: RunLook): Promise<void> {
    const format = record.options.reportFormat ?? 'csv';
    this.#tail ??= new ReportTail(this.#folder.report(format), format);
    for await (const { isAnew, outcomes } of this.#tail.read()) {
      if (isAnew) {
        this.#hasBegun = true;
        this.#account = new RunAccount();
        this.#rows = new PageRows();
      }
      for (const outcome of outcomes) {
        this.#account.add(outcome, now);
        this.#rows.add(outcome);
      }
    }
  }
}

/** ms that a look waits for a sign of life. */
const PATIENCE = 500;
/** ms; what counts as the present rate. */
const LATELY = 10_000;

const told = (page: RunPage | undefined): string => JSON.stringify({ ...page, madeAt: '' });
