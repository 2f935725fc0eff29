import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Progress } from '../../src/index.js';
import type { Summary } from '../../src/model.js';
import { duration, plain, plainJson } from '../../src/screen/plain.js';
import { ProgressDisplay, progressLine } from '../../src/screen/progress.js';
import { shellWord } from '../../src/screen/shell-word.js';
import { renderSummary } from '../../src/screen/summary.js';
import { coloured, uncoloured } from '../../src/text/paint.js';

const summary: Summary = {
  version: '1.2.3',
  command: 'update',
  networkId: '12345678',
  rows: 1234,
  statuses: {
    updated: 1200,
    unchanged: 0,
    skipped: 0,
    failed: 34,
    invalid: 0,
    conflict: 0,
    mismatch: 0,
    unprocessed: 0,
  },
  warnings: 0,
  errors: { ValidationError: 4, ResourceNotFoundError: 30 },
  failures: [
    {
      ...{ status: 'failed', errorCode: 'ResourceNotFoundError', message: 'no such user', rows: 30 },
      lines: [2, 5, 9, 11, 12],
    },
    {
      ...{ status: 'failed', errorCode: 'ValidationError', message: 'username: is taken', rows: 1 },
      lines: [7],
    },
  ],
  attempts: 1300,
  throttled: 13,
  rowsPerSecond: 48.2,
  workedMs: 65_000,
  startedAt: '2026-11-23T12:00:00.000Z',
  finishedAt: '2026-11-23T13:01:05.000Z',
  options: {},
  hashes: { input: '0', report: '1' },
  folder: '/runs/a b',
  report: '/runs/a b/report.csv',
  failed: '/runs/a b/failed.csv',
};

describe('the summary', () => {
  it('says what happened, where it is written and what to do next', () => {
    expect(renderSummary(summary)).toBe(
      `1,234 rows: 1,200 updated, 34 failed
  30 failed: no such user (ResourceNotFoundError), lines 2, 5, 9, 11, 12 and 25 more
    Are these user IDs of this network? "wickr-bulk export" lists those that are; --missing skip leaves out the others.
  1 failed: username: is taken (ValidationError), line 7
    Correct what the message names in these lines.
  3 for other reasons, which the report has
1,300 requests, 13 throttled (1.0 %), 48.2 rows/s, 1 min 05 s
report: /runs/a b/report.csv
rows to run again: /runs/a b/failed.csv
  correct them if they need it, then: wickr-bulk retry '/runs/a b'
`,
    );
  });

  it('has its counts in a table on a terminal', () => {
    const statuses = { ...summary.statuses, unchanged: 7, unprocessed: 3 };
    const stopped = { code: 'OUTAGE', message: 'it is down\u001b[31m', hint: 'Wait.' } as const;
    const given = { ...summary, statuses, failures: [], stopped };
    const lines = (look: { colour: boolean; isTerminal: boolean }) =>
      renderSummary(given, { paint: look.colour ? coloured : uncoloured, isTerminal: look.isTerminal }).split(
        '\n',
      );
    expect(lines({ colour: false, isTerminal: true }).slice(0, 7)).toEqual([
      'stopped: it is down\uFFFD[31m',
      '  Wait.',
      '1,234 rows',
      '  1,200 updated',
      '      7 unchanged',
      '     34 failed',
      '      3 unprocessed',
    ]);
    expect(lines({ colour: true, isTerminal: true }).slice(0, 7)).toEqual([
      '\x1b[31mstopped: it is down\uFFFD[31m\x1b[39m',
      '  Wait.',
      '1,234 rows',
      '  \x1b[32m1,200 updated\x1b[39m',
      '      7 unchanged',
      '  \x1b[31m   34 failed\x1b[39m',
      '  \x1b[33m    3 unprocessed\x1b[39m',
    ]);
    expect(lines({ colour: true, isTerminal: false })[2]).toBe(
      '1,234 rows: \x1b[32m1,200 updated\x1b[39m, 7 unchanged, \x1b[31m34 failed\x1b[39m, \x1b[33m3 unprocessed\x1b[39m',
    );
    expect(lines({ colour: true, isTerminal: false }).at(-2)).toBe(
      "continue it: \x1b[1mwickr-bulk resume '/runs/a b'\x1b[22m",
    );
    expect(renderSummary(given)).toBe(lines({ colour: false, isTerminal: false }).join('\n'));
  });

  it('says once that it may be the wrong network if nobody was found in it', () => {
    const { failures: [first] = [] } = summary;
    const statuses = { ...summary.statuses, updated: 0, failed: 30 };
    const failures = first ? [first] : [];
    const text = renderSummary({ ...summary, rows: 30, statuses, failures });
    expect(text).toContain('Is it the right network? Check --network-id, --region and the account.');
    expect(renderSummary({ ...summary, failures })).not.toContain('right network');
  });

  it('names one command: what was not sent goes before what failed, and that before taking it back', () => {
    const next = (statuses: Partial<Summary['statuses']>, failed?: string, before = 'x') =>
      renderSummary({
        ...summary,
        statuses: { ...summary.statuses, failed: 0, ...statuses },
        hashes: { ...summary.hashes, before },
        ...{ failures: [], failed },
      } as Summary)
        .split('\n')
        .filter((line) => line.includes('wickr-bulk '));
    expect(next({ unprocessed: 3, failed: 2 }, '/f.csv')).toEqual([
      "continue it: wickr-bulk resume '/runs/a b'",
    ]);
    expect(next({ failed: 2 }, '/f.csv')).toEqual([expect.stringMatching(/wickr-bulk retry '\/runs\/a b'$/)]);
    expect(next({})).toEqual(["take it back: wickr-bulk undo '/runs/a b'"]);
    expect(next({ updated: 0, unchanged: 9 })).toEqual([]);
  });

  it('says how many users may have a temporary username, and in which rows', () => {
    const said = (count: number, rows: number[]) =>
      renderSummary({ ...summary, temporaryNames: { count, rows } });
    expect(said(1, [7])).toContain('\n1 user has or may have a temporary username: row 7\n');
    expect(said(2, [7, 3])).toContain('\n2 users have or may have a temporary username: rows 7, 3\n');
    expect(said(1234, [7, 3])).toContain(': rows 7, 3 and 1,232 more\n');
    expect(renderSummary(summary)).not.toContain('temporary');
  });

  it('says who is in the input alone and who is in the network alone, and where they are listed', () => {
    const said = (count: number) => {
      const people = {
        missing: { count, file: '/r/missing.csv' },
        unlisted: { count, file: '/r/unlisted.csv' },
      };
      return renderSummary({ ...summary, ...people });
    };
    expect(said(1)).toContain(
      '\n1 row is of a user who is not in the network: /r/missing.csv\n1 user of the network is in no row: /r/unlisted.csv\n',
    );
    expect(said(1200)).toContain(
      '\n1,200 rows are of users who are not in the network: /r/missing.csv\n1,200 users of the network are in no row: /r/unlisted.csv\n',
    );
    const none = { missing: { count: 0 }, unlisted: { count: 0, file: '/r/unlisted.csv' } };
    expect(renderSummary({ ...summary, ...none })).toBe(renderSummary(summary));
  });

  it('of a run in the wrong network names no run to go on with, nor a retry', () => {
    const { failures: [first] = [] } = summary;
    const statuses = { ...summary.statuses, updated: 0, failed: 20, unprocessed: 1214 };
    const stopped = { code: 'SAME_ERROR', message: 'all met it', hint: 'look at them' } as const;
    const text = renderSummary({ ...summary, statuses, failures: first ? [first] : [], stopped });
    expect(text.split('\n').slice(0, 4)).toEqual([
      'nobody was changed: nothing was found in network 12345678 (ResourceNotFoundError)',
      '  Is it the right network? Check --network-id, --region and the account.',
      '1,234 rows: 20 failed, 1,214 unprocessed',
      'stopped: all met it',
    ]);
    expect(text).not.toMatch(/wickr-bulk|look at them/);
    // What has stopped it for another reason is said first.
    const busy = renderSummary({
      ...summary,
      statuses,
      failures: first ? [first] : [],
      stopped: { ...stopped, code: 'RUN_FOLDER' },
    });
    expect(busy).toMatch(/^stopped: all met it\n {2}look at them\n/);
    // Users who were left out as they are were found, so that it is the right one.
    expect(renderSummary({ ...summary, statuses: { ...statuses, unchanged: 1 } })).toContain(
      'wickr-bulk resume',
    );
  });

  it('of a run in the wrong region names no run to go on with', () => {
    const statuses = { ...summary.statuses, updated: 0, failed: 0, unprocessed: 1234 };
    const next = (code: 'WRONG_REGION' | 'CREDENTIALS') =>
      renderSummary({ ...summary, statuses, failures: [], stopped: { code, message: 'x', hint: 'y' } });
    expect(next('WRONG_REGION')).toMatch(/^stopped: x\n {2}y\n1,234 rows/);
    expect(next('WRONG_REGION')).not.toContain('wickr-bulk resume');
    expect(next('CREDENTIALS')).toContain('wickr-bulk resume');
  });

  it('says why a run was stopped', () => {
    const text = renderSummary({
      ...summary,
      stopped: { code: 'MAX_ERRORS', message: 'too many errors', hint: 'look at them' },
    });
    expect(text).toContain('stopped: too many errors\n  look at them\n');
  });

  it('stays in its lines whatever a path has in it', () => {
    const text = renderSummary({ ...summary, report: '/runs/a\nstopped: no\r/b' });
    expect(text).toContain('\nreport: /runs/a�stopped: no�/b\n');
  });

  it('shows no control characters of a path', () => {
    expect(renderSummary({ ...summary, report: '/runs/\u001b[31m\u202e' })).toContain(
      'report: /runs/�[31m�\n',
    );
  });
});

describe('progress', () => {
  const progress = {
    rows: 1000,
    done: 250,
    updated: 240,
    failed: 10,
    throttled: 7,
    rate: 52.3,
    heldMs: 0,
    paused: false,
  };
  const shown = (isTTY: boolean, at: number[], columns = 120) => {
    const written: string[] = [];
    const display = new ProgressDisplay({ isTTY, columns, write: (text: string) => written.push(text) }, 0);
    for (const now of at) display.show(progress, now);
    display.end();
    return written;
  };

  it('tells how many users were read before anything is sent', () => {
    const written: string[] = [];
    const display = new ProgressDisplay({ isTTY: true, write: (text: string) => written.push(text) }, 0);
    for (const now of [100, 150, 300]) display.showUsers(12_300 + now, now);
    expect(written).toEqual(['\rreading users: 12,400\x1b[K', '\rreading users: 12,600\x1b[K']);
  });

  it('elsewhere than on a terminal is a plain line every 10 s', () => {
    expect(shown(false, [100, 5000, 10_000, 15_000, 20_000])).toEqual([
      '250/1,000, 240 updated, 10 failed, 52/s, 7 throttled\n',
      '250/1,000, 240 updated, 10 failed, 52/s, 7 throttled\n',
    ]);
  });

  it('on a terminal is a bar that is drawn anew, and cleared at the end', () => {
    const [first = '', ...rest] = shown(true, [10_000, 10_050, 10_100]);
    expect(first).toBe(
      `\r[########......................] 250/1,000, 240 updated, 10 failed, 52/s, 7 throttled\u001b[K`,
    );
    expect(rest).toHaveLength(2);
    expect(rest.at(-1)).toBe('\r\u001b[K');
  });

  it.each([
    [75, '[.......] 250/1,000, 240 updated, 10 failed, 52/s, 7 throttled, 25 s left'],
    [60, '[.....] 250/1,000, 240 updated, 10 failed, 52/s, 25 s left'],
    [50, '250/1,000, 240 updated, 10 failed, 25 s left'],
    [40, '250/1,000, 10 failed, 25 s left'],
    [25, '250/1,000, 25 s left'],
    [20, '[......] 250/1,000'],
    [9, ''],
  ])('on a terminal of %i columns keeps the time left for longest', (columns, line) => {
    expect(progressLine(progress, 25_000, columns).replaceAll('#', '.')).toBe(line);
  });

  it.each<[number, Partial<Progress>, string]>([
    [80, { limit: 60.2 }, '250/1,000, 240 updated, 10 failed, 52/s of 60/s, 7 throttled, 25 s left'],
    [
      80,
      { rate: 4.26, limit: 4.31 },
      '250/1,000, 240 updated, 10 failed, 4.3/s of 4.3/s, 7 throttled, 25 s left',
    ],
    [80, { rate: 0 }, '250/1,000, 240 updated, 10 failed, service down, probing, 25 s left'],
    [40, { rate: 0 }, '250/1,000, service down, 25 s left'],
    [
      80,
      { heldMs: 12_000 },
      '250/1,000, 240 updated, 10 failed, waiting for the rate limit, 12 s, 25 s left',
    ],
    [40, { heldMs: 12_000 }, '250/1,000, waiting 12 s, 25 s left'],
    [80, { heldMs: 400 }, '250/1,000, 240 updated, 10 failed, 52/s, 7 throttled, 25 s left'],
    [40, { paused: true, rate: 0 }, '250/1,000, 10 failed, paused, 25 s left'],
  ])('on a terminal of %i columns says %j', (columns, given, line) => {
    const { rate = progress.rate } = given;
    const shownLine = progressLine({ ...progress, ...given, rate }, 25_000, columns);
    expect(shownLine.replace(/^\[.*\] /, '')).toBe(line);
    expect(shownLine.length).toBeLessThan(columns);
  });

  it('tells no time while the service is down', () => {
    const written: string[] = [];
    const display = new ProgressDisplay({ isTTY: true, write: (text: string) => written.push(text) }, 0);
    for (const [now, done] of [
      [1000, 250],
      [2000, 275],
    ] as const)
      display.show({ ...progress, done }, now);
    expect(written.at(-1)).toContain(' left');
    display.show({ ...progress, done: 275, rate: 0 }, 3000);
    expect(written.at(-1)).toContain('service down, probing');
    expect(written.at(-1)).not.toContain(' left');
  });

  it('has colours that take no room', () => {
    const written: string[] = [];
    const screen = { isTTY: true, columns: 60, write: (text: string) => written.push(text) };
    const display = new ProgressDisplay(screen, 0, coloured);
    display.show(progress, 10_000);
    display.show({ ...progress, paused: true }, 10_100);
    expect(written[0]).toBe('\r250/1,000, 240 updated, \x1b[31m10 failed\x1b[39m, 52/s, 7 throttled\x1b[K');
    expect(written[1]).toContain('\x1b[33mpaused\x1b[39m');
  });

  it('takes a terminal that says that it is 0 wide for one of 80 columns', () => {
    expect(shown(true, [10_000], 0)[0]).toContain('7 throttled');
  });

  it('leaves nothing of a bar that a narrower terminal has broken', () => {
    const written: string[] = [];
    const screen = { isTTY: true, columns: 80, write: (text: string) => written.push(text) };
    const display = new ProgressDisplay(screen, 0);
    display.show(progress, 10_000);
    screen.columns = 30;
    display.show(progress, 11_000);
    screen.columns = 28;
    display.end();
    expect(written[0]?.length).toBeGreaterThan(60);
    expect(written.slice(1)).toEqual(['\r\x1b[2A\x1b[J[#....] 250/1,000, 10 failed\x1b[K', '\r\x1b[K']);
  });

  it('says that the run is paused, and does not count that time', () => {
    const written: string[] = [];
    const display = new ProgressDisplay({ isTTY: true, write: (text: string) => written.push(text) }, 0);
    for (const [now, done, paused] of [
      [1000, 250, false],
      [2000, 275, false],
      [2100, 275, true],
      [90_000, 275, true],
      [91_000, 300, false],
    ] as const)
      display.show({ ...progress, done, paused }, now);
    expect(written.at(-2)).toContain('275/1,000, 240 updated, 10 failed, paused, 7 throttled');
    expect(written.at(-1)).toContain('52/s, 7 throttled, 28 s left');
  });

  it('does not count what was done before, nor the time in which nothing was', () => {
    const written: string[] = [];
    const display = new ProgressDisplay({ isTTY: true, write: (text: string) => written.push(text) }, 0);
    for (const [now, done] of [
      [1000, 250],
      [2000, 275],
      [3000, 300],
    ] as const)
      display.show({ ...progress, done }, now);
    expect(written.at(-1)).toContain('28 s left');
  });
});

it.each([
  [0.4, '0 s'],
  [59.4, '59 s'],
  [185, '3 min 05 s'],
  [7620, '2 h 07 min'],
])('%d s is %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

it('plain text keeps its lines and nothing else that is unseen', () => {
  expect(plain('a\nb\r\u0007\u001b]0;x\u0007\u202e')).toBe('a\nb���]0;x��');
});

it('JSON for a screen is the same JSON, without anything unseen', () => {
  const value = { a: '\n\u001b\u009b\u202e\u{e0041}\ud800é"\\' };
  expect(JSON.parse(plainJson(value))).toEqual(value);
  expect(plainJson(value)).toBe(String.raw`{"a":"\n\u001b\u009b\u202e\udb40\udc41\ud800é\"\\"}`);
});

it.each(['users.csv', 'a b', "O'Brien's", 'a\nb', "\u001b[31m'\\x\u202e\u009b", '$(ls)`ls`', '\u{e0041}名'])(
  'a shell reads %j as it was',
  (text) => {
    const word = shellWord(text);
    expect(plain(word)).toBe(word);
    expect(word).not.toContain('\n');
    expect(execFileSync('bash', ['-c', `printf %s ${word}`], { encoding: 'utf8' })).toBe(text);
  },
);

it.each([
  ['C:/runs/2026-01-31T120000Z-users', 'C:/runs/2026-01-31T120000Z-users'],
  ['C:\\Users\\jo\\runs', '"C:\\Users\\jo\\runs"'],
  ["C:\\Jo O'Brien\\runs & more, 100%", '"C:\\Jo O\'Brien\\runs & more, 100%"'],
  ['D:\\a b\\', '"D:\\a b\\\\"'],
  ['$home`s', '"`$home``s"'],
  ['„runs“', '"`„runs`“"'],
  ['a\u202eb', '"a$([char]::ConvertFromUtf32(8238))b"'],
  ['\u{e0041}', '"$([char]::ConvertFromUtf32(917569))"'],
])('cmd and PowerShell read %j as %s', (text, word) => {
  expect(shellWord(text, 'win32')).toBe(word);
});
