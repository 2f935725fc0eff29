/**
 * Many short stories, each in one process and in simulated time: random networks, inputs and options, others who change
 * the same users, reads that lag, answers that are lost, processes that are killed or stopped at any call and resumed.
 * Whatever happened, what users are in the end and what the reports say has to be explained.
 *
 * `STORY=123 npx vitest run test/model` plays one story again.
 */
import { mkdir, rm } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { cases, firstOf, isLong, size } from '../length.js';
import { useWorkplace } from '../workplace.js';
import { differences, faultsOf } from './oracle.js';
import { play } from './play.js';
import { makeStory, type Story } from './story.js';

const place = useWorkplace();

const COUNT = cases(25, 5000);
/** `FIRST=1000` begins with another story. */
const FIRST = Number(process.env.FIRST ?? 1);
const chosen = Number(process.env.STORY ?? 0);
const seeds = chosen > 0 ? [chosen] : Array.from({ length: COUNT }, (_, index) => FIRST + index);

/** What is wrong with a story, if anything is. */
async function faultsIn(seed: number): Promise<string[]> {
  const story = makeStory(seed);
  const folder = async (name: string) => {
    await mkdir(place.path(`${seed}/${name}`), { recursive: true });
    return place.path(`${seed}/${name}`);
  };
  const played = await play(story, await folder('a'));
  const faults = faultsOf(played);
  const isStruck = story.blows.main.length + story.blows.undo.length > 0;
  if (faults.length > 0 || !story.isCalm || !isStruck) return faults;
  return differences(story.wishes, played, await play(story, await folder('b'), false));
}

it('every story ends as its writers explain, whoever is killed when', async () => {
  const wrong: string[] = [];
  for (const seed of seeds) {
    const faults = await faultsIn(seed).catch((error: unknown) => [String((error as Error).stack)]);
    if (faults.length > 0) wrong.push(`STORY=${seed} npx vitest run test/model\n  ${faults.join('\n  ')}`);
    // At once: to remove what thousands of stories leave takes longer than a hook may.
    await rm(place.path(String(seed)), { recursive: true, force: true });
    if (wrong.length >= 5) break;
  }
  expect(wrong.join('\n')).toBe('');
});

/** Two users who swap usernames, one who gets new names, and some others; nobody else is about. */
function plainStory(verb: Story['verb'], input: Story['input']): Story {
  const calm = makeStory(1);
  const users = Array.from({ length: 6 }, (_, index) => ({
    userId: String(10_000_001 + index),
    firstName: `First${index}`,
    lastName: `Last${index}`,
    username: `user${index}@example.com`,
    securityGroupIds: ['BCTY8Qhe'],
  }));
  const usernames = ['user1@example.com', 'user0@example.com', 'new@example.com'];
  const wishes = users.slice(0, 5).map(({ userId }, index) => {
    const username = usernames[index];
    return { userId, details: { firstName: `F${index}`, ...(username && { username }) } };
  });
  return {
    ...calm,
    ...{ verb, input, users, wishes, isCalm: true, undo: verb === 'apply' },
    options: {
      ...calm.options,
      ...{ keepBefore: true, skipUnchanged: false, allowTemporaryNames: true, allowDuplicates: false },
      ...{ skipInvalid: false, rate: 50, maxAgeMs: 60_000, concurrency: 2, canary: 1, reportFormat: 'csv' },
    },
    world: { seed: 1, users, groups: calm.world.groups ?? [], travel: 20, timeout: 3000 },
    ...{ deeds: [], excluded: [], skews: [], forges: false, tampering: undefined },
  };
}

it.each(
  firstOf(1, [
    ['update', 'objects'],
    ['reconcile', 'csv'],
    ['apply', 'jsonl'],
  ] as const),
)('%s can be killed at any call to the disk, and goes on or has sent nothing', async (verb, input) => {
  const story = plainStory(verb, input);
  const step = size(12, 1);
  const hows = ['killed before', 'killed after', 'torn'] as const;
  const wrong: string[] = [];
  for (let nth = 1, isOver = false; !isOver; nth += step) {
    for (const how of isLong ? hows : [hows[nth % 2] ?? 'torn']) {
      const blow = { moment: { kind: 'file', nth }, how } as const;
      const folder = place.path(`${nth} ${how}`);
      await mkdir(folder);
      const played = await play({ ...story, blows: { main: [blow], undo: [blow] } }, folder);
      const isWhole = played.runs.every(({ end, report }) => end === 'complete' && report.length === 5);
      for (const fault of [...faultsOf(played), ...(isWhole ? [] : ['it is not whole'])])
        wrong.push(`${how} call ${nth}: ${fault}`);
      isOver = played.runs.every(({ lives }) => lives.length === 1);
    }
  }
  expect(wrong).toEqual([]);
});
