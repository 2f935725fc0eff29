/** The file of a run's time series. Whatever happens to it, the run goes on. */
import { replaceFile, unwritable } from '../disk.js';
import { LockedError, RunFolderError } from '../errors.js';
import { type AppendFile, openAppendFile } from './append-file.js';
import { formatSample, readSeries, type Sample } from './series.js';
import { MOST_SAMPLES, thinned } from './thinned-series.js';

/** What a time series needs to know of its run. */
export interface SeriesEvents {
  /** Called before the file is written: if it throws, nothing is. */
  readonly guard: () => void;
  /** Asked before a file is made or replaced: if it rejects, none is. */
  readonly confirm: () => Promise<void>;
  /** Told in a sentence what is wrong with the file, once for each trouble. */
  readonly onTrouble: (what: string) => void;
}

/** Takes one line after the other. Lines of one process follow each other; those of the process before it stay. */
export class SeriesFile {
  readonly #path: string;
  readonly #events: SeriesEvents;
  readonly #most: number;
  #samples: Sample[] = [];
  #file: AppendFile | undefined;
  /** Set once nothing more can be written. */
  #isLost = false;
  #working: Promise<void>;

  /** @param most lines, at which old ones are merged */
  constructor(path: string, events: SeriesEvents, most = MOST_SAMPLES) {
    this.#path = path;
    this.#events = events;
    this.#most = most;
    this.#working = this.#tried(() => this.#open());
  }

  /** Adds a line, soon. */
  add(sample: Sample): void {
    this.#working = this.#working.then(() => this.#tried(() => this.#append(sample)));
  }

  /** Resolves when all that was added is in the file, or cannot be. */
  async close(): Promise<void> {
    await this.#working;
    this.#leave();
  }

  async #tried(task: () => Promise<void>): Promise<void> {
    if (this.#isLost) return;
    try {
      await task();
    } catch (error) {
      this.#leave();
      // Whoever has taken the run over keeps its time series as well.
      if (error instanceof LockedError) return;
      const { message } = error instanceof RunFolderError ? error : unwritable(this.#path, error);
      this.#events.onTrouble(`the time series is not kept any more: ${message}`);
    }
  }

  #leave(): void {
    const file = this.#file;
    this.#isLost = true;
    this.#file = undefined;
    try {
      file?.close();
    } catch {
      // Nothing that was written depends on it.
    }
  }

  async #open(): Promise<void> {
    await this.#events.confirm();
    const before = await readSeries(this.#path);
    if (before?.isDamaged) {
      this.#events.onTrouble(
        'metrics.jsonl is not as a run wrote it, so the time series begins anew; the report is not affected',
      );
      await replaceFile(this.#path, async () => {});
    }
    this.#samples = before && !before.isDamaged ? [...before.samples] : [];
    this.#file = await openAppendFile(this.#path, before && (before.isDamaged ? 0 : before.bytes));
  }

  async #append(sample: Sample): Promise<void> {
    this.#events.guard();
    this.#file?.append(formatSample(sample));
    this.#samples.push(sample);
    if (this.#samples.length >= this.#most) await this.#thin();
  }

  async #thin(): Promise<void> {
    this.#samples = [...thinned(this.#samples, this.#most)];
    const text = this.#samples.map(formatSample).join('');
    await this.#events.confirm();
    this.#file?.close();
    this.#file = undefined;
    await replaceFile(this.#path, (file) => file.appendFile(text));
    this.#file = await openAppendFile(this.#path, Buffer.byteLength(text));
  }
}
