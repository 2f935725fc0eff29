import { createHash } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { InputError, UsageError } from '../../../src/errors.js';
import type { InputOptions } from '../../../src/input/options/input-options.js';
import { readRows } from '../../../src/input/rows/read-rows.js';
import { readProblems, validateSource } from '../../../src/input/rows/validate-source.js';
import type { Source } from '../../../src/input/source/source.js';
import type { Problem } from '../../../src/model.js';
import { fileSource, NETWORK } from '../samples.js';

const options: InputOptions = { networkId: NETWORK };

async function allProblems(source: Source, reading = options): Promise<Problem[]> {
  const { duplicates } = await validateSource(source, reading);
  const all: Problem[] = [];
  for await (const problems of readProblems(source, reading, duplicates)) all.push(...problems);
  return all;
}

it('says of a good file what a run needs to know', async () => {
  const content = '\ufeffuserId,firstName,dept\n1,A,x\n2,B,y\n';
  const source = await fileSource('users.csv', content);
  const validation = await validateSource(source, { ...options, ignoreUnknownColumns: true });
  expect(validation).toMatchObject({
    rows: 2,
    invalid: 0,
    more: false,
    problems: { total: 0, first: [] },
    warnings: { total: 0, first: [] },
    sha256: createHash('sha256').update(content).digest('hex'),
    networkId: NETWORK,
    header: { line: 1, end: 25, delimiter: ',', columns: ['userId', 'firstName', undefined] },
  });
  expect(validation).not.toHaveProperty('readError');
  expect((await source.slice(0, 25)).toString()).toBe('\ufeffuserId,firstName,dept\n');
});

it('takes the network from the rows', async () => {
  const source = await fileSource('users.jsonl', '{"networkId":"11111111","userId":"1","firstName":"A"}');
  const validation = await validateSource(source, {});
  expect(validation.networkId).toBe('11111111');
  expect(validation).not.toHaveProperty('header');
});

describe('a user who comes twice', () => {
  const input = 'userId,firstName\n1,A\n2,\n3,C\n1,D\n\n2,E\n01,F\n1,G\n';
  const problems = [
    { line: 2, column: 'userId', reason: 'is the same user as on line 5' },
    { line: 3, reason: 'the row changes nothing: no field of the user has a value' },
    { line: 3, column: 'userId', reason: 'is the same user as on line 7' },
    { line: 5, column: 'userId', reason: 'is the same user as on line 2' },
    { line: 7, column: 'userId', reason: 'is the same user as on line 3' },
    { line: 9, column: 'userId', reason: 'is the same user as on line 2' },
  ];

  it('makes all the rows invalid, each naming another, by line', async () => {
    const source = await fileSource('users.csv', input);
    const { rows, invalid, problems: found } = await validateSource(source, options);
    expect([rows, invalid]).toEqual([7, 5]);
    expect(found).toMatchObject({ total: 6, first: problems });
    expect(found.kinds.map(({ count, first }) => [count, first.line])).toEqual([
      [5, 2],
      [1, 3],
    ]);
    expect(await allProblems(source)).toEqual(problems);
  });

  it('is told to those who read the rows', async () => {
    const source = await fileSource('users.csv', input);
    const { duplicates } = await validateSource(source, options);
    const valid: string[] = [];
    for await (const rows of readRows(source, options, duplicates)) {
      for (const row of rows) if ('command' in row) valid.push(row.command.userId);
    }
    expect(valid).toEqual(['3', '01']);
  });

  it('is none if the limit keeps the second row out, or if the networks differ', async () => {
    const source = await fileSource('users.csv', input);
    expect((await validateSource(source, { ...options, limit: 3 })).invalid).toBe(1);
    const networks = await fileSource('a.csv', 'networkId,userId,firstName\n12345678,1,A\n87654321,1,B\n');
    expect((await allProblems(networks)).map(({ line, column }) => [line, column])).toEqual([
      [3, 'networkId'],
    ]);
  });

  it('is found among many rows', async () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `${1_000_000 + index},A\n`);
    const source = await fileSource('users.csv', `userId,firstName\n${lines.join('')}1000007,B\n`);
    expect((await validateSource(source, options)).problems.first).toEqual([
      { line: 9, column: 'userId', reason: 'is the same user as on line 20002' },
      { line: 20_002, column: 'userId', reason: 'is the same user as on line 9' },
    ]);
  });
});

it('keeps 1,000 problems, counts all, and gives all on request', async () => {
  const rows = `x,a;b,1\n${'x,a;b,y\n'.repeat(1500)}`;
  const source = await fileSource('users.csv', `userId,securityGroupIds,inviteCodeTtl\n${rows}`);
  const { invalid, problems, warnings } = await validateSource(source, options);
  expect([invalid, problems.total, problems.first.length]).toEqual([1501, 3001, 1000]);
  expect([warnings.total, warnings.first.length]).toEqual([1501, 1000]);
  const all = await allProblems(source);
  expect(all.slice(0, 1000)).toEqual(problems.first);
  const lines = Array.from({ length: 1500 }, (_, index) => [index + 3, index + 3]);
  expect(all.map(({ line }) => line)).toEqual([2, ...lines.flat()]);
});

describe('an unreadable part', () => {
  it('below the first row comes with everything that was found before it', async () => {
    const content = 'userId,firstName\n1,A\nx,B\n1,C\n"4,D\n';
    const source = await fileSource('users.csv', content);
    const validation = await validateSource(source, options);
    expect(validation.readError).toBeInstanceOf(InputError);
    expect(validation.readError?.message).toMatch(/^line 5: the quote opened here/);
    expect(validation).toMatchObject({
      rows: 3,
      invalid: 3,
      problems: { total: 3 },
      sha256: createHash('sha256').update(content).digest('hex'),
    });
    expect(await allProblems(source)).toHaveLength(3);
  });

  it.each([
    ['the header', 'x,y\n1,A\n', options, InputError],
    ['the first row', 'userId,firstName\n"1', options, InputError],
    ['the options', 'userId,firstName\n1,A\n', {}, UsageError],
  ])('in %s is thrown', async (_, content, reading, kind) => {
    await expect(validateSource(await fileSource('users.csv', content), reading)).rejects.toThrow(kind);
  });

  it('ends the reading of rows behind the last good one', async () => {
    const source = await fileSource('users.csv', 'userId,firstName\n1,A\n"2,B\n');
    const rows = readRows(source, options);
    expect((await rows.next()).value).toHaveLength(1);
    await expect(rows.next()).rejects.toThrow(InputError);
  });

  it('is also a file that changes while it is looked at', async () => {
    const source = await fileSource('users.csv', 'userId,firstName\n1,A\n');
    const changing: Source = {
      ...source,
      async *chunks() {
        yield* source.chunks();
        await appendFile(source.path, '2,B\n');
      },
      unchanged: () => source.unchanged(),
    };
    await expect(validateSource(changing, options)).rejects.toThrow('changed while it was being read');
  });
});

it('hashes all of the file under a limit, and says that there is more', async () => {
  const content = `userId,firstName\n${'1,A\n'.repeat(50_000)}`;
  const source = await fileSource('users.csv', content);
  const validation = await validateSource(source, { ...options, limit: 1 });
  expect(validation).toMatchObject({
    rows: 1,
    invalid: 0,
    more: true,
    sha256: createHash('sha256').update(content).digest('hex'),
  });
});

it('reads no further than the limit when the rows are sent', async () => {
  const source = await fileSource('users.csv', `userId,firstName\n${'1,A\n'.repeat(50_000)}`);
  let chunks = 0;
  const counting: Source = {
    ...source,
    async *chunks() {
      for await (const chunk of source.chunks()) {
        chunks++;
        yield chunk;
      }
    },
  };
  for await (const rows of readRows(counting, { ...options, limit: 1 })) expect(rows).toHaveLength(1);
  expect(chunks).toBe(1);
});

it('stops at once when told to', async () => {
  const source = await fileSource('users.csv', 'userId,firstName\n1,A\n');
  const signal = AbortSignal.abort(new Error('stop'));
  await expect(validateSource(source, { ...options, signal })).rejects.toThrow('stop');
  await expect(readRows(source, { ...options, signal }).next()).rejects.toThrow('stop');
});
