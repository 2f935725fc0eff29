/** Text from outside is looked at in a time that grows with its length alone: a megabyte of it never holds up a run. */
import { expect, it } from 'vitest';
import { normalizeName, shownName } from '../src/input/columns/column-names.js';
import { userIdFault } from '../src/input/fields/ids.js';
import { looksTemporary } from '../src/plan/renames/temporary-name.js';
import { isFormula } from '../src/report/line.js';
import { nearest } from '../src/text/nearest-name.js';
import { printable } from '../src/text/printable.js';
import { folded } from '../src/text/username.js';
import { readFailure } from '../src/wickr/error-answer.js';
import { redact, redactId, redactName } from '../src/wickr/redact.js';
import { size } from './length.js';

const values = { username: 'ann@example.com', firstName: 'Anna', lastName: "O'Brien" };
/** Each is a start that promises a match, over and over, and an end that breaks the promise. */
const hostile = [
  ...[
    'a',
    'A',
    '1',
    '@',
    '.',
    "'",
    '"',
    '“',
    ' ',
    '#',
    ':',
    ';',
    '=',
    '%41',
    '&#39;',
    '\\u0041',
    '\t',
    'é',
    '\u0301',
  ],
  ...[
    'Aa',
    'a.',
    'A.',
    'a@',
    '.tmp1',
    '.tmp1@',
    'credential ',
    'signature:',
    'AKIA',
    '"a',
    "'a' ",
    'Anna',
    'ann@',
    '; ',
  ],
  ...['Error', '-', 'A-', '<', '\n', '\0', '\ud83d'],
].map((part) => [part, '\u0000'] as const);

const looks: Record<string, (text: string) => unknown> = {
  redact: (text) => redact(text, values),
  'redact, of what it reads at all': (text) => redact(text.slice(-9990), values),
  redactName: (text) => redactName(text, values),
  redactId: (text) => redactId(text, values),
  'an error that the service states': (text) =>
    readFailure(
      {
        status: 400,
        headers: { 'x-amzn-errortype': text, 'retry-after': text, 'x-amz-retry-after': text },
        body: JSON.stringify({ code: text, message: text, reasons: [{ field: text, reason: text }] }),
      },
      values,
      0,
    ),
  'the name of a column': (text) => [
    normalizeName(text),
    shownName(text),
    nearest(text, ['userId'], normalizeName),
  ],
  'a cell': (text) => [
    userIdFault(text),
    looksTemporary(text),
    folded(text),
    isFormula(text),
    printable(text),
  ],
};

it.each(Object.entries(looks))('%s', (_name, look) => {
  const length = size(100_000, 1_000_000);
  for (const [part, end] of hostile) look(part.repeat(length / part.length) + end);
  expect(hostile.length).toBeGreaterThan(30);
});
