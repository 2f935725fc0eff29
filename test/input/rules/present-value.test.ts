import { expect, it } from 'vitest';
import { changedValue } from '../../../src/input/rules/present-value.js';
import { parseReplace } from '../../../src/input/rules/replace-option.js';

const change = (rule: string, present: string | undefined, strict = false) =>
  changedValue('firstName', present, { replacements: parseReplace([rule]), strict, accepted: new Set() });

it.each([
  ['firstName=/^An/In/', 'Ana', { value: 'Ina' }],
  ['firstName=/x/y/', 'Ana', undefined],
  ['firstName=/A(.*)/A$1/', 'Ana', undefined],
  ['lastName=/A/B/', 'Ana', undefined],
  ['firstName=/^An/In/', undefined, { fault: expect.stringContaining('is not told by the service') }],
  ['firstName=/.*//', 'Ana', { fault: '`replace` leaves nothing of the value' }],
  ['firstName=/^/Dr. /', 'Ana', { fault: expect.stringContaining('would be changed again by the same') }],
  [
    'firstName=/^(\\w+) (\\w+)$/$2 $1/',
    'Ana Lee',
    { fault: expect.stringContaining('if the file were run twice') },
  ],
  ['firstName=/a$/\ufffd/', 'Ana', { fault: expect.stringContaining('would be a value that has U+FFFD') }],
  [
    'firstName=/a$/ /',
    'Ana',
    { value: 'An ', warning: expect.stringContaining('has white space around it') },
  ],
] as const)('%s of %j is %j', (rule, present, result) => {
  expect(change(rule, present)).toEqual(result);
});

it('strictly, what is odd is an error', () => {
  expect(change('firstName=/a$/ /', 'Ana', true)).toEqual({
    fault: expect.stringContaining('would be a value that has white space around it'),
  });
});
