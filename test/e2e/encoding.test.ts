import { readFile } from 'node:fs/promises';
import iconv from 'iconv-lite';
import { expect, it } from 'vitest';
import { isLong } from '../length.js';
import { environmentOf, outcomes, renames, useWorkplace } from '../workplace.js';
import { run, start } from './command.js';

const place = useWorkplace();
const network = ['--network-id', '12345678'];

it.runIf(isLong)(
  "a file as Excel's Unicode Text has it: its failed rows are its own bytes, and retry takes them",
  async () => {
    const emulator = await place.emulate({ users: 2 });
    const env = environmentOf(emulator, place.folder);
    const header = '\ufeffUser ID\tFirst Name\r\n';
    const bad = ['99\tJosé\r\n', '98\t"Ann\r\nMarie"\r\n'];
    const bytes = (text: string) => Buffer.from(text, 'utf16le');
    const input = await place.write('users.csv', bytes(`${header}${bad[0]}10000001\tZoë 😀\r\n${bad[1]}`));
    const out = place.path('run');
    expect((await run(['update', input, ...network, '--out', out], { env })).code).toBe(3);
    expect(emulator.users.get('10000001')?.firstName).toBe('Zoë 😀');
    const failed = await readFile(`${out}/failed.csv`);
    expect(failed.equals(bytes(header + bad.join('')))).toBe(true);
    const again = place.path('again');
    const retried = await run(['retry', out, '--out', again], { env });
    expect(retried).toMatchObject({ code: 3 });
    expect((await readFile(`${again}/failed.csv`)).equals(failed)).toBe(true);
  },
);

it.runIf(isLong)('a run over Windows-1252 that was killed goes on', async () => {
  const rows = 200;
  const emulator = await place.emulate({ users: rows, latency: 5 });
  const env = environmentOf(emulator, place.folder);
  const above = 'USERID;Größe\r\n';
  const body = renames(rows).replaceAll('First', 'Zoë').replaceAll('\n', '\r\n');
  const content = iconv.encode(`${above}${body}99,Nö,Body\r\n`, 'windows-1252');
  const input = await place.write('users.csv', content);
  const out = place.path('run');
  const flags = ['--encoding', 'windows-1252', '--skip-rows', '1', '--rate', '300'];
  const { child, ended } = start(['update', input, ...network, '--out', out, ...flags], { env });
  await emulator.arrival(rows / 4);
  child.kill('SIGKILL');
  await ended;
  expect(await run(['resume', out, '--rate', '2000'], { env })).toMatchObject({ code: 3 });
  expect(await outcomes(`${out}/report.csv`)).toHaveLength(rows + 1);
  expect(emulator.users.get('10000200')?.firstName).toBe('Zoë 200');
  const failed = await readFile(`${out}/failed.csv`);
  const expected = `${above}userId,firstName,lastName\r\n99,Nö,Body\r\n`;
  expect(failed.equals(iconv.encode(expected, 'windows-1252'))).toBe(true);
});

it('bytes that are not UTF-8 are refused with the flag that they may need, and read with it', async () => {
  const input = await place.write('users.csv', Buffer.from('userId,firstName\n7,Zo\xeb\n', 'latin1'));
  const { code, stderr } = await run(['validate', input, ...network]);
  expect(code).toBe(2);
  expect(stderr).toContain('line 2: byte 5 is not valid UTF-8');
  expect(stderr).toContain('--encoding windows-1252');
  expect((await run(['validate', input, ...network, '--encoding', 'windows-1252'])).code).toBe(0);
  const unknown = await run(['validate', input, ...network, '--encoding', 'klingon']);
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toContain('the encoding "klingon" is not known');
});
