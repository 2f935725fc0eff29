import { describe, expect, it } from 'vitest';
import type { Command, Outcome, Place, ReadyRow } from '../../../src/model.js';
import { type Batch, runBatch as runWith } from '../../../src/run/batch/batch.js';
import { TemporaryNames } from '../../../src/run/batch/temporary-names.js';
import { Stop } from '../../../src/run/service/stop-switch.js';

const row = (number: number): Place & { command: Command } => ({
  row: number,
  line: number + 1,
  start: number,
  end: number + 1,
  command: { networkId: '12345678', userId: String(number), details: { firstName: 'x' } },
});

const outcome = ({ row, line }: Place, status: Outcome['status']) => ({ row, line, status }) as Outcome;
/** Nothing is kept of temporary usernames, and a username is given back like any other row is sent. */
const runBatch = (batch: Omit<Batch, 'temporaryNames'>) =>
  runWith({
    ...batch,
    temporaryNames: new TemporaryNames({
      ...{ networkId: '12345678', journal: undefined, known: [], stop: batch.stop, send: batch.update },
      usernameOf: async () => undefined,
    }),
  });
const fresh = { hasEnded: () => false, onEnded: () => {} };
const stopping = { code: 'CANARY', message: 'stop', hint: 'go on' } as const;

async function* batches(count: number, size: number, onRead = (_: number) => {}): AsyncGenerator<ReadyRow[]> {
  for (let first = 1; first <= count; first += size) {
    onRead(first);
    yield Array.from({ length: Math.min(size, count - first + 1) }, (_, i) => row(first + i));
  }
}

describe('a batch', () => {
  it('starts no more rows than may be open, and reads no further than it needs', async () => {
    let open = 0;
    let most = 0;
    let begun = 0;
    let readAhead = 0;
    await runBatch({
      ...fresh,
      count: 100,
      rows: batches(100, 3, (first) => {
        readAhead = Math.max(readAhead, first - 1 - begun);
      }),
      openRows: 7,
      stop: new Stop(),
      update: async (each) => {
        begun += 1;
        open += 1;
        most = Math.max(most, open);
        await new Promise(setImmediate);
        open -= 1;
        return outcome(each, 'updated');
      },
      write: async () => {},
    });
    expect({ most, begun, readAhead }).toEqual({ most: 7, begun: 100, readAhead: 0 });
  });

  it('writes every row once, and what is unprocessed last', async () => {
    const stop = new Stop();
    const written: [number, string][] = [];
    await runBatch({
      ...fresh,
      count: 50,
      rows: batches(50, 10),
      openRows: 5,
      stop,
      update: async (each) => {
        if (each.row === 12) stop.abort(stopping);
        const given = stop.signal.aborted && each.row % 2 === 0 ? 'unprocessed' : 'updated';
        // One that is in flight when the run stops ends after one that was waiting.
        if (given === 'updated') await new Promise(setImmediate);
        return outcome(each, given);
      },
      write: async ({ row, status }) => {
        written.push([row, status]);
      },
    });
    expect(written.map(([number]) => number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 50 }, (_, i) => i + 1),
    );
    const first = written.findIndex(([, status]) => status === 'unprocessed');
    expect(first).toBeGreaterThan(10);
    expect(written.slice(first).every(([, status]) => status === 'unprocessed')).toBe(true);
  });

  it("hands on a task's own error, after the others have ended", async () => {
    let ended = 0;
    const run = runBatch({
      ...fresh,
      count: 3,
      rows: batches(3, 3),
      openRows: 3,
      stop: new Stop(),
      update: async (each) => {
        if (each.row === 1) throw new Error('a mistake of ours');
        await new Promise(setImmediate);
        ended += 1;
        return outcome(each, 'updated');
      },
      write: async () => {},
    });
    await expect(run).rejects.toThrow('a mistake of ours');
    expect(ended).toBeLessThanOrEqual(2);
  });
});

describe('rows that wait for each other', () => {
  const renamed = (number: number, after: number[], via?: string): ReadyRow => ({
    ...row(number),
    turn: { after, ...(via === undefined ? {} : { via }) },
  });

  async function run(rows: ReadyRow[], statusOf: (number: number, step: string) => Outcome['status']) {
    const stop = new Stop();
    const sent: string[] = [];
    const written: Outcome[] = [];
    await runBatch({
      ...fresh,
      count: rows.length,
      rows: (async function* () {
        for (const each of rows) yield [each];
      })(),
      openRows: 1,
      stop,
      update: async ({ command, ...place }) => {
        const step = `${place.row}${command.details.username ? `>${command.details.username}` : ''}`;
        sent.push(step);
        await new Promise(setImmediate);
        const status = statusOf(place.row, step);
        if (status === 'unprocessed') stop.abort(stopping);
        return {
          ...outcome(place, status),
          attempts: 1,
          throttled: 0,
          startedAt: sent.length,
          changed: [],
          message: '',
        } as Outcome;
      },
      write: async (each) => {
        written.push(each);
      },
    });
    return { sent, statuses: Object.fromEntries(written.map(({ row, status }) => [row, status])), written };
  }

  it('are sent after those they wait for, though these come later in the file', async () => {
    const rows = [renamed(1, [2]), renamed(2, [4]), row(3), renamed(4, [])];
    const { sent, statuses } = await run(rows, () => 'updated');
    expect(sent).toEqual(['3', '4', '2', '1']);
    expect(statuses).toEqual({ 1: 'updated', 2: 'updated', 3: 'updated', 4: 'updated' });
  });

  it('fail unsent if a row that they wait for fails, all along the chain', async () => {
    const rows = [renamed(1, [2]), renamed(2, [3]), renamed(3, []), row(4)];
    const { sent, statuses } = await run(rows, (number) => (number === 3 ? 'failed' : 'updated'));
    expect(sent).toEqual(['3', '4']);
    expect(statuses).toEqual({ 1: 'failed', 2: 'failed', 3: 'failed', 4: 'updated' });
  });

  it('go through a temporary username if they wait for each other', async () => {
    const rows = [renamed(1, [2], 'tmp'), renamed(2, [3]), renamed(3, [1])];
    const { sent, written } = await run(rows, () => 'updated');
    expect(sent).toEqual(['1>tmp', '3', '2', '1']);
    expect(written.map(({ row, attempts, startedAt }) => [row, attempts, startedAt])).toEqual([
      [3, 1, 2],
      [2, 1, 3],
      [1, 2, 1],
    ]);
  });

  it('say so if a user is left with a temporary username', async () => {
    const rows = [renamed(1, [2], 'tmp'), renamed(2, [1])];
    const { sent, written } = await run(rows, (_, step) => (step === '2' ? 'failed' : 'updated'));
    expect(sent).toEqual(['1>tmp', '2']);
    expect(written.map(({ row, status, message }) => [row, status, /temporary/.test(message ?? '')])).toEqual(
      [
        [2, 'failed', false],
        [1, 'failed', true],
      ],
    );
  });

  it('are unprocessed if the run stops before their turn', async () => {
    const rows = [renamed(1, [4]), renamed(2, [3]), renamed(3, []), renamed(4, [])];
    const { statuses } = await run(rows, (number) => (number === 3 ? 'unprocessed' : 'updated'));
    expect(statuses).toEqual({ 1: 'unprocessed', 2: 'unprocessed', 3: 'unprocessed', 4: 'unprocessed' });
  });
});
