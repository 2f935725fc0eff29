import { describe, expect, it } from 'vitest';
import { Turns } from '../../../src/run/batch/wait-queue.js';

describe('turns', () => {
  it('lets go at once what waits for nobody, or for rows that have made room', () => {
    const turns = new Turns<string>();
    expect(turns.ask([], 'a')).toBe('go');
    turns.settle(7, 'go');
    expect(turns.ask([7], 'b')).toBe('go');
  });

  it('gives an item out with the last row that it waits for', () => {
    const turns = new Turns<string>();
    turns.settle(1, 'go');
    expect(turns.ask([1, 2, 3], 'a')).toBeUndefined();
    expect(turns.settle(2, 'go')).toEqual([]);
    expect(turns.settle(3, 'go')).toEqual([{ item: 'a', verdict: 'go' }]);
    expect(turns.drain()).toEqual([]);
  });

  it('gives an item out once, with the first row that makes no room', () => {
    const turns = new Turns<string>();
    expect(turns.ask([1, 2], 'a')).toBeUndefined();
    expect(turns.settle(2, 'never')).toEqual([{ item: 'a', verdict: 'never' }]);
    expect(turns.settle(1, 'go')).toEqual([]);
    expect(turns.ask([1, 2], 'b')).toBe('never');
  });

  it('drains what still waits, each item once', () => {
    const turns = new Turns<string>();
    turns.ask([1, 2], 'a');
    turns.ask([2], 'b');
    turns.ask([3, 4], 'c');
    turns.settle(3, 'stopped');
    expect(turns.drain()).toEqual(['a', 'b']);
    expect(turns.drain()).toEqual([]);
  });
});
