import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { parseCompose } from '../../../src/input/rules/compose-option.js';
import { fill } from '../../../src/input/rules/template.js';
import { commands, csv, jsonl, NETWORK, problems, read, warnings } from '../samples.js';

const of = (compose: string[], ignoreUnknownColumns = false) => ({
  networkId: NETWORK,
  compose,
  ignoreUnknownColumns,
});
const made = (template: string, cells: Record<string, string>) => {
  const [composition] = parseCompose([`username=${template}`]);
  return fill(composition?.template ?? [], (column) => cells[column] ?? '');
};
const cells = { 'First Name': 'Zoë', Last: 'Müller', 'a|b': 'x', 'q"': 'y' };

describe('a template', () => {
  it.each([
    ['{First Name|ascii|lower}.{Last|german|lower}@x.org', 'zoe.mueller@x.org'],
    ['{ First Name | UPPER }', 'ZOË'],
    ['{{{Last}}}', '{Müller}'],
    ['{"a|b"}-{"q"""}', 'x-y'],
    ['a=b={Last}', 'a=b=Müller'],
  ])('%s is filled in', (template, text) => expect(made(template, cells)).toEqual({ text }));

  it.each([
    ['x@y', 'the template names no column', 'give `set`'],
    ['{Last', 'a brace of the template has no other one', '{{'],
    ['Last}{Last}', 'a brace of the template has no other one', '{{'],
    ['{}', 'braces of the template name no column', '{First Name}'],
    ['{|lower}', 'braces of the template name no column', '{First Name}'],
    ['{Last|lowr}', 'there is no filter "lowr" (nearest: lower)', 'lower, upper, trim, ascii'],
    ['{Last|constructor}', 'there is no filter "constructor"', 'german'],
    ['{Last|}', 'there is no filter ""', 'german'],
  ])('%s is refused', (template, message, hint) => {
    const refusal = expect(() => parseCompose([`username=${template}`]));
    refusal.toThrow(UsageError);
    refusal.toThrow(expect.objectContaining({ message: expect.stringContaining(message) as string }));
    refusal.toThrow(expect.objectContaining({ hint: expect.stringContaining(hint) as string }));
  });

  it.each([
    [['username'], '`compose` takes FIELD=TEMPLATE'],
    [['usernme={a}'], '`compose` cannot give "usernme" (nearest: username)'],
    [['lookupUsername={a}'], '`compose` cannot give "lookupUsername"'],
    [['username={a}', 'User Name={b}'], '`compose` gives username twice'],
  ])('%j is refused', (entries, message) => expect(() => parseCompose(entries)).toThrow(message));
});

const file = 'userId,Given,Family,firstName\n1,Ana,Vale,Bo\n2,,Vale,\n3,…,Lee,\n4,Al Bo,Lee,Di\n';

describe.each([
  ['CSV', csv, file],
  [
    'JSONL',
    jsonl,
    [
      { userId: '1', Given: 'Ana', Family: 'Vale', firstName: 'Bo' },
      { userId: '2', Family: 'Vale' },
      { userId: '3', Given: '…', Family: 'Lee' },
      { userId: '4', Given: 'Al Bo', Family: 'Lee', firstName: 'Di' },
    ]
      .map((row) => JSON.stringify(row))
      .join('\n'),
  ],
] as const)('of %s', (name, kind, input) => {
  const reading = read(kind, input, of(['username={Given|letters|lower}.{family|lower}']));

  it('makes values, in place of the file’s own, and of columns that nothing else knows', () => {
    expect(reading.error).toBeUndefined();
    expect(commands({ ...reading, rows: reading.rows.filter((row) => 'command' in row) })).toMatchObject([
      { details: { username: 'ana.vale', firstName: 'Bo' } },
      { details: { username: 'albo.lee', firstName: 'Di' } },
    ]);
    const own = read(kind, input, of(['firstName={firstName|upper}{Family}'], true));
    expect(own.rows[0]).toMatchObject({ command: { details: { firstName: 'BOVale' } } });
  });

  it('a blank column is an error with its line, and so is one of which the filters leave nothing', () => {
    const lines = name === 'CSV' ? [3, 4] : [2, 3];
    expect(problems(reading)).toEqual([
      `${lines[0]} username: cannot be composed: the column "Given" is blank`,
      `${lines[1]} username: cannot be composed: the filters leave nothing of the column "Given"`,
    ]);
  });

  it('what is made is graded like a value of the file', () => {
    const spaced = read(kind, input, of(['username={Given} {Family}']));
    expect(problems(spaced)[0]).toMatch(
      /^\d username: has white space in it, U\+0020 \(blank\) at character 4$/,
    );
    const odd = read(kind, input, of(['firstName= {Family}'], true));
    expect(warnings(odd)[0]).toMatch(/firstName: has white space around it/);
  });

  it('a column that the file does not have is an error that names the nearest one', () => {
    const { error } = read(kind, input, of(['username={Famly}'], true));
    expect(error?.message).toContain(
      '`compose` names the column "Famly", which the input does not have (nearest: "Family")',
    );
  });
});

it('a column that comes twice is refused', () => {
  const { error } = read(csv, 'userId,Mail,mail \n1,a,b\n', of(['username={MAIL}']));
  expect(error?.message).toContain('`compose` names "MAIL", and more than one column has that name');
});
