import { describe, expect, it } from 'vitest';
import { RedrawnLines, terminalLines } from '../../src/screen/watch.js';

const lines = (isTTY: boolean, columns?: number) => {
  const written: string[] = [];
  const screen = { isTTY, columns, write: (text: string) => written.push(text) };
  return { written, shown: new RedrawnLines(screen) };
};

describe('lines that change', () => {
  it('are drawn over on a terminal, also if they go on below', () => {
    const { written, shown } = lines(true, 10);
    shown.show('running\n\x1b[31m1234567890\x1b[39m1\n', 0, true);
    shown.show('paused\n', 1, false);
    shown.clear();
    shown.clear();
    expect(written).toEqual([
      'running\n\x1b[31m1234567890\x1b[39m1\n',
      '\x1b[3A\r\x1b[J',
      'paused\n',
      '\x1b[1A\r\x1b[J',
    ]);
  });

  it('follow each other elsewhere, when they are news and every 10 s', () => {
    const { written, shown } = lines(false);
    for (const [text, now, isNew] of [
      ['a\n', 0, true],
      ['b\n', 9_999, false],
      ['c\n', 10_000, false],
      ['d\n', 10_001, true],
      ['e\n', 20_000, false],
    ] as const)
      shown.show(text, now, isNew);
    shown.clear();
    expect(written).toEqual(['a\n', 'c\n', 'd\n']);
  });
});

it.each([
  ['', 80, 0],
  ['\n', 80, 1],
  [`${'x'.repeat(80)}\n`, 80, 1],
  [`${'x'.repeat(81)}\ny\n`, 80, 3],
])('%j takes on a terminal of %i columns %i lines', (text, columns, count) => {
  expect(terminalLines(text, columns)).toBe(count);
});
