import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CopiedRows } from '../../src/report/copied-rows.js';
import { randomCases } from '../length.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'failed-'));
});
afterAll(() => rm(folder, { recursive: true }));

const rows = Array.from({ length: 50 }, (_, i) => Buffer.from(`row ${i}${'x'.repeat(i % 7)}\n`));
const input = Buffer.concat(rows);
const starts = rows.map((_, i) => Buffer.concat(rows.slice(0, i)).length);
const source = {
  async *originals(start: number, end: number) {
    const middle = Math.floor((start + end) / 2);
    yield input.subarray(start, middle);
    yield input.subarray(middle, end);
  },
};

it('holds the failed rows byte for byte in the order of the input, in whatever order they failed', async () => {
  const path = join(folder, 'failed.csv');
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.nat({ max: rows.length - 1 })), async (order) => {
      const failed = new CopiedRows();
      for (const i of order)
        failed.add({ start: starts[i] ?? 0, end: (starts[i] ?? 0) + (rows[i]?.length ?? 0) });
      expect(failed.empty).toBe(order.length === 0);
      await failed.write(path, Buffer.from('head\n'), source);
      const expected = order.toSorted((a, b) => a - b).map((i) => rows[i]?.toString());
      expect(await readFile(path, 'utf8')).toBe(`head\n${expected.join('')}`);
    }),
    randomCases(100, 1000),
  );
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});
