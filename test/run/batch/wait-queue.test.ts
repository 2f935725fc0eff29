import { describe, expect, it } from 'vitest';
import { WaitQueue } from '../../../src/run/batch/wait-queue.js';

describe('the wait queue', () => {
  it('lets an item go at once that waits for no row, or for rows that are ready', () => {
    const queue = new WaitQueue<string>();
    expect(queue.add([], 'a')).toBe('ready');
    queue.settle(7, 'ready');
    expect(queue.add([7], 'b')).toBe('ready');
  });

  it('gives an item out with the last row that it waits for', () => {
    const queue = new WaitQueue<string>();
    queue.settle(1, 'ready');
    expect(queue.add([1, 2, 3], 'a')).toBeUndefined();
    expect(queue.settle(2, 'ready')).toEqual([]);
    expect(queue.settle(3, 'ready')).toEqual([{ item: 'a', readiness: 'ready' }]);
    expect(queue.drain()).toEqual([]);
  });

  it('gives an item out once, with the first row that frees no username', () => {
    const queue = new WaitQueue<string>();
    expect(queue.add([1, 2], 'a')).toBeUndefined();
    expect(queue.settle(2, 'blocked')).toEqual([{ item: 'a', readiness: 'blocked' }]);
    expect(queue.settle(1, 'ready')).toEqual([]);
    expect(queue.add([1, 2], 'b')).toBe('blocked');
  });

  it('drains the items that still wait, each once', () => {
    const queue = new WaitQueue<string>();
    queue.add([1, 2], 'a');
    queue.add([2], 'b');
    queue.add([3, 4], 'c');
    queue.settle(3, 'stopped');
    expect(queue.drain()).toEqual(['a', 'b']);
    expect(queue.drain()).toEqual([]);
  });
});
