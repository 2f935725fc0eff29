import { describe, expect, it } from 'vitest';
import { csv, NETWORK, problems, read, warnings } from '../samples.js';

const swallowed = /looks like a row of its own, but a quote before it makes it a part of this one/;

describe('a quote that swallows another row', () => {
  it.each([
    ['a lost quote', 'userId,firstName,lastName\n1000043,"Ana,Lee\n1000044,Bo",Kim\n', 3],
    ['with CRLF', 'userId,firstName,lastName\r\n1000043,"Ana,Lee\r\n1000044,Bo",Kim\r\n', 3],
    ['over three rows', 'userId,firstName,lastName\n1000043,"Ana,Lee\n1000044,Bo,Kim\n1000045,Cy",Day\n', 3],
    ['in a column that is not read', 'userId,lastName,note\n1000043,Lee,"a\n1000044,Kim,b"\n', 3],
    ['by username', 'lookupUsername;firstName;x\na@x.org;"Ana;1\nb@x.org;Bo";2\n', 3],
    ['in the last column', 'x,userId,lastName\n1,1000043,"Lee\n2,1000044,Kim"\n', 3],
  ])('%s', (_, input, line) => {
    const [problem, ...more] = problems(read(csv, input, { networkId: NETWORK, ignoreUnknownColumns: true }));
    expect(problem).toMatch(new RegExp(`^2: line ${line} `));
    expect(problem).toMatch(swallowed);
    expect(more).toEqual([]);
  });

  it.each([
    ['a name of two lines', 'userId,firstName,lastName\n1000043,"Ana\nLee",Kim\n'],
    ['an address', 'userId,lastName,address\n1000043,Lee,"Main St 5\n12345 Springfield, USA"\n'],
    ['a list in a note', 'userId,lastName,note\n1000043,Lee,"has\n1, a laptop\n2, a phone"\n'],
    ['numbers of another length', 'userId,lastName,note\n1000043,Lee,"has\n17,a,b"\n'],
    ['a contact', 'lookupUsername,lastName,note\na@x.org,Lee,"call\nb@x.org"\n'],
  ])('is not seen in %s', (_, input) => {
    const reading = read(csv, input, { networkId: NETWORK, ignoreUnknownColumns: true });
    expect(problems(reading)).toEqual([]);
    expect(reading.rows).toMatchObject([{ line: 2 }]);
  });

  it('any line break in a name is a warning', () => {
    const reading = read(csv, 'userId,firstName\n1000043,"Ana\nLee"\n');
    expect(warnings(reading)).toEqual([
      '2 firstName: has a line break in it: is a quote missing or misplaced?',
    ]);
  });
});

describe('the cause of what is wrong is named', () => {
  it.each([
    [
      '1000042, "Ana"',
      'cell 2 has a blank before its quote, which makes the quote a part of the value: take the blank out',
    ],
    ['1000042,\t"Ana"', 'cell 2 has a blank before its quote'],
    ['="1000042",Ana', 'cell 1 is written as ="…", a spreadsheet\'s trick'],
    ['1000042,A"na', 'a quote is inside a cell that does not start with one'],
    [
      '1000042,“Lee, Ana”',
      'has 3 cells, the header has 2: curly quotes are none to CSV, write straight ones (")',
    ],
    [
      '1000042,Lee,Ana',
      'has 3 cells, the header has 2: does a cell with the delimiter in it lack its quotes?',
    ],
  ])('%s', (row, reason) => {
    expect(problems(read(csv, `userId,firstName\n${row}\n`)).join()).toContain(`2: ${reason}`);
  });
});
