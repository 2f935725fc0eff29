/** Some of the stories with the built command: real processes, real kills, HTTP. */
import { mkdir, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { Listener } from '../../src/emulator/listener.js';
import { parseOptions } from '../../src/emulator/options.js';
import { Service } from '../../src/emulator/service.js';
import { run, start } from '../e2e/command.js';
import { cases, isLong } from '../length.js';
import { outcomes, useWorkplace } from '../workplace.js';
import { isTemporary } from './oracle.js';
import { makeStory, type Story } from './story.js';

const place = useWorkplace();
const FIRST = 5;

/** Stories of updates and reconciliations in which nobody but the run changes anybody. */
function* calmStories(): Generator<Story> {
  for (let seed = FIRST; ; seed += 1) {
    const story = makeStory(seed);
    const isFit = story.isCalm && story.verb !== 'apply' && story.options.skipInvalid;
    if (isFit && story.wishes.length > 2 && !story.options.allowDuplicates) yield story;
  }
}

/** The options of a story as flags. */
function flagsOf({ verb, options }: Story): string[] {
  const { keepBefore, skipUnchanged, allowTemporaryNames, skipInvalid, maxAttempts } = options;
  return [
    ...['--network-id', '12345678', '--rate', '40', '--max-attempts', String(maxAttempts), '--no-progress'],
    ...(verb === 'update' ? [keepBefore ? '--keep-before' : '--no-keep-before'] : []),
    ...(verb === 'update' && skipUnchanged ? ['--skip-unchanged'] : []),
    ...(allowTemporaryNames ? ['--allow-temporary-names'] : []),
    ...(skipInvalid ? ['--skip-invalid'] : []),
  ];
}

/** What a story comes to. @param kills after so many updates the first, the second … process is killed */
async function comesTo(story: Story, name: string, kills: readonly number[]) {
  const faults = (story.world.faults ?? []).filter(({ kind }) => kind !== 'slow' && kind !== 'hang');
  const { users = [], groups = [] } = story.world;
  const service = new Service(parseOptions({ users, groups, faults, latency: 15, seed: story.seed }));
  const listener = new Listener(service);
  await listener.listen(0);
  try {
    const folder = place.path(name);
    await mkdir(folder);
    const rows = story.wishes.map(({ userId, details }) => `${JSON.stringify({ userId, ...details })}\n`);
    await writeFile(`${folder}/input.jsonl`, rows.join(''));
    const { accessKeyId, secretAccessKey } = service.signatures.credentials;
    const env = {
      ...{ PATH: process.env.PATH ?? '', HOME: folder, AWS_REGION: 'us-east-1' },
      AWS_ENDPOINT_URL_WICKR: `http://127.0.0.1:${listener.port}`,
      ...{ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
      AWS_EC2_METADATA_DISABLED: 'true',
    };
    const where = { env, cwd: folder };
    const first = [story.verb, 'input.jsonl', '--out', 'run', ...flagsOf(story)];
    for (const [number, updates] of kills.entries()) {
      const { child, ended } = start(number === 0 ? first : ['resume', 'run', '--no-progress'], where);
      const due = service.journal.counts.UpdateUser + updates;
      await Promise.race([service.journal.arrival(due, 'UpdateUser'), ended]);
      child.kill('SIGKILL');
      await ended;
    }
    const last = await run(kills.length === 0 ? first : ['resume', 'run', '--no-progress'], where);
    const lines = await outcomes(`${folder}/run/report.csv`).catch(() => []);
    return {
      ended: [0, 2, 3].includes(last.code ?? -1) || last.stderr,
      users: [...service.network.users.values()].map(({ modified: _, ...user }) => user),
      temporary: [...service.network.users.values()].filter(({ username }) => isTemporary(username)).length,
      rows: lines
        .map(({ row, status }) => `${row} ${status === 'unchanged' ? 'updated' : status}`)
        .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10)),
    };
  } finally {
    service.journal.close();
    await listener.close();
  }
}

it.runIf(isLong)('a story with killed processes comes to what it comes to without the kills', async () => {
  const stories = calmStories();
  for (let count = 0; count < cases(1, 25); count += 1) {
    const story = stories.next().value as Story;
    const whole = await comesTo(story, `${story.seed} whole`, []);
    const struck = await comesTo(story, `${story.seed} struck`, [2, 1]);
    expect({ seed: story.seed, ...struck }).toEqual({ seed: story.seed, ...whole });
    expect({ ended: whole.ended, temporary: whole.temporary }).toEqual({ ended: true, temporary: 0 });
  }
});
