import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunFolderError } from '../../src/errors.js';
import type { Outcome, UpdatedRow } from '../../src/model.js';
import type { ReportFormat } from '../../src/report/line.js';
import { readReport } from '../../src/report/read.js';
import { ReportWriter } from '../../src/report/writer.js';
import { randomCases } from '../length.js';
import { anyOutcome } from './any-outcome.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report-'));
});
afterEach(() => rm(folder, { recursive: true }));

const updated: UpdatedRow = {
  row: 1,
  line: 2,
  userId: '007',
  status: 'updated',
  httpStatus: 200,
  attempts: 2,
  throttled: 1,
  requestId: 'r-1',
  startedAt: Date.parse('2026-11-23T12:00:00.123Z'),
  finishedAt: Date.parse('2026-11-23T12:00:00.456Z'),
  changed: ['firstName', 'lastName'],
};

async function write(
  format: ReportFormat,
  outcomes: Outcome[],
): Promise<{ path: string; written: Outcome[] }> {
  const path = join(folder, `report.${format}`);
  await rm(path, { force: true });
  const written: Outcome[] = [];
  const report = await ReportWriter.open(path, format, {
    onWritten: (group) => written.push(...group),
    onFailed: (error) => {
      throw error;
    },
  });
  for (const outcome of outcomes) await report.append(outcome);
  await report.close();
  return { path, written };
}

async function read(path: string, format: ReportFormat): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for await (const outcome of readReport(path, format)) outcomes.push(outcome);
  return outcomes;
}

describe('a report', () => {
  it('has the columns of the contract in CSV, ISO times and empty cells for what is not known', async () => {
    const invalid: Outcome = {
      row: 2,
      line: undefined,
      userId: undefined,
      status: 'invalid',
      errorCode: 'InvalidRow',
      errorFields: ['firstName', 'userId'],
      message: 'two, "reasons"',
      attempts: 0,
      throttled: 0,
      changed: [],
    };
    const { path } = await write('csv', [updated, invalid]);
    expect(await readFile(path, 'utf8')).toBe(
      'row,line,userId,status,httpStatus,errorCode,errorField,message,attempts,throttled,requestId,startedAt,finishedAt,changed,temporaryName\n' +
        '1,2,007,updated,200,,,,2,1,r-1,2026-11-23T12:00:00.123Z,2026-11-23T12:00:00.456Z,firstName;lastName,\n' +
        '2,0,,invalid,,InvalidRow,firstName;userId,"two, ""reasons""",0,0,,,,,\n',
    );
    const json = await write('jsonl', [invalid]);
    expect(await readFile(json.path, 'utf8')).toBe(
      '{"row":2,"line":0,"userId":"","status":"invalid","httpStatus":null,"errorCode":"InvalidRow","errorField":"firstName;userId","message":"two, \\"reasons\\"","attempts":0,"throttled":0,"requestId":"","startedAt":null,"finishedAt":null,"changed":"","temporaryName":null}\n',
    );
  });

  it('has the same names in JSONL, in the same order', async () => {
    const { status, ...others } = updated;
    const { path } = await write('jsonl', [{ ...others, status }]);
    const [line = ''] = (await readFile(path, 'utf8')).split('\n');
    expect(Object.keys(JSON.parse(line)).join()).toBe(
      'row,line,userId,status,httpStatus,errorCode,errorField,message,attempts,throttled,requestId,startedAt,finishedAt,changed,temporaryName',
    );
  });

  it.each(['=cmd()', '+1', '-1', '@x', '\tx', '\rx', '＝1'])(
    'keeps a spreadsheet from running %j',
    async (message) => {
      const { path } = await write('csv', [{ ...updated, message }]);
      expect(await readFile(path, 'utf8')).toContain(`'${message}`);
    },
  );

  it.each(['csv', 'jsonl'] as const)('read back in %s is what was written', async (format) => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyOutcome, { minLength: 1, maxLength: 20 }), async (outcomes) => {
        const { path, written } = await write(format, outcomes);
        expect(written).toEqual(outcomes);
        expect(await read(path, format)).toEqual(outcomes);
      }),
      randomCases(20, 100),
    );
  });

  it('is for its owner alone, and never written over', async () => {
    const { path } = await write('csv', [updated]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const again = ReportWriter.open(path, 'csv', { onWritten: () => {}, onFailed: () => {} });
    await expect(again).rejects.toThrow(RunFolderError);
  });

  it.each([
    ['csv', 'row,line\n1,2\n', 1],
    ['jsonl', `${'{"row":1'}\n`, 1],
    ['jsonl', '{"row":1,"status":"done"}\n', 1],
    ['jsonl', '{"row":1,"status":"updated","attempts":0}\n', 1],
    [
      'jsonl',
      '{"row":1,"status":"skipped","attempts":1,"startedAt":"2026-11-23","finishedAt":"2026-11-23"}\n',
      1,
    ],
    ['jsonl', '{"row":1,"status":"updated","attempts":1,"startedAt":"then","finishedAt":"now"}\n', 1],
    ['jsonl', '{"row":1.5,"status":"unchanged","attempts":0}\n', 1],
  ] as const)('that something else wrote is refused with its line: %s %j', async (format, text, line) => {
    const path = join(folder, `other.${format}`);
    await writeFile(path, text);
    await expect(read(path, format)).rejects.toThrow(`line ${line}`);
  });
});

it.each(['csv', 'jsonl'] as const)(
  'a %s report that is not there is an error that can be caught',
  async (format) => {
    await expect(read(join(folder, 'none'), format)).rejects.toThrow(RunFolderError);
  },
);

describe.each(['csv', 'jsonl'] as const)('a %s report', (format) => {
  const three = [1, 2, 3].map((row) => ({ ...updated, row }));

  it('cut anywhere in its last line is read up to that line', async () => {
    const { path } = await write(format, three);
    const whole = await readFile(path);
    const lastLine = whole.lastIndexOf(10, whole.length - 2) + 1;
    for (let end = lastLine; end < whole.length; end += 1) {
      await writeFile(path, whole.subarray(0, end));
      expect(await read(path, format)).toEqual(three.slice(0, 2));
    }
  });

  it('with zeros where the power went is read up to there', async () => {
    const { path } = await write(format, three);
    const bytes = await readFile(path);
    const second = bytes.lastIndexOf(10, bytes.lastIndexOf(10, bytes.length - 2) - 1) + 5;
    await writeFile(path, bytes.fill(0, second, second + 20));
    expect(await read(path, format)).toEqual(three.slice(0, 1));
  });

  it('with zeros long before its end was damaged by something else', async () => {
    const many = Array.from({ length: 10_003 }, (_, i) => ({ ...updated, row: i + 1 }));
    const { path } = await write(format, many);
    const bytes = await readFile(path);
    await writeFile(path, bytes.fill(0, 150, 160));
    await expect(read(path, format)).rejects.toThrow(/line [12]:/);
  });

  it('with a damaged line that is not the last is refused with its number', async () => {
    const { path } = await write(format, three);
    const lines = (await readFile(path, 'utf8')).split('\n');
    const second = format === 'csv' ? 2 : 1;
    lines[second] = (lines[second] ?? '').slice(0, -30);
    await writeFile(path, lines.join('\n'));
    await expect(read(path, format)).rejects.toThrow(`line ${second + 1}:`);
  });

  it('has each outcome on one line, whatever is in it', async () => {
    const { path } = await write(format, [{ ...updated, message: 'two\nlines "quoted"' }]);
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(format === 'csv' ? 3 : 2);
  });
});

it.each(['csv', 'jsonl'] as const)(
  'words a message that names options as it is told, in %s',
  async (format) => {
    const path = join(folder, 'report');
    const events = { onWritten: () => {}, onFailed: () => {} };
    const word = (text: string) => text.replaceAll('`', '*');
    const report = await ReportWriter.open(path, format, events, { word });
    report.append({ ...updated, message: 'see `maxAge`' });
    report.append({ ...updated, row: 2, requestId: '`r`' });
    await report.close();
    const [first, second] = await read(path, format);
    expect([first?.message, second?.requestId]).toEqual(['see *maxAge*', '`r`']);
  },
);

describe('the writer', () => {
  it('puts outcomes on the disk by itself, without being asked', async () => {
    const path = join(folder, 'report.csv');
    const report = await new Promise<ReportWriter>((resolve, reject) => {
      const opened = ReportWriter.open(path, 'csv', {
        onWritten: (group) => {
          expect(group).toEqual([updated]);
          resolve(opened);
        },
        onFailed: reject,
      });
      opened.then((writer) => writer.append(updated)).catch(reject);
    });
    expect(await readFile(path, 'utf8')).toContain('\n1,2,007,updated,');
    await report.close();
  });
});
