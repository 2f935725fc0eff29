/** The live page of a run. */
import { RunFolder } from '../run/state/run-folder.js';
import { plainWording, type Worded, wording } from '../wording.js';
import { pageText } from './html.js';
import { LiveRun } from './live-run.js';
import { type Listener, PageServer } from './page-server.js';

/** ms between two looks at the run; a look that takes long is followed by a longer rest. */
const LOOK = 1000;
const SHARE = 4;

export interface ServeOptions {
  /** Of 127.0.0.1. Default: a free one. */
  readonly servePort?: number;
}

/** A run's page that is being served. */
export interface RunServer {
  /** Where it is; who has the address may look at the run, and no more. */
  readonly url: string;
  /** Has every page that is open keep how the run stands now, and ends the server. */
  close(): Promise<void>;
}

/**
 * Serves the page of a run on 127.0.0.1: as `writeReport` makes it, and growing as long as the run goes on, at most 2 s
 * behind it. It reads the run's files and does nothing else, so it can begin, end and begin again whenever it is wanted,
 * also before a `resumeRun`. While no page is open it does nothing at all.
 *
 * @param path the run's folder
 * @throws RunFolderError if the folder is not a run's, or its report was damaged; UsageError if the port is taken
 */
export async function serveRun(path: string, options: ServeOptions = {}): Promise<RunServer> {
  const { text: word } = (options as Worded)[wording] ?? plainWording;
  const served = new ServedRun(new LiveRun(RunFolder.at(path), word));
  await served.listen(options.servePort ?? 0);
  return { url: served.url, close: () => served.close() };
}

class ServedRun {
  readonly #run: LiveRun;
  readonly #server: PageServer;
  /** Listeners that have everything up to the last look. */
  readonly #upToDate = new WeakSet<Listener>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #isClosed = false;

  constructor(run: LiveRun) {
    this.#run = run;
    this.#server = new PageServer({
      page: async () => {
        await this.#look();
        const { page } = this.#run;
        if (!page) throw new Error('a run that was looked at has a page');
        // The rows come as events: a page that is loaded again asks for all that there are by then.
        return pageText(page, [], true);
      },
      joined: () => {
        if (!this.#isClosed) this.#look().catch(() => {});
      },
    });
  }

  get url(): string {
    return this.#server.url;
  }

  async listen(port: number): Promise<void> {
    await this.#look();
    await this.#server.listen(port);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    // Once more, for the end of the run.
    await this.#looking?.catch(() => {});
    await this.#look().catch(() => {});
    clearTimeout(this.#timer);
    for (const listener of this.#server.listeners) listener.send('end', 'null');
    await this.#server.close();
  }

  /** One look at a time; who comes meanwhile has to wait for the next. */
  async #look(): Promise<void> {
    while (this.#looking) await this.#looking.catch(() => {});
    const from = performance.now();
    clearTimeout(this.#timer);
    this.#looking = this.#tell().finally(() => {
      this.#looking = undefined;
      const rest = Math.max(LOOK, SHARE * (performance.now() - from));
      if (this.#isClosed) return;
      this.#timer = setTimeout(() => {
        if (this.#server.listeners.size > 0) this.#look().catch(() => {});
      }, rest).unref();
    });
    await this.#looking;
  }

  async #tell(): Promise<void> {
    const { page, isAnew, rows } = await this.#run.look();
    for (const listener of this.#server.listeners) {
      const isNew = !this.#upToDate.has(listener);
      this.#upToDate.add(listener);
      if (isNew || isAnew) listener.send('anew', 'null');
      for (const chunk of isNew ? this.#run.rows : rows) listener.send('rows', chunk);
      const shown = isNew ? this.#run.page : page;
      if (shown) listener.send('page', JSON.stringify(shown));
    }
  }
}
