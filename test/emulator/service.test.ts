import { expect, it } from 'vitest';
import { type EmulatorOptions, parseOptions } from '../../src/emulator/options.js';
import { Service } from '../../src/emulator/service.js';

/** How long each of a thousand answers is held back, in ms. */
function waits(options: EmulatorOptions): number[] {
  const service = new Service(parseOptions({ users: 1, ...options }));
  const request = { method: 'GET', target: '/networks/12345678/users', rawHeaders: [] };
  return Array.from({ length: 1000 }, () => {
    const arrival = service.arrive(request.method, request.target);
    return service.handle(arrival, request, Buffer.alloc(0)).wait;
  });
}
const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);

it('nothing is held back by default', () => {
  expect(new Set(waits({}))).toEqual(new Set([0]));
});

it('the latency is the median, and strays by the jitter to both sides', () => {
  const all = sorted(waits({ latency: 100, jitter: 0.5 }));
  expect(all[0]).toBeGreaterThanOrEqual(50);
  expect(all[0]).toBeLessThan(52);
  expect(Math.abs((all[500] ?? 0) - 100)).toBeLessThan(5);
  expect(all[999]).toBeLessThanOrEqual(150);
  expect(all[999]).toBeGreaterThan(148);
});

it('without jitter it is always the same, by default it is not', () => {
  expect(new Set(waits({ latency: 100, jitter: 0 }))).toEqual(new Set([100]));
  expect(new Set(waits({ latency: 100 })).size).toBeGreaterThan(900);
});

it('it repeats itself with the seed', () => {
  expect(waits({ latency: 100, seed: 3 })).toEqual(waits({ latency: 100, seed: 3 }));
  expect(waits({ latency: 100, seed: 4 })).not.toEqual(waits({ latency: 100, seed: 3 }));
});
