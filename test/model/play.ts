/** Plays a story: runs are started, struck, and resumed until they end, while others change the network. */
import { join } from 'node:path';
import {
  applyPlan,
  type Problem,
  planUpdate,
  type RunHandle,
  reconcileUsers,
  resumeRun,
  undoRun,
  updateUsers,
} from '../../src/index.js';
import { Input } from './input.js';
import { keptIn, type Run, RunLives } from './lives.js';
import type { Deed, Story } from './story.js';
import { type Blow, World } from './world.js';

export interface Played {
  readonly story: Story;
  readonly world: World;
  readonly runs: readonly Run[];
}

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
    const { rate, concurrency, maxAgeMs, verify, canary, maxAttempts, reportFormat } = this.#story.options;
    return { ...(rate && { rate }), concurrency, maxAgeMs, verify, canary, maxAttempts, reportFormat };
  }

  #reading(problems: Problem[]) {
    const { allowTemporaryNames, allowDuplicates, skipInvalid } = this.#story.options;
    const { networkId, region } = this.#world;
    const exclude = this.#input.exclusions();
    return {
      ...{ networkId, region, allowTemporaryNames, allowDuplicates, skipInvalid },
      ...(exclude && { exclude }),
      onProblem: (problem: Problem) => {
        problems.push(problem);
      },
    };
  }

  #main(): Promise<Run> {
    const { verb, options } = this.#story;
    const { keepBefore, skipUnchanged } = options;
    const [confirmed, problems]: [number[], Problem[]] = [[], []];
    const start = (folder: string): RunHandle => {
      const given = { ...this.#reading(problems), ...this.#common(confirmed), ...this.#pace(), folder };
      const input = this.#input.open();
      return verb === 'update'
        ? updateUsers({ ...given, input, keepBefore, skipUnchanged })
        : reconcileUsers({ ...given, input });
    };
    return this.#toItsEnd(verb, start, { confirmed, problems }, this.#story.blows.main);
  }

  async #planAndApply(): Promise<Run | undefined> {
    const from = this.#world.clock.now;
    const planFile = this.#path('plan.jsonl');
    const { confirm: _, ...common } = this.#common([]);
    const planned = await this.#world.live(() => {
      const { rate } = this.#story.options;
      const given = { ...this.#reading([]), ...common, ...(rate && { rate }) };
      return planUpdate({ ...given, input: this.#input.open(), planFile }).summary;
    }, undefined);
    if (planned.kind !== 'done') return undefined;
    await this.#meanwhile('main');
    const confirmed: number[] = [];
    const start = (folder: string) =>
      applyPlan(planFile, { ...this.#common(confirmed), ...this.#pace(), folder });
    const run = await this.#toItsEnd('apply', start, { confirmed }, this.#story.blows.main, from);
    run.kept = keptIn(planFile);
    return run;
  }

  #undo(): Promise<Run> {
    const confirmed: number[] = [];
    const main = this.#mainFolder;
    const start = (folder: string) => undoRun(main, { ...this.#common(confirmed), ...this.#pace(), folder });
    return this.#toItsEnd('undo', start, { confirmed }, this.#story.blows.undo);
  }

  #mainFolder = '';

  async #toItsEnd(
    verb: Run['verb'],
    start: (folder: string) => RunHandle,
    { confirmed, problems = [] }: { readonly confirmed: number[]; readonly problems?: readonly Problem[] },
    blows: readonly Blow[],
    from = this.#world.clock.now,
  ): Promise<Run> {
    this.#schedule(verb === 'undo' ? 'undo' : 'main');
    const { timeoutMs: _, ...again } = this.#common(confirmed);
    const starting = { start, resume: (folder: string) => resumeRun(folder, again) };
    const lives = new RunLives(this.#world, this.#story.options.reportFormat, starting);
    const { forges } = this.#story;
    const beginning = { verb, from, confirmed, problems, forges };
    const run = await lives.toTheEnd(beginning, this.#path(verb), this.#blows ? blows : []);
    if (verb !== 'undo') this.#mainFolder = lives.folder;
    if (verb !== 'apply') run.kept = keptIn(join(lives.folder, 'before.jsonl'));
    return run;
  }

  async #meanwhile(run: Deed['run']): Promise<void> {
    await this.#world.pass(this.#world.random.share() * 8000);
    for (const deed of this.#story.deeds)
      if (deed.run === run && deed.when === 'between') this.#world.others(() => this.#do(deed));
    await this.#world.pass(this.#world.random.share() * 8000);
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
    if (kind === 'edit') service.edit(userId, details);
    else service.remove(userId);
    if (kind === 'suspend') service.network.add({ ...user, suspended: true });
    if (kind === 'replace')
      service.network.add({
        ...{ userId, firstName: 'Somebody', lastName: 'Else', username: `else.${userId}@example.com` },
        securityGroupIds: user.securityGroupIds ?? [],
      });
  }
}
