/** Runs over inputs that are not in UTF-8, or have something above their header. */
import { readFile, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { ExitCode, withExitCode } from '../../src/cli/exit-codes.js';
import { InputError, resumeRun, retryRun, updateUsers, validateInput } from '../../src/index.js';
import { reachOf, serviceOf, useWorkplace } from '../workplace.js';

const place = useWorkplace();
const run = () => place.path('run');
const failed = (format = 'csv') => readFile(`${run()}/failed.${format}`);

const CASES: readonly [string, string, Record<string, unknown>, string, string][] = [
  ['windows-1252', 'windows-1252', { encoding: 'windows-1252' }, '', ','],
  ['shift_jis', 'shift_jis', { encoding: 'Shift_JIS' }, '', ';'],
  ['UTF-16LE by its mark', 'utf-16le', {}, '\ufeff', '\t'],
  ['UTF-16BE by its mark', 'utf-16be', {}, '\ufeff', ','],
  ['UTF-16LE without a mark', 'utf-16le', { encoding: 'utf-16le' }, '', ','],
  ['UTF-16LE with sep=', 'utf-16le', {}, '\ufeffsep=|\r\n', '|'],
  ['UTF-8 with #TYPE', 'utf-8', {}, '\ufeff#TYPE A.B\r\n', ','],
  ['a row above the header', 'windows-1252', { encoding: 'cp1252', skipRows: 1 }, 'USERID,"x\r\ny"\r\n', ','],
];

describe.each(CASES)('a run over %s', (_, encoding, options, above, delimiter) => {
  const text = (cells: string[]) => `${cells.join(delimiter)}\r\n`;
  const header = above + text(['userId', 'firstName']);
  const good = text(['10000001', encoding === 'shift_jis' ? '髙橋' : 'Zoë']);
  const bad = [text(['99', 'No']), text(['98', encoding === 'shift_jis' ? 'ソ' : 'Müller'])];
  const bytes = (content: string) => iconv.encode(content, encoding);
  const content = bytes(header + bad[0] + good + bad[1]);

  it('sends the text, and copies the rows that failed byte for byte, for a retry', async () => {
    const emulator = await place.emulate({ users: 3 });
    const input = await place.write('users.csv', content);
    const summary = await updateUsers({
      keepBefore: false,
      ...serviceOf(emulator),
      input,
      folder: run(),
      rate: 5000,
      ...options,
    }).summary;
    expect(summary.statuses).toMatchObject({ updated: 1, failed: 2 });
    expect(emulator.users.get('10000001')?.firstName).toBe(encoding === 'shift_jis' ? '髙橋' : 'Zoë');
    const expected = bytes(header + bad.join(''));
    expect((await failed()).equals(expected)).toBe(true);
    const again = await retryRun(run(), { ...reachOf(emulator), folder: place.path('again') }).summary;
    expect(again.statuses).toMatchObject({ updated: 0, failed: 2 });
    expect((await readFile(place.path('again/failed.csv'))).equals(expected)).toBe(true);
  });

  it('goes on after it was killed, but not with another file', async () => {
    const emulator = await place.emulate({ users: 3 });
    const input = await place.write('users.csv', content);
    await updateUsers({
      keepBefore: false,
      ...serviceOf(emulator),
      input,
      folder: run(),
      rate: 5000,
      ...options,
    }).summary;
    await rm(`${run()}/summary.json`);
    await rm(`${run()}/failed.csv`);
    await place.write('users.csv', bytes(header + bad[1] + good + bad[0]));
    await expect(resumeRun(run(), reachOf(emulator)).summary).rejects.toThrow(InputError);
    await place.write('users.csv', content);
    expect(withExitCode(await resumeRun(run(), reachOf(emulator)).summary)).toMatchObject({
      rows: 3,
      exitCode: ExitCode.rowsFailed,
    });
    expect((await failed()).equals(bytes(header + bad.join('')))).toBe(true);
  });

  it('takes it from standard input', async () => {
    const emulator = await place.emulate({ users: 3 });
    const input = Readable.from([content.subarray(0, 31), content.subarray(31)]);
    await updateUsers({
      keepBefore: false,
      ...serviceOf(emulator),
      input,
      format: 'csv',
      folder: run(),
      rate: 5000,
      ...options,
    }).summary;
    expect((await failed()).equals(bytes(header + bad.join('')))).toBe(true);
  });
});

it('a failed.jsonl in UTF-16 has the byte order mark that a retry finds it by', async () => {
  const emulator = await place.emulate({ users: 1 });
  const rows = ['{"userId":"10000001","firstName":"Zoë"}\n', '{"userId":"99","firstName":"Ön"}\n'];
  const input = await place.write('users.jsonl', Buffer.from(`\ufeff${rows.join('')}`, 'utf16le'));
  await updateUsers({ keepBefore: false, ...serviceOf(emulator), input, folder: run(), rate: 5000 }).summary;
  expect((await failed('jsonl')).equals(Buffer.from(`\ufeff${rows[1]}`, 'utf16le'))).toBe(true);
  const again = await retryRun(run(), { ...reachOf(emulator), folder: place.path('again') }).summary;
  expect(again.statuses.failed).toBe(1);
});

it('nothing is sent if a byte is not in the encoding, and no folder is left', async () => {
  const emulator = await place.emulate({ users: 1 });
  const content = Buffer.from('userId,firstName\n10000001,A\n10000002,\x81\n', 'latin1');
  for (const input of [await place.write('users.csv', content), Readable.from([content])]) {
    const running = updateUsers({
      keepBefore: false,
      ...serviceOf(emulator),
      input,
      format: 'csv',
      folder: run(),
      encoding: 'windows-1252',
      skipInvalid: true,
    }).summary;
    await expect(running).rejects.toThrow('line 3: byte 10 is not valid in windows-1252');
    await expect(readFile(`${run()}/run.json`)).rejects.toThrow('ENOENT');
  }
  expect(emulator.counts.UpdateUser ?? 0).toBe(0);
});

it('validate reads it as well', async () => {
  const input = await place.write('users.csv', iconv.encode('x\nuserId;firstName\n7;Zoë\n', 'cp850'));
  const options = { input, networkId: '12345678', encoding: 'cp850', skipRows: 1 };
  expect(await validateInput(options)).toMatchObject({ rows: 1 });
});
