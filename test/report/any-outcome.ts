/** Outcomes at random. */
import fc from 'fast-check';
import type { Field, Outcome } from '../../src/model.js';

const moment = fc
  .date({ min: new Date(1), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((d) => d.getTime());
const perhaps = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: undefined });
const message = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1 }),
  fc.stringMatching(/^'*[=+\-@\t\r][^\n]*$/),
);
const row = fc.record({
  row: fc.integer({ min: 1 }),
  line: perhaps(fc.integer({ min: 1 })),
  userId: perhaps(fc.stringMatching(/^[0-9]{1,10}$/)),
  temporaryName: fc.constantFrom(undefined, true as const),
});
const sent = fc.record({
  attempts: fc.integer({ min: 1 }),
  throttled: fc.nat(),
  httpStatus: fc.constantFrom(undefined, 200, 422, 503),
  requestId: perhaps(fc.string({ minLength: 1 })),
  startedAt: moment,
  finishedAt: moment,
  changed: fc.subarray<Field>(['firstName', 'securityGroupIds', 'codeValidation'], { minLength: 1 }),
});
const unsent = fc.constant({ attempts: 0, throttled: 0, changed: [] } as const);
const fields = fc.array(fc.string({ minLength: 1 }).filter((name) => !name.includes(';')));
const error = { errorCode: fc.string(), errorFields: fields, message };
const merged = <A, B, C>(...parts: [fc.Arbitrary<A>, fc.Arbitrary<B>, fc.Arbitrary<C>]) =>
  fc.tuple(...parts).map(([a, b, c]) => ({ ...a, ...b, ...c }));
const either = fc.oneof(sent, unsent);
/** An outcome of any status, with texts that CSV and spreadsheets have to be kept from. */
export const anyOutcome: fc.Arbitrary<Outcome> = fc.oneof(
  merged(row, sent, fc.record({ status: fc.constant('updated'), message: perhaps(message) })),
  merged(row, either, fc.constant({ status: 'unchanged' } as const)),
  merged(row, unsent, fc.record({ status: fc.constant('skipped'), message })),
  merged(row, unsent, fc.record({ status: fc.constant('invalid'), ...error })),
  merged(row, sent, fc.record({ status: fc.constant('mismatch'), ...error })),
  merged(row, either, fc.record({ status: fc.constant('conflict'), ...error })),
  merged(row, either, fc.record({ status: fc.constant('failed'), ...error, message: perhaps(message) })),
  merged(
    row,
    either,
    fc.record({
      status: fc.constant('unprocessed'),
      ...error,
      errorCode: perhaps(fc.string({ minLength: 1 })),
    }),
  ),
);
