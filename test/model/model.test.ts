/**
 * Many short stories, each in one process and in simulated time: random networks, inputs and options, others who change
 * the same users, reads that lag, answers that are lost, processes that are killed or stopped at any call and resumed.
 * Whatever happened, what users are in the end and what the reports say has to be explained.
 *
 * `STORY=123 npx vitest run test/model` plays one story again.
 */
import { mkdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { cases, isLong } from '../length.js';
import { useWorkplace } from '../workplace.js';
import { differences, faultsOf } from './oracle.js';
import { play } from './play.js';
import { makeStory } from './story.js';

const place = useWorkplace();

const COUNT = cases(200, 5000);
/** The long run plays other stories each time. */
const FIRST = isLong ? Math.floor(Math.random() * 1_000_000_000) : 1;
const chosen = Number(process.env.STORY ?? 0);
const seeds = chosen > 0 ? [chosen] : Array.from({ length: COUNT }, (_, index) => FIRST + index);

/** What is wrong with a story, if anything is. */
async function faultsIn(seed: number): Promise<string[]> {
  const story = makeStory(seed);
  const folder = async (name: string) => {
    await mkdir(place.path(`${seed}${name}`));
    return place.path(`${seed}${name}`);
  };
  const played = await play(story, await folder('a'));
  const faults = faultsOf(played);
  if (faults.length > 0 || !story.isCalm) return faults;
  return differences(story.wishes, played, await play(story, await folder('b'), false));
}

it('every story ends as its writers explain, whoever is killed when', async () => {
  const wrong: string[] = [];
  for (const seed of seeds) {
    const faults = await faultsIn(seed).catch((error: unknown) => [String((error as Error).stack)]);
    if (faults.length > 0) wrong.push(`STORY=${seed} npx vitest run test/model\n  ${faults.join('\n  ')}`);
    if (wrong.length >= 5) break;
  }
  expect(wrong.join('\n')).toBe('');
});
