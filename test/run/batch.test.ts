import { describe, expect, it } from 'vitest';
import type { Command, Outcome, Place, Row } from '../../src/model.js';
import { runBatch } from '../../src/run/batch.js';
import { Stop } from '../../src/run/stop.js';

const row = (number: number): Place & { command: Command } => ({
  row: number,
  line: number + 1,
  start: number,
  end: number + 1,
  command: { networkId: '12345678', userId: String(number), details: { firstName: 'x' } },
});

const outcome = ({ row, line }: Place, status: Outcome['status']) => ({ row, line, status }) as Outcome;
const fresh = { hasEnded: () => false, onEnded: () => {} };
const stopping = { exitCode: 4, message: 'stop', hint: 'go on' } as const;

async function* batches(count: number, size: number, onRead = (_: number) => {}): AsyncGenerator<Row[]> {
  for (let first = 1; first <= count; first += size) {
    onRead(first);
    yield Array.from({ length: Math.min(size, count - first + 1) }, (_, i) => row(first + i));
  }
}

describe('a batch', () => {
  it('begins no more rows than may be open, and reads no further than it needs', async () => {
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
        if (each.row === 12) stop.because(stopping);
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
