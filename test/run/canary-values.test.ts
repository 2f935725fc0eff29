/** Values that belong to a person, and the caller's keys, reach only the files whose purpose they are. */
import { readdir, rm, stat } from 'node:fs/promises';
import { afterEach, expect, it } from 'vitest';
import {
  applyPlan,
  exportUsers,
  planUpdate,
  readRunStatus,
  reconcileUsers,
  resumeRun,
  retryRun,
  type Summary,
  undoRun,
  updateUsers,
  validateInput,
} from '../../src/index.js';
import { renderSummary } from '../../src/screen/summary.js';
import { conditions, former, Gossip, keys, leaked, wanted } from '../canary-values.js';
import { serviceOf, useWorkplace } from '../workplace.js';

const place = useWorkplace();
const gossips: Gossip[] = [];
afterEach(() => {
  for (const gossip of gossips.splice(0)) gossip.close();
});

/** A network of the people, what says it all of them, and all that was said. */
async function setOut() {
  const users = former.map((person) => ({ ...person, securityGroupIds: [] }));
  const emulator = await place.emulate({ users, credentials: keys });
  const gossip = await new Gossip(emulator).open();
  gossips.push(gossip);
  const said: string[] = [];
  const say = (...things: unknown[]) => void said.push(JSON.stringify(things));
  const logger = { trace: say, debug: say, info: say, warn: say, error: say };
  const hooks = { onProblem: say, onWarning: say, onMapping: say, onExclusions: say };
  const { networkId, region, ...reach } = { ...serviceOf(emulator), endpointUrl: gossip.url, rate: 5000 };
  const input = await place.write('users.csv', inputOf());
  const service = { networkId, region };
  return {
    gossip,
    said,
    service,
    reach: { ...reach, logger },
    asked: { ...service, ...reach, ...hooks, input },
  };
}

const inputOf = () =>
  `userId,firstName,lastName,username,Works\n${wanted
    .map((one) => `${one.userId},${one.firstName},${one.lastName},${one.username},${conditions.where}\n`)
    .join('')}`;

/** All that a run has left, but for the files that are made for values. */
async function textOf(folder: string): Promise<string> {
  const forValues = ['failed.csv', 'failed.jsonl', 'rules.json', 'before.jsonl', 'lookups.csv', 'plan.jsonl'];
  const names = await readdir(place.path(folder));
  for (const name of names) expect((await stat(place.path(`${folder}/${name}`))).mode & 0o777).toBe(0o600);
  const shown = names.filter((name) => !forValues.includes(name));
  return (await Promise.all(shown.map((name) => place.read(`${folder}/${name}`)))).join('\n');
}

const shownOf = (summary: Summary) => `${JSON.stringify(summary)}\n${renderSummary(summary)}`;

it('no value and no key is in what any job says, logs or leaves in a file that is not made for values', async () => {
  const { gossip, said, service, reach, asked } = await setOut();
  const say = (thing: unknown) => void said.push(JSON.stringify(thing));
  const folder = (name: string) => ({ folder: place.path(name), onProgress: say });
  const running = { ...asked, logger: reach.logger, ignoreUnknownColumns: true };
  const failed = async (name: string, summary: Promise<Summary>) => {
    const ended = await summary;
    expect([name, ended.statuses.failed]).toEqual([name, 2]);
    said.push(shownOf(ended), await textOf(name));
    say(await readRunStatus(place.path(name)));
  };
  const [, first] = inputOf().split('\n');
  const wrong = await place.write('wrong.csv', `${inputOf()}${first}\n${first?.replace('1000', 'x')}\n`);
  const { rate: _, ...checked } = asked;
  const refused = await validateInput({ ...checked, input: wrong, map: ['auto'] }).catch(String);
  expect(refused).toContain('rows are invalid');
  say(refused);
  say(await validateInput({ ...asked, ignoreUnknownColumns: true, network: true }));
  const planned = await planUpdate({ ...running, planFile: place.path('plan.jsonl') }).summary;
  expect(planned.changed).toBe(2);
  say(planned);

  gossip.isRefusing = true;
  const rules = {
    where: [`Works=${conditions.where}`],
    set: [`lastName=${conditions.set}`],
    exclude: await place.write('exclude.txt', `${conditions.excluded}\n`),
    excludeMissing: 'allow',
  } as const;
  const blind = updateUsers({ ...running, ...rules, ...folder('blind'), skipRenameCheck: true });
  await failed('blind', blind.summary);
  expect(await readdir(place.path('blind'))).toContain('rules.json');
  await failed('applied', applyPlan(place.path('plan.jsonl'), { ...reach, ...folder('applied') }).summary);
  const caps = { maxChanges: 9, maxRenames: 9, minRows: 1 };
  await failed('nightly', reconcileUsers({ ...running, ...caps, ...folder('nightly') }).summary);
  await failed('retried', retryRun(place.path('nightly'), { ...reach, ...folder('retried') }).summary);
  const stopping = { ...folder('stopped'), canary: 1, keepBefore: true };
  const stopped = await updateUsers({ ...running, ...stopping }).summary;
  expect(stopped.statuses).toMatchObject({ failed: 1, unprocessed: 1 });
  await failed('stopped', resumeRun(place.path('stopped'), reach).summary);

  gossip.isRefusing = false;
  const updating = updateUsers({ ...running, ...folder('done'), keepBefore: true, verify: '100%' });
  const updated = await updating.summary;
  expect(updated.statuses.updated).toBe(2);
  said.push(shownOf(updated), await textOf('done'));
  gossip.isRefusing = true;
  await failed('undone', undoRun(place.path('done'), { ...reach, ...folder('undone') }).summary);
  say(await exportUsers({ ...service, ...reach }).summary);
  expect(said.length).toBeGreaterThan(60);
  expect(said.flatMap(leaked)).toEqual([]);
});

it('conditions are read back from their own file by resume and retry, which refuse another one', async () => {
  const emulator = await place.emulate({ users: 3, faults: [{ kind: 'echo', times: 1 }] });
  const input = await place.write(
    'users.csv',
    'userId,firstName,Department\n10000001,A,x\n10000002,B,Secretish\n10000003,C,Secretish\n',
  );
  const service = serviceOf(emulator);
  const { networkId: _, region: __, ...reach } = service;
  const given = {
    input,
    folder: place.path('run'),
    map: ['auto'],
    where: ['Department=Secretish'],
    ...service,
  };
  const { statuses } = await updateUsers(given).summary;
  expect(statuses).toMatchObject({ skipped: 1, updated: 1, failed: 1 });
  const retried = await retryRun(place.path('run'), { ...reach, folder: place.path('again') }).summary;
  expect(retried.statuses).toMatchObject({ updated: 1 });
  expect(await place.read('again/rules.json')).toContain('Secretish');
  await rm(place.path('run/summary.json'));
  const { statuses: resumed } = await resumeRun(place.path('run'), reach).summary;
  expect(resumed).toMatchObject({ skipped: 1 });
  await place.write('run/rules.json', '{"where":["Department=x"]}\n');
  await expect(resumeRun(place.path('run'), reach).summary).rejects.toThrow(
    /rules\.json is missing or is not as/,
  );
});
