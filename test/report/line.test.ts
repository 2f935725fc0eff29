import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Outcome } from '../../src/model.js';
import { formatLines, parseLine } from '../../src/report/line.js';
import { randomCases } from '../length.js';

const failed = (message: string) =>
  ({
    ...{ row: 1, line: 2, userId: '1', status: 'failed', attempts: 1, throttled: 0, changed: ['firstName'] },
    ...{ errorCode: 'ValidationError', errorFields: ['username'], httpStatus: 422, requestId: 'r-1' },
    ...{ startedAt: 1000, finishedAt: 2000, message },
  }) as Outcome;

it.each(['x;=1+1', 'x\t=1+1', 'x; @SUM(A1)', 'x|+1', '\t=1', ';-1', 'x;\u{FF1D}1'])(
  'a message has no formula, by whatever its reader parts cells: %j',
  (message) => {
    const line = formatLines([failed(message)], 'csv');
    for (const cell of line.split(/[,;\t|]/)) expect(cell.trim()).not.toMatch(/^"?[=+@\u{FF1D}-]/u);
    expect(parseLine(line.trimEnd(), 'csv')?.message).toBe(message);
  },
);

it('a message is read back as it was, whatever formulas and apostrophes it has', () => {
  const message = fc.string({ unit: fc.constantFrom(...";|\t '=+-@x"), minLength: 1 });
  fc.assert(
    fc.property(message, (text) => {
      const line = formatLines([failed(text)], 'csv');
      expect(parseLine(line.slice(0, -1), 'csv')?.message).toBe(text);
    }),
    randomCases(300, 5000),
  );
});
