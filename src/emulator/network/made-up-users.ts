/** Users made up from a seed. */

import type { EmulatedGroup, EmulatedUser } from './network.js';
import { firstNames, lastNames } from './sample-names.js';
import { Random } from './seeded-random.js';

/** The first generated user ID; the others follow one by one. */
const FIRST_ID = 10_000_001;
/** Share of users who were invited and have not joined yet. */
const PENDING = 0.05;

/**
 * Makes `count` users, each in one of the groups, with usernames such as first.last.N@example.com, in which N is the
 * user's place. With `bot` the last one is a bot.
 */
export function* makeUsers(
  count: number,
  groups: readonly EmulatedGroup[],
  seed: number,
  bot: boolean,
): Generator<EmulatedUser> {
  const random = new Random(seed, 'people');
  // Users of one group share the list, which keeps a large network small in memory.
  const lists = groups.map((group) => [group.id]);
  for (let place = 1; place <= count; place++) {
    const [first, last] = [random.pick(firstNames), random.pick(lastNames)];
    const userId = String(FIRST_ID + place - 1);
    const securityGroupIds = random.pick(lists);
    if (bot && place === count) {
      yield { userId, username: `helper.${place}.bot`, securityGroupIds, status: 2, type: 'bot' };
      continue;
    }
    yield {
      userId,
      firstName: first.written,
      lastName: last.written,
      username: `${first.ascii}.${last.ascii}.${place}@example.com`,
      securityGroupIds,
      status: random.share() < PENDING ? 1 : 2,
    };
  }
}
