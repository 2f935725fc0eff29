import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LineMap } from '../../../src/input/source/line-map.js';
import { randomCases } from '../../length.js';

it('gives back each line, however they go on', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(0, 1, 1, 1, 5, 9), { maxLength: 60 }), (steps) => {
      const lines: number[] = [];
      const map = new LineMap();
      for (const step of steps) {
        lines.push((lines.at(-1) ?? 3) + step);
        map.push(lines.at(-1) as number);
      }
      expect(lines.map((_, index) => map.at(index + 1))).toEqual(lines);
      expect(map.at(lines.length + 1)).toBe(lines.length + 1);
    }),
    randomCases(300, 20_000),
  );
});
