/** Answers that want to do harm, for fast-check, and what has to hold of whatever is read from them. */
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Command, Failure } from '../../src/model.js';
import type { HttpAnswer } from '../../src/wickr/send.js';
import type { UserDetails } from '../../src/wire-types.js';

/** Two marks. Every value has at least one, so that half a value that is left shows as well. */
const MARKS = ['Zq7Xk', 'Wv9Jh'] as const;

const tail = fc
  .array(
    fc.constantFrom(
      ...['', ' ', "'", '"', '-', '\n', '\r\n', '&', '<', '\\', '/', 'é', '名', '😀', '$&', '.*', '@b.c'],
    ),
    { maxLength: 3 },
  )
  .map((signs) => signs.join(''));
const value = fc
  .tuple(fc.constantFrom(MARKS[0], MARKS[1], `${MARKS[0]}${MARKS[1]}`), tail, fc.constantFrom('', ...MARKS))
  .map((parts) => parts.join(''));

const details: fc.Arbitrary<UserDetails> = fc
  .record(
    {
      firstName: value,
      lastName: value,
      username: value,
      inviteCode: value,
      securityGroupIds: fc.constant<string[]>(['a', 'b']),
      codeValidation: fc.boolean(),
    },
    { requiredKeys: [] },
  )
  .filter((members) => Object.keys(members).length > 0);

export const commands: fc.Arbitrary<Command> = fc.record({
  networkId: fc.constant('12345678'),
  userId: fc.constantFrom('7', '007', '1234567890'),
  details,
});

const html: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '"': '&quot;', "'": '&#39;' };
const forms: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.toUpperCase(),
  (text) => text.toLowerCase(),
  (text) => text.normalize('NFD'),
  (text) => encodeURIComponent(text),
  (text) => JSON.stringify(text),
  (text) => JSON.stringify(text).slice(1, -1),
  (text) =>
    JSON.stringify(text)
      .slice(1, -1)
      .replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  (text) => text.replace(/[&<"']/g, (sign) => html[sign] as string),
  (text) => `'${text}'`,
  (text) => ` "${text}" `,
];

/** Words of the service, with a value of the request in one of its forms if one is given. */
const wordsAbout = (asked: UserDetails): fc.Arbitrary<string> => {
  const values = Object.values(asked).filter((each) => typeof each === 'string');
  const echo = fc
    .tuple(fc.constantFrom(...(values.length === 0 ? ['x'] : values)), fc.constantFrom(...forms))
    .map(([text, form]) => form(text));
  const said = fc.constantFrom(
    ...[
      'The name ',
      ' is taken',
      '\u001b[31m',
      '\u202e',
      '\u009b2J',
      '\r\n',
      '\0',
      '=1+1',
      '<b>',
      "can't",
      '@',
      '"',
      ': ',
    ],
    ...[
      'constructor',
      '__proto__',
      'ValidationError',
      'RateLimitError',
      'aws#Throttling:x',
      '%',
      'A'.repeat(400),
      '\ud800',
    ],
  );
  return fc.array(fc.oneof(said, echo), { minLength: 1, maxLength: 5 }).map((words) => words.join(' '));
};

const KEYS = [
  ...[
    'userId',
    'networkId',
    'suspended',
    'firstName',
    'lastName',
    'securityGroupIds',
    'codeValidation',
    'inviteCode',
  ],
  ...[
    'message',
    'Message',
    'code',
    'Code',
    '__type',
    'reasons',
    'field',
    'reason',
    '__proto__',
    'constructor',
    'toString',
  ],
];

/** JSON as text, keys repeated and `__proto__` an ordinary one. */
const jsonOf = (words: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.letrec<{ any: string; object: string; list: string }>((tie) => ({
    any: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      words.map((text) => JSON.stringify(text)),
      fc.constantFrom('null', 'true', 'false', '0', '-1', '1e999', '"7"', '"12345678"', '{}', '[]'),
      tie('list'),
      tie('object'),
    ),
    list: fc.array(tie('any'), { maxLength: 4 }).map((all) => `[${all.join(',')}]`),
    object: fc
      .array(fc.tuple(fc.constantFrom(...KEYS), tie('any')), { maxLength: 6 })
      .map((all) => `{${all.map(([key, text]) => `"${key}":${text}`).join(',')}}`),
  })).object;

const deep = fc
  .tuple(
    fc.constantFrom('[', '{"a":', '{"__proto__":', '{"reasons":[', '{"securityGroupIds":['),
    fc.integer({ min: 1, max: 20_000 }),
  )
  .map(([open, times]) => open.repeat(times));

/** A yes as the service gives it, before anything is altered. */
const yes = ({ networkId, userId, details: shown }: Command): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.boolean(),
      fc.constantFrom<Record<string, unknown>[]>({}, { firstName: null }, { lastName: 5 }, { zzz: {} }),
    )
    .map(([suspended, odd]) => JSON.stringify({ userId, networkId, suspended, ...shown, ...odd }));

/**
 * Bodies for a command: its answer, an error, other JSON, anything; whole, cut or with a bit flipped.
 *
 * @param intact values are: one with a bit flipped is another, which nobody knows for a value
 */
export function bodiesFor(command: Command, { intact }: { intact: boolean }): fc.Arbitrary<string> {
  const words = wordsAbout(command.details);
  const whole = fc.oneof(
    { weight: 3, arbitrary: yes(command) },
    { weight: 5, arbitrary: jsonOf(words) },
    { weight: 1, arbitrary: deep },
    { weight: 1, arbitrary: words },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('', 'null', '[]', '\ufeff{}', '<html></html>', 'x'.repeat(20_000)),
    },
  );
  const meddled = fc.tuple(whole, fc.nat(1000), fc.nat(7)).map(([text, where, bit]) => {
    const bytes = Buffer.from(text);
    if (bytes.length === 0) return text;
    const at = where % bytes.length;
    if (bit === 0 || (intact && LEFT.test(text))) return bytes.toString('utf8', 0, at);
    bytes[at] = (bytes[at] as number) ^ (1 << bit);
    return bytes.toString();
  });
  return fc.oneof({ weight: 3, arbitrary: whole }, meddled);
}

const HEADERS = [
  'x-amzn-errortype',
  'retry-after',
  'x-amz-retry-after',
  'date',
  'x-amzn-requestid',
  '__proto__',
  'constructor',
];

export function headersFor({ details: asked }: Command): fc.Arbitrary<HttpAnswer['headers']> {
  const text = fc.oneof(
    wordsAbout(asked),
    fc.constantFrom(
      '',
      '5',
      '-5',
      '1e9',
      '99999999999999',
      'Mon, 23 Nov 2026 00:00:00 GMT',
      'Mon, x',
      'ValidationError',
    ),
  );
  const header = fc.tuple(fc.constantFrom(...HEADERS), fc.oneof(text, fc.array(text, { maxLength: 2 })));
  return fc.array(header, { maxLength: 3 }).map((all) => Object.fromEntries(all));
}

const LEFT = new RegExp(MARKS.join('|'), 'i');

/** A failure of whatever kind says something, in a form that can be shown, and none of the request's values. */
export function checkFailure({ kind, code, message, fields, retryAfter }: Failure): void {
  expect(['throttle', 'transient', 'credentials', 'final', 'unreachable']).toContain(kind);
  expect(code).toMatch(/^[A-Za-z][\w.[\]-]{0,63}$/);
  for (const field of fields) expect(field).toMatch(/^[A-Za-z][\w.[\]-]{0,63}$/);
  expect(message.length).toBeLessThan(11 * 400);
  expect(message).not.toMatch(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u);
  expect([code, message, ...fields].join('\n')).not.toMatch(LEFT);
  if (retryAfter !== undefined) {
    expect(retryAfter).toBeGreaterThanOrEqual(0);
    expect(retryAfter).toBeLessThanOrEqual(300_000);
  }
}

export const holdsValue = (text: string): boolean => LEFT.test(text);
