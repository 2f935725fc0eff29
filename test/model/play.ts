/** Plays a story: runs are started, struck, and resumed until they end, while others change the network. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  applyPlan,
  InterruptedError,
  type Outcome,
  planUpdate,
  type RunHandle,
  readReport,
  reconcileUsers,
  resumeRun,
  type Summary,
  undoRun,
  updateUsers,
  WickrBulkError,
} from '../../src/index.js';
import type { Before, Person } from '../../src/model.js';
import type { UserDetails } from '../../src/wire-types.js';
import { Input } from './input.js';
import type { Deed, Story } from './story.js';
import { type Blow, World } from './world.js';

/** A line of a plan, or of what a run has kept of its users. */
export interface Kept {
  readonly row: number;
  readonly userId: string;
  readonly userDetails: UserDetails;
  readonly before: Before;
  readonly person?: Person;
}

/** A run with all of its lives. */
export interface Run {
  readonly verb: Story['verb'] | 'undo';
  /** ms at which what the run expects was read at the earliest: the plan's start, for an apply. */
  readonly from: number;
  /** The processes, by their numbers, with the lines of the report that each has left. */
  readonly lives: { readonly life: number; readonly report: readonly Outcome[] }[];
  /** `complete`: each row has its outcome; `refused`: nothing was started; `left`: resuming leads no further. */
  end: 'complete' | 'refused' | 'left';
  readonly errors: unknown[];
  readonly stops: string[];
  /** ms at which somebody has said yes to the rows after the canary. */
  readonly confirmed: number[];
  /** What it expects of its users; undefined if nothing was kept. */
  kept: readonly Kept[] | undefined;
  readonly report: readonly Outcome[];
}

export interface Played {
  readonly story: Story;
  readonly world: World;
  readonly runs: readonly Run[];
}

/** Processes that a run may take. */
const MOST_LIVES = 12;
/** A resume is given up after so many stops in a row that nobody has asked for. */
const MOST_STOPS = 2;

/** @param folder a new one, for the files of the story @param blows whether processes are killed and stopped */
export async function play(story: Story, folder: string, blows = true): Promise<Played> {
  const world = new World(story.world);
  const player = new Player(story, world, folder, blows);
  world.install();
  try {
    return { story, world, runs: await player.play() };
  } finally {
    world.uninstall();
  }
}

class Player {
  readonly #story: Story;
  readonly #world: World;
  readonly #folder: string;
  readonly #blows: boolean;
  readonly #input: Input;

  constructor(story: Story, world: World, folder: string, blows: boolean) {
    this.#story = story;
    this.#world = world;
    this.#folder = folder;
    this.#blows = blows;
    this.#input = new Input(story, folder);
  }

  async play(): Promise<Run[]> {
    const { story } = this;
    const main = story.verb === 'apply' ? await this.#planAndApply() : await this.#main();
    if (!main) return [];
    if (!story.undo || main.end === 'refused' || main.kept === undefined) return [main];
    await this.#meanwhile('undo');
    return [main, await this.#undo()];
  }

  get story(): Story {
    return this.#story;
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }

  #common(confirmed: number[]) {
    const { timeout } = this.#story.world;
    return {
      endpointUrl: 'http://127.0.0.1:9',
      credentials: async () => this.#world.service.signatures.credentials,
      locks: this.#path('locks'),
      timeoutMs: timeout,
      confirm: async () => {
        confirmed.push(this.#world.clock.now);
        return true;
      },
    };
  }

  #pace() {
    const { rate, concurrency, maxAgeMs, verify, canary, reportFormat } = this.#story.options;
    return { ...(rate && { rate }), concurrency, maxAgeMs, verify, canary, reportFormat };
  }

  #reading() {
    const { allowTemporaryNames, allowDuplicates, skipInvalid } = this.#story.options;
    const { networkId, region } = this.#world;
    const exclude = this.#input.exclusions();
    return {
      ...{ networkId, region, allowTemporaryNames, allowDuplicates, skipInvalid },
      ...(exclude && { exclude }),
    };
  }

  #main(): Promise<Run> {
    const { verb, options } = this.#story;
    const { keepBefore, skipUnchanged } = options;
    const confirmed: number[] = [];
    const start = (folder: string): RunHandle => {
      const given = { ...this.#reading(), ...this.#common(confirmed), ...this.#pace(), folder };
      const input = this.#input.open();
      return verb === 'update'
        ? updateUsers({ ...given, input, keepBefore, skipUnchanged })
        : reconcileUsers({ ...given, input });
    };
    return this.#toItsEnd(verb, start, confirmed, this.#story.blows.main);
  }

  async #planAndApply(): Promise<Run | undefined> {
    const from = this.#world.clock.now;
    const planFile = this.#path('plan.jsonl');
    const { confirm: _, ...common } = this.#common([]);
    const planned = await this.#world.live(() => {
      const { rate } = this.#story.options;
      const given = { ...this.#reading(), ...common, ...(rate && { rate }) };
      return planUpdate({ ...given, input: this.#input.open(), planFile }).summary;
    }, undefined);
    if (planned.kind !== 'done') return undefined;
    await this.#meanwhile('main');
    const confirmed: number[] = [];
    const start = (folder: string) =>
      applyPlan(planFile, { ...this.#common(confirmed), ...this.#pace(), folder });
    const run = await this.#toItsEnd('apply', start, confirmed, this.#story.blows.main, from);
    run.kept = keptIn(planFile);
    return run;
  }

  #undo(): Promise<Run> {
    const confirmed: number[] = [];
    const main = this.#mainFolder;
    const start = (folder: string) =>
      undoRun(main, { ...this.#common(confirmed), ...this.#pace(), folder });
    return this.#toItsEnd('undo', start, confirmed, this.#story.blows.undo);
  }

  #mainFolder = '';

  async #toItsEnd(
    verb: Run['verb'],
    start: (folder: string) => RunHandle,
    confirmed: number[],
    blows: readonly Blow[],
    from = this.#world.clock.now,
  ): Promise<Run> {
    const run: Run = {
      ...{ verb, from, confirmed, lives: [], errors: [], stops: [], kept: undefined },
      end: 'left',
      get report() {
        return this.lives.at(-1)?.report ?? [];
      },
    };
    let folder = this.#path(verb);
    let isResumed = false;
    this.#schedule(verb === 'undo' ? 'undo' : 'main');
    for (let number = 0; number < MOST_LIVES && run.stops.length < MOST_STOPS; number += 1) {
      const blow = this.#blows ? blows[number] : undefined;
      const end = await this.#world.live((onStop) => {
        const { timeoutMs: _, ...common } = this.#common(confirmed);
        const handle = isResumed ? resumeRun(folder, common) : start(folder);
        onStop(() => handle.stop());
        return handle.summary;
      }, blow);
      run.lives.push({ life: this.#world.lives.length, report: await this.#reportIn(folder) });
      if (verb !== 'undo') this.#mainFolder = folder;
      if (end.kind === 'failed') {
        const isNone = end.error instanceof WickrBulkError && end.error.code === 'NOT_A_RUN';
        if (isResumed && isNone) {
          run.errors.push(end.error);
          folder = `${folder}-again`;
          isResumed = false;
        } else if (!(end.error instanceof InterruptedError)) {
          run.errors.push(end.error);
          run.end = isResumed ? 'left' : 'refused';
          break;
        } else if (!isResumed) folder = `${folder}-again`;
      } else {
        isResumed = true;
        if (end.kind === 'done' && this.#isOver(run, end.result, blow)) break;
      }
      await this.#pass(300 + this.#world.random.share() * 3000);
    }
    if (verb !== 'apply') run.kept = keptIn(join(folder, 'before.jsonl'));
    return run;
  }

  #isOver(run: Run, { statuses, stopped }: Summary, blow: Blow | undefined): boolean {
    if (statuses.unprocessed === 0) run.end = 'complete';
    else if (stopped && (blow?.how !== 'stop' || stopped.code !== 'INTERRUPTED')) run.stops.push(stopped.code);
    return statuses.unprocessed === 0;
  }

  async #reportIn(folder: string): Promise<Outcome[]> {
    const { reportFormat } = this.#story.options;
    const path = join(folder, `report.${reportFormat}`);
    if (!existsSync(path)) return [];
    const lines: Outcome[] = [];
    for await (const outcome of readReport(path, reportFormat)) lines.push(outcome);
    return lines;
  }

  /** Time goes by without a process of the program. */
  async #pass(ms: number): Promise<void> {
    let isOver = false;
    this.#world.clock.after(ms, () => {
      isOver = true;
    });
    await this.#world.clock.until(() => isOver, ms + 1);
  }

  async #meanwhile(run: Deed['run']): Promise<void> {
    await this.#pass(this.#world.random.share() * 8000);
    for (const deed of this.#story.deeds)
      if (deed.run === run && deed.when === 'between') this.#world.others(() => this.#do(deed));
    await this.#pass(this.#world.random.share() * 8000);
  }

  #schedule(run: Deed['run']): void {
    const { deeds, skews, tampering } = this.#story;
    for (const deed of deeds)
      if (deed.run === run && deed.when !== 'between')
        this.#world.afterRequests(deed.when, () => this.#do(deed));
    if (run !== 'main') return;
    for (const { when, ms } of skews)
      this.#world.afterRequests(when, () => {
        this.#world.clock.skew += ms;
      });
    if (tampering) this.#world.afterRequests(tampering.when, () => this.#input.tamper(tampering.wish));
  }

  #do({ userId, kind, details }: Deed): void {
    const { service } = this.#world;
    const user = service.network.users.get(userId);
    if (!user) return;
    if (kind === 'edit') return service.edit(userId, details);
    service.remove(userId);
    if (kind === 'suspend') service.network.add({ ...user, suspended: true });
    if (kind === 'replace')
      service.network.add({
        ...{ userId, firstName: 'Somebody', lastName: 'Else', username: `else.${userId}@example.com` },
        securityGroupIds: user.securityGroupIds ?? [],
      });
  }
}

function keptIn(path: string): Kept[] | undefined {
  if (!existsSync(path)) return undefined;
  const [, ...lines] = readFileSync(path, 'utf8').split('\n');
  return lines.filter(Boolean).map((line) => JSON.parse(line) as Kept);
}
