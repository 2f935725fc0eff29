import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFailure } from '../../src/wickr/error-answer.js';
import { differingFields, readUpdateUserAnswer } from '../../src/wickr/update-answer.js';
import { randomCases } from '../length.js';
import { bodiesFor, checkFailure, commands, headersFor, holdsValue } from './hostile-answers.js';

const NOW = Date.UTC(2026, 10, 24);

describe('whatever the service says', () => {
  const yeses = commands.chain((command) =>
    fc.record({ command: fc.constant(command), body: bodiesFor(command, { intact: false }) }),
  );

  it('a yes counts only if it names the user, and shows no value if it does not', () => {
    fc.assert(
      fc.property(yeses, ({ command, body }) => {
        const read = readUpdateUserAnswer(body, command);
        if ('wrong' in read) {
          expect(read.wrong).toMatch(/^the answer is /);
          expect(holdsValue(read.wrong)).toBe(false);
          return;
        }
        const said = JSON.parse(body) as Record<string, unknown>;
        expect([said.userId, said.networkId]).toEqual([command.userId, command.networkId]);
        expect([read.answer.userId, read.answer.networkId]).toEqual([command.userId, command.networkId]);
        expect(Object.getPrototypeOf(read.answer)).toBe(Object.prototype);
        const { details } = command;
        for (const name of differingFields(command, read.answer)) {
          const field = name as keyof typeof details;
          expect(said[field]).not.toEqual(details[field]);
          expect(Object.hasOwn(details, field)).toBe(true);
        }
      }),
      randomCases(400, 4000),
    );
  });

  const noes = commands.chain((command) =>
    fc.record({
      command: fc.constant(command),
      status: fc.oneof(
        fc.constantFrom(400, 401, 403, 404, 422, 429, 500, 503),
        fc.integer({ min: 100, max: 999 }),
      ),
      headers: headersFor(command),
      body: bodiesFor(command, { intact: true }),
    }),
  );

  it('a no is a failure with a name and without a value', () => {
    fc.assert(
      fc.property(noes, ({ command, ...answer }) => {
        checkFailure(readFailure(answer, command.details, NOW));
      }),
      randomCases(400, 4000),
    );
  });
});
