/** The samples of what HR systems, directories and spreadsheets write, each through the command as it is. */
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { EmulatedUser, Emulator } from '../../src/emulator/server.js';
import { firstOf, isLong } from '../length.js';
import { environmentOf, outcomes, useWorkplace } from '../workplace.js';
import { type Ended, run } from './command.js';

interface ExpectedRow {
  /** On which the row starts; the file's first line is 1. */
  readonly line: number;
  readonly userId: string;
  /** Absent if the cell is blank. */
  readonly firstName?: string;
  readonly lastName?: string;
}

interface Expected {
  /** What a user has to give beside the network. */
  readonly flags: readonly string[];
  /** The columns that are read, each with the field it is read as. */
  readonly mapped: Readonly<Record<string, string>>;
  /** What stands in columns that are not read. */
  readonly unmapped: readonly string[];
  /** In the order of the file. */
  readonly rows: readonly ExpectedRow[];
}

const place = useWorkplace();
const samples = fileURLToPath(new URL('../../fixtures/hr/', import.meta.url));
const sample = (name: string) => samples + name;
// Written together with the samples, by another program's codecs: no reader of ours has a say in it.
const expected = JSON.parse(await readFile(new URL('hr-expected.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, Expected>
>;
const cases = Object.entries(expected);

/** Refused on purpose: it has the legal and the preferred name. */
const AMBIGUOUS = 'workday-preferred.csv';
const network = ['--network-id', '12345678'];

const updateFrom = (name: string, flags: readonly string[], emulator: Emulator): Promise<Ended> =>
  run(['update', sample(name), ...network, ...flags, '--rate', '2000', '--out', place.path('run')], {
    env: environmentOf(emulator, place.folder),
  });

describe('the samples', () => {
  it('each have an expectation', async () => {
    const names = (await readdir(samples)).filter((name) => !name.startsWith('.'));
    expect(names.sort()).toEqual([...Object.keys(expected), AMBIGUOUS].sort());
  });

  it.each([
    ['workday.csv', /^Employee ID,.*[^\r]\n/],
    ['successfactors.csv', /^\xef\xbb\xbfperson-id-external,.*\r\nPerson ID External,.*\r\n"/],
    ['bamboohr.csv', /^"Employee #","Last Name, First Name",.*[^\r]\n/],
    ['adp.csv', /^Associate ID,.*\r\n/],
    ['active-directory-powershell-5.csv', /^\xef\xbb\xbf#TYPE Selected\..*\r\n"GivenName",.*\r\n/],
    ['active-directory-powershell-7.csv', /^"GivenName",.*\r\n/],
    ['excel-csv-utf-8.csv', /^\xef\xbb\xbfE-mail,.*\r\n/],
    ['excel-unicode-text.txt', /^\xff\xfeE\0m\0a\0i\0l\0 \0a\0d\0d\0r\0e\0s\0s\0\t\0.*\r\0\n\0/],
    ['semicolon.csv', /^Personalnummer;Vorname;.*\r\n/],
    ['windows-1252.csv', /^Personalnummer;Vorname;.*\r\n[\s\S]*M\xfcller[\s\S]*\x80/],
  ])('are what they are called: %s', async (name, opening) => {
    expect(await readFile(sample(name), 'latin1')).toMatch(opening);
  });

  it.each(cases)('have names of all kinds and cells of several lines: %s', (name, { rows }) => {
    expect(rows.length).toBeGreaterThanOrEqual(50);
    const names = rows.map(({ firstName, lastName }) => `${firstName} ${lastName}`).join('\n');
    const kinds = [/[À-ÿ]/, /O'Brien/, /O’Connor/, /\w-\w/, /"/, /undefined /, / undefined/];
    const others = [/\p{Script=Han}/u, /\p{Script=Arabic}/u, /\p{Script=Hebrew}/u, /[\u{20000}-\u{2ffff}]/u];
    for (const kind of kinds) expect(names).toMatch(kind);
    if (name !== 'windows-1252.csv') for (const kind of others) expect(names).toMatch(kind);
    const linesTaken = rows.slice(1).map(({ line }, i) => line - (rows[i] as ExpectedRow).line);
    expect(linesTaken.filter((lines) => lines > 1).length).toBeGreaterThan(5);
  });
});

describe.each(firstOf(1, cases))('%s', (name, { flags, mapped, unmapped, rows }) => {
  // An update checks the file as well.
  it.runIf(isLong)('is valid', async () => {
    const { code, stdout, stderr } = await run(['validate', sample(name), ...network, ...flags, '--json']);
    expect(code, stdout + stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ rows: rows.length, networkId: '12345678' });
  });

  it('makes the users what it says, and leaves the others alone', async () => {
    const emulator = await place.emulate();
    const should = new Map([...emulator.users].map(([userId, user]) => [userId, { ...user }]));
    for (const row of rows) should.set(row.userId, changedBy(row, should.get(row.userId)));

    const { code, stdout, stderr } = await updateFrom(name, flags, emulator);

    expect(code, stdout + stderr).toBe(0);
    expect([...emulator.users.values()]).toEqual([...should.values()]);
    expect(emulator.counts.UpdateUser).toBe(rows.length);
    const report = await outcomes(place.path('run/report.csv'));
    expect(report.sort((a, b) => a.row - b.row).map(inShort)).toEqual(rows.map(inReport));
    for (const [column, field] of Object.entries(mapped)) {
      expect(stdout + stderr).toContain(`'${column}' → ${field}\n`);
    }
    const written = `${stdout}${stderr}${await runFiles()}`;
    expect(written).not.toMatch(/@example\.com/i);
    const values = [...unmapped, ...rows.flatMap(({ firstName, lastName }) => [firstName, lastName])];
    expect(values.filter((value) => isTelling(value) && written.includes(value))).toEqual([]);
  });
});

/** The user as the row wants them to be. */
const changedBy = ({ firstName, lastName }: ExpectedRow, user: EmulatedUser | undefined): EmulatedUser => ({
  ...(user as EmulatedUser),
  ...(firstName === undefined ? {} : { firstName }),
  ...(lastName === undefined ? {} : { lastName }),
  modified: expect.any(Number),
});

type Reported = Awaited<ReturnType<typeof outcomes>>[number];

const inShort = ({ row, line, userId, status, changed }: Reported) => ({
  row,
  line,
  userId,
  status,
  changed,
});

const inReport = ({ line, userId, ...names }: ExpectedRow, index: number): ReturnType<typeof inShort> => ({
  row: index + 1,
  line,
  userId,
  status: 'updated',
  changed: Object.keys(names) as (keyof typeof names)[],
});

/** Everything the run wrote, but for what is there to hold values. */
async function runFiles(): Promise<string> {
  const names = (await readdir(place.path('run'))).filter((name) => !name.startsWith('failed'));
  expect(names).toEqual(expect.arrayContaining(['report.csv', 'run.json', 'summary.json']));
  return (await Promise.all(names.map((name) => place.read(`run/${name}`)))).join('\n');
}

/** Whether a value is long enough, or odd enough, not to turn up by chance, as in the name of a folder. */
const isTelling = (value: string | undefined): value is string =>
  value !== undefined && (value.length > 4 || (value.length > 1 && /[^ -~]/.test(value)));

describe('what is not certain is asked for, and nothing is sent', () => {
  it.each(firstOf(1, ['update', 'validate']))('a legal and a preferred name: %s', async (verb) => {
    const emulator = await place.emulate();
    const args = [verb, sample(AMBIGUOUS), ...network, '--map', 'auto'];
    const { code, stdout, stderr } = await run(args, {
      env: environmentOf(emulator, place.folder),
      cwd: place.folder,
    });
    expect(code).toBe(2);
    expect(stdout + stderr).toContain('Legal First Name');
    expect(stdout + stderr).toContain('Preferred First Name');
    expect(emulator.counts.UpdateUser).toBe(0);
  });

  it('letters that are not UTF-8, without --encoding', async () => {
    const emulator = await place.emulate();
    const { code, stdout, stderr } = await updateFrom('windows-1252.csv', ['--map', 'auto'], emulator);
    expect(code).toBe(2);
    expect(stdout + stderr).toContain('--encoding');
    expect(emulator.counts.UpdateUser).toBe(0);
  });
});
