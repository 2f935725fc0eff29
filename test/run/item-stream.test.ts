import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { ItemStream } from '../../src/run/item-stream.js';

/** A stream, and how often its reader has left it. */
function open(mostAhead = 100) {
  const left = { times: 0 };
  const stream = new ItemStream<number>(mostAhead, () => {
    left.times += 1;
  });
  return { stream, left };
}

/** Announces and gives items as a job does. */
function bring(stream: ItemStream<number>, ...items: number[]): Promise<void> | undefined {
  const rooms = items.map(() => stream.announce());
  stream.give(items);
  return rooms.at(-1);
}

async function all(iterator: AsyncIterator<number>): Promise<number[]> {
  const items: number[] = [];
  for (let step = await iterator.next(); !step.done; step = await iterator.next()) items.push(step.value);
  return items;
}

/** Whether a promise has settled by the time that the next turn of the event loop comes. */
async function isSettled(promise: Promise<unknown> | undefined): Promise<boolean> {
  const later = new Promise((resolve) => setImmediate(() => resolve('later')));
  return (await Promise.race([promise?.then(() => 'now'), later])) === 'now';
}

describe('a reader', () => {
  it('gets every item in order, those before the first read and those after it', async () => {
    const { stream } = open();
    const reading = all(stream.read());
    bring(stream, 1, 2);
    await Promise.resolve();
    bring(stream, 3);
    setImmediate(() => {
      bring(stream, 4, 5);
      stream.end();
    });
    expect(await reading).toEqual([1, 2, 3, 4, 5]);
  });

  it('meets the error of the job after the last item', async () => {
    const { stream } = open();
    const iterator = stream.read();
    bring(stream, 1);
    stream.end({ error: new RangeError('broken') });
    expect(await iterator.next()).toEqual({ value: 1, done: false });
    await expect(iterator.next()).rejects.toThrow('broken');
    expect(await iterator.next()).toEqual({ value: undefined, done: true });
  });

  it('of a job that is over and gave nothing meets its end, or its error', async () => {
    const [fine, failed] = [open().stream, open().stream];
    fine.end();
    failed.end({ error: new RangeError('broken') });
    expect(await all(fine.read())).toEqual([]);
    await expect(failed.read().next()).rejects.toThrow('broken');
  });

  it('who comes after the first item is refused', () => {
    const { stream } = open();
    bring(stream, 1);
    expect(() => stream.read()).toThrow(UsageError);
    stream.end();
    expect(() => stream.read()).toThrow('the loop began too late');
  });

  it('who comes after another one is refused, also when that has read to the end', async () => {
    const { stream } = open();
    const first = stream.read();
    expect(() => stream.read()).toThrow(UsageError);
    bring(stream, 1);
    stream.end();
    expect(await all(first)).toEqual([1]);
    expect(() => stream.read()).toThrow(UsageError);
  });

  it('who leaves early stops the job once, and is gone when the job is over', async () => {
    const { stream, left } = open();
    const iterator = stream.read();
    bring(stream, 1, 2);
    await iterator.next();
    const leaving = iterator.return?.();
    expect(await isSettled(leaving)).toBe(false);
    expect(left.times).toBe(1);
    stream.end({ error: new RangeError('stopped') });
    expect(await leaving).toEqual({ value: undefined, done: true });
    expect(left.times).toBe(1);
  });

  it('who leaves before reading anything stops the job as well', async () => {
    const { stream, left } = open();
    const leaving = stream.read().return?.();
    expect(left.times).toBe(1);
    stream.end();
    await leaving;
    expect(bring(stream, 1)).toBeUndefined();
  });

  it('who has read to the end has not left', async () => {
    const { stream, left } = open();
    const iterator = stream.read();
    stream.end();
    await all(iterator);
    await iterator.return?.();
    expect(left.times).toBe(0);
  });
});

describe('a job', () => {
  it('nobody reads from is never held back', () => {
    const { stream } = open(1);
    for (let i = 0; i < 1000; i += 1) expect(bring(stream, i)).toBeUndefined();
    expect(stream.isRead()).toBe(false);
  });

  it('is held back while the reader is behind, and let go when half of it is read', async () => {
    const { stream } = open(4);
    const iterator = stream.read();
    expect(bring(stream, 1, 2, 3)).toBeUndefined();
    const room = bring(stream, 4);
    expect(await isSettled(room)).toBe(false);
    await iterator.next();
    expect(await isSettled(room)).toBe(false);
    await iterator.next();
    expect(await isSettled(room)).toBe(true);
  });

  it('is held back by what was announced and not given yet', async () => {
    const { stream } = open(2);
    const iterator = stream.read();
    stream.announce();
    const room = stream.announce();
    stream.give([1, 2]);
    expect(await isSettled(room)).toBe(false);
    await iterator.next();
    expect(await isSettled(room)).toBe(true);
  });

  it.each<[string, (stream: ItemStream<number>, iterator: AsyncIterator<number>) => void]>([
    ['its reader leaves', (_, iterator) => void iterator.return?.()],
    ['what it has announced will not come', (stream) => stream.lift()],
  ])('is let go when %s', async (_case, happens) => {
    const { stream } = open(1);
    const iterator = stream.read();
    const room = bring(stream, 1);
    happens(stream, iterator);
    expect(await isSettled(room)).toBe(true);
    expect(await isSettled(bring(stream, 2) ?? Promise.resolve())).toBe(true);
  });

  it('waits until all was read, and more is asked for', async () => {
    const { stream } = open();
    const iterator = stream.read();
    bring(stream, 1, 2);
    const allRead = stream.whenRead();
    await iterator.next();
    await iterator.next();
    expect(await isSettled(allRead)).toBe(false);
    void iterator.next();
    expect(await isSettled(allRead)).toBe(true);
    expect(await isSettled(stream.whenRead())).toBe(true);
  });

  it('waits for no reader that is gone, or was never there', async () => {
    const [left, unread] = [open().stream, open().stream];
    const iterator = left.read();
    bring(left, 1);
    const allRead = left.whenRead();
    void iterator.return?.();
    expect(await isSettled(allRead)).toBe(true);
    bring(unread, 1);
    expect(await isSettled(unread.whenRead())).toBe(true);
  });

  it('that asks whether it is read has its answer once and for all', () => {
    const [read, unread] = [open().stream, open().stream];
    read.read();
    expect([read.isRead(), unread.isRead()]).toEqual([true, false]);
    expect(() => unread.read()).toThrow(UsageError);
  });
});
