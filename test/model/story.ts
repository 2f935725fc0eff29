/** Made-up stories: a network, an input, options, what others do, faults, and moments at which processes are killed. */
import type { FaultRule } from '../../src/emulator/faults/fault-rule.js';
import { defaultGroups, type EmulatedUser } from '../../src/emulator/network/network.js';
import { Random } from '../../src/emulator/network/seeded-random.js';
import type { UserDetails } from '../../src/wire-types.js';
import type { Blow, Happening, Moment, WorldOptions } from './world.js';

/** A row of the input: whom it means, and what it wants of them. */
export interface Wish {
  readonly userId: string;
  /** The username by which the row names its user; undefined if it gives the ID. */
  readonly lookupUsername?: string | undefined;
  readonly details: UserDetails;
}

/** What somebody else does to a user. */
export interface Deed {
  /** So many requests after the run's start; `between`: after the plan was made, or after a run that is undone. */
  readonly when: number | 'between';
  readonly run: 'main' | 'undo';
  readonly userId: string;
  /** `replace`: somebody else gets the ID. */
  readonly kind: 'edit' | 'remove' | 'replace' | 'suspend';
  readonly details: UserDetails;
}

export type Verb = 'update' | 'reconcile' | 'apply';

export interface Story {
  readonly seed: number;
  readonly verb: Verb;
  /** Nobody else changes anything, and no fault is final: killed or not, it comes to the same. */
  readonly isCalm: boolean;
  readonly undo: boolean;
  readonly users: readonly EmulatedUser[];
  readonly wishes: readonly Wish[];
  readonly input: 'csv' | 'jsonl' | 'objects';
  readonly options: Options;
  readonly world: WorldOptions;
  readonly deeds: readonly Deed[];
  /** Usernames of users who are never to be changed. */
  readonly excluded: readonly string[];
  readonly blows: { readonly main: readonly Blow[]; readonly undo: readonly Blow[] };
  /** ms by which the machine's clock is set, at so many requests after the start. */
  readonly skews: readonly { readonly when: number; readonly ms: number }[];
  /** Somebody takes a line out of the report of a run that was killed. */
  readonly forges: boolean;
  /** Row in whose place somebody puts another one into the input while it is read, and at how many requests. */
  readonly tampering: { readonly when: number; readonly wish: number } | undefined;
}

export interface Options {
  readonly keepBefore: boolean;
  readonly skipUnchanged: boolean;
  readonly allowTemporaryNames: boolean;
  readonly allowDuplicates: boolean;
  readonly skipInvalid: boolean;
  readonly rate: number | undefined;
  readonly maxAgeMs: number;
  readonly concurrency: number;
  readonly canary: number;
  readonly verify: string;
  readonly maxAttempts: number;
  readonly reportFormat: 'csv' | 'jsonl';
}

const groupIds = defaultGroups.map(({ id }) => id);

/** A story is what its seed makes it. */
export function makeStory(seed: number): Story {
  return new StoryMaker(seed).make();
}

class StoryMaker {
  readonly #seed: number;
  readonly #random: Random;
  #users: EmulatedUser[] = [];
  #names = 0;

  constructor(seed: number) {
    this.#seed = seed;
    this.#random = new Random(seed, 'story');
  }

  make(): Story {
    const verb = this.#pick(['update', 'update', 'reconcile', 'apply', 'apply'] as const);
    const comparing = this.#chance(0.65);
    const keepBefore = verb === 'update' && comparing && this.#chance(0.75);
    const isWide = this.#chance(0.03);
    this.#users = Array.from({ length: isWide ? this.#whole(101, 130) : this.#whole(3, 9) }, (_, i) =>
      this.#user(i),
    );
    const isCalm = this.#chance(0.3);
    const allowTemporaryNames = this.#chance(0.6);
    const allowDuplicates = verb === 'update' && !comparing && this.#chance(0.25);
    const wishes = this.#wishes(allowTemporaryNames, allowDuplicates);
    const excluded = isCalm || !this.#chance(0.2) ? [] : [this.#excluded(wishes)];
    const undo = (verb !== 'update' || keepBefore) && this.#chance(0.5);
    const lag = this.#pick([0, 0, 400, 1500, 5000]);
    const options = {
      keepBefore,
      skipUnchanged: verb === 'update' && comparing && !keepBefore,
      ...{ allowTemporaryNames, allowDuplicates },
      skipInvalid: this.#chance(0.6),
    };
    return {
      seed: this.#seed,
      ...{ verb, isCalm, undo, wishes, excluded },
      users: this.#users,
      input: this.#pick(['csv', 'csv', 'jsonl', 'objects'] as const),
      options: { ...options, ...this.#pace(isCalm) },
      world: {
        seed: this.#seed,
        users: this.#users,
        groups: defaultGroups,
        travel: this.#pick([5, 40, 40, 200]),
        timeout: 3000,
        latency: this.#pick([0, 10, 100]),
        readLag: isCalm && this.#chance(0.7) ? 0 : lag,
        ...(this.#chance(0.3) && { rate: this.#pick([5, 20]), burst: this.#pick([5, 20]) }),
        faults: this.#faults(isCalm),
        unlisted: isCalm ? [] : this.#unlisted(excluded),
        shifts: isWide && !isCalm ? [{ kind: this.#pick(['remove', 'rename'] as const), share: 0.5 }] : [],
      },
      deeds: isCalm ? [] : Array.from({ length: this.#whole(0, 5) }, () => this.#deed(wishes, undo)),
      blows: { main: this.#blows(), undo: this.#blows() },
      skews: this.#chance(0.15)
        ? [{ when: this.#whole(1, 10), ms: this.#pick([-600_000, 600_000, -30_000]) }]
        : [],
      forges: !isCalm && this.#chance(0.15),
      tampering:
        !isCalm && this.#chance(0.06)
          ? { when: this.#whole(1, 6), wish: this.#whole(0, wishes.length - 1) }
          : undefined,
    };
  }

  /** The username of a user who is never to be changed, though a row may want that. */
  #excluded(wishes: readonly Wish[]): string {
    const { userId } = this.#pick(wishes);
    const user = this.#users.find((each) => each.userId === userId) ?? this.#pick(this.#users);
    return user.username as string;
  }

  /** Users whom a list leaves out, most often one of those who are never to be changed. */
  #unlisted(excluded: readonly string[]): string[] {
    const safe = this.#users.filter(({ username = '' }) => excluded.includes(username));
    if (safe.length > 0 && this.#chance(0.6)) return safe.map(({ userId }) => userId);
    return this.#chance(0.15) ? [this.#pick(this.#users).userId] : [];
  }

  #pace(isCalm: boolean) {
    return {
      rate: this.#pick([undefined, 3, 10, 10, 100]),
      maxAgeMs: this.#pick([1, 300, 1500, 60_000]),
      concurrency: this.#pick([1, 2, 4, 64]),
      canary: this.#pick([0, 0, 0, 1, 2]),
      verify: this.#pick(['0%', '0%', '60%']),
      // In a calm story nobody gives up.
      maxAttempts: isCalm ? 100 : 6,
      reportFormat: this.#pick(['csv', 'csv', 'jsonl'] as const),
    };
  }

  #user(index: number): EmulatedUser {
    return {
      userId: String(10_000_001 + index),
      firstName: `First${index}`,
      lastName: `Last${index}`,
      username: `user${String(index).padStart(3, '0')}@example.com`,
      securityGroupIds: [this.#pick(groupIds)],
    };
  }

  #wishes(temporary: boolean, duplicates: boolean): Wish[] {
    const byName = this.#chance(0.25);
    const most = Math.min(this.#users.length, 8);
    const chosen = this.#shuffled(this.#users).slice(0, this.#whole(1, most));
    const usernames = this.#renames(chosen, temporary);
    const wishes: Wish[] = chosen.map((user, index) => {
      const details = this.#details(user);
      const username = usernames.get(index);
      if (username !== undefined && this.#chance(0.5))
        for (const key of Object.keys(details)) delete details[key as keyof UserDetails];
      if (username !== undefined) details.username = username;
      const lookupUsername = byName && this.#chance(0.6) ? user.username : undefined;
      return { userId: user.userId, ...(lookupUsername && { lookupUsername }), details };
    });
    if (this.#chance(0.15)) wishes.splice(this.#whole(0, wishes.length), 0, this.#stranger());
    const again = duplicates ? this.#shuffled(chosen).slice(0, 2) : [];
    for (const user of again)
      wishes.splice(this.#whole(0, wishes.length), 0, {
        userId: user.userId,
        details: { lastName: this.#fresh('Again') },
      });
    return wishes;
  }

  /** A row whose user is not in the network. */
  #stranger(): Wish {
    return { userId: '99999999', details: { firstName: this.#fresh('Nobody') } };
  }

  /** Usernames that some of the rows want: new ones, each other's in chains and circles, and some that are taken. */
  #renames(chosen: readonly EmulatedUser[], temporary: boolean): Map<number, string> {
    const wanted = new Map<number, string>();
    let at = 0;
    while (at < chosen.length) {
      const length = this.#chance(0.45) ? this.#whole(1, Math.min(4, chosen.length - at)) : 0;
      if (length === 0) {
        at += 1;
        continue;
      }
      const isCircle = temporary && length > 1 && this.#chance(0.6);
      for (let i = 0; i < length; i += 1) {
        const next = chosen[at + i + 1];
        if (i < length - 1 && next?.username) wanted.set(at + i, next.username);
        else wanted.set(at + i, isCircle ? (chosen[at]?.username as string) : this.#lastName());
      }
      at += length;
    }
    return wanted;
  }

  #lastName(): string {
    if (this.#chance(0.06)) return this.#pick(this.#users).username as string;
    return `${this.#fresh('new')}@example.com`;
  }

  #details(user: EmulatedUser): UserDetails {
    const details: UserDetails = {};
    if (this.#chance(0.6))
      details.firstName = this.#chance(0.2) ? (user.firstName as string) : this.#fresh('F');
    if (this.#chance(0.4)) details.lastName = this.#fresh('L');
    if (this.#chance(0.3) || Object.keys(details).length === 0)
      details.securityGroupIds = [this.#pick(groupIds)];
    return details;
  }

  #deed(wishes: readonly Wish[], undo: boolean): Deed {
    const wish = this.#pick(wishes);
    const userId =
      this.#chance(0.85) && wish.userId !== '99999999' ? wish.userId : this.#pick(this.#users).userId;
    const user = this.#users.find((each) => each.userId === userId) as EmulatedUser;
    const kind = this.#pick([
      'edit',
      'edit',
      'edit',
      'edit',
      'edit',
      'remove',
      'replace',
      'suspend',
    ] as const);
    return {
      when: this.#chance(0.25) ? 'between' : this.#whole(1, 2 * wishes.length + 6),
      run: undo && this.#chance(0.4) ? 'undo' : 'main',
      ...{ userId, kind },
      details: this.#othersDetails(user, wish),
    };
  }

  #othersDetails(user: EmulatedUser, { details }: Wish): UserDetails {
    const field = this.#pick(Object.keys(details)) as keyof UserDetails;
    const back = { firstName: user.firstName, securityGroupIds: user.securityGroupIds } as UserDetails;
    const { username: _, ...wanted } = details;
    const fresh: UserDetails = {
      firstName: { firstName: this.#fresh('Other') },
      lastName: { lastName: this.#fresh('Other') },
      username: { username: `${this.#fresh('other')}@example.com` },
      securityGroupIds: { securityGroupIds: [this.#pick(groupIds)] },
    }[field as 'firstName'];
    return this.#pick([
      fresh,
      fresh,
      fresh,
      fresh,
      { ...fresh, lastName: this.#fresh('Other') },
      back,
      { ...wanted, lastName: this.#fresh('Other') },
    ]);
  }

  #faults(isCalm: boolean): FaultRule[] {
    const some = (kind: FaultRule['kind'], share: number, more: Partial<FaultRule> = {}): FaultRule[] =>
      this.#chance(0.3) ? [{ kind: kind as 'half', share, ...more }] : [];
    return [
      ...some('reset-after', 0.15),
      ...some('reset-before', 0.15),
      ...some('500', 0.1, { applied: true }),
      ...some('hang', 0.06, { applied: true }),
      ...some('slow', 0.06, { ms: 5000 }),
      ...some('throttle', 0.15, { operation: 'any' }),
      ...some('500', 0.1, { operation: 'GetUser' }),
      ...some('reset-before', 0.1, { operation: 'ListUsers' }),
      ...(isCalm ? [] : some('reset-then-refused', 0.1, { status: this.#pick([409, 422]) })),
      ...(isCalm ? [] : some('refused', 0.08)),
    ];
  }

  #blows(): Blow[] {
    return Array.from({ length: this.#pick([0, 1, 1, 2]) }, () => {
      const moment = this.#moment();
      const how = this.#pick(['killed before', 'killed after', 'torn', 'stop'] as const);
      return { moment, how };
    });
  }

  #moment(): Moment {
    const kind = this.#pick(['file', 'file', 'sending', 'sent', 'handled', 'answered', 'time'] as const);
    if (kind === 'time') return { kind, ms: this.#random.share() * 4000 };
    const most = { file: 140, sending: 30, sent: 30, handled: 30, answered: 30 } satisfies Record<
      Happening,
      number
    >;
    // Early moments are more often, since many lives are short.
    return { kind, nth: 1 + Math.floor(most[kind] * this.#random.share() ** 2) };
  }

  #fresh(prefix: string): string {
    this.#names += 1;
    return `${prefix}${this.#names}`;
  }

  #pick<T>(items: readonly T[]): T {
    return this.#random.pick(items);
  }

  #chance(share: number): boolean {
    return this.#random.share() < share;
  }

  #whole(from: number, to: number): number {
    return from + Math.floor(this.#random.share() * (to - from + 1));
  }

  #shuffled<T>(items: readonly T[]): T[] {
    return items
      .map((item) => [this.#random.share(), item] as const)
      .sort(([a], [b]) => a - b)
      .map(([, item]) => item);
  }
}
