/**
 * A killed process leaves all that it had written; a machine without power only what it had flushed. Here the report
 * is written to a disk that keeps the two apart, so that whatever a power cut may leave can be resumed from.
 */
import { cp, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { withExitCode } from '../../src/cli/exit-codes.js';
import { type Outcome, resumeRun } from '../../src/index.js';
import type { AppendFile } from '../../src/report/append-file.js';
import type { ReportFormat } from '../../src/report/line.js';
import { ReportWriter } from '../../src/report/writer.js';
import { isLong, randomCases } from '../length.js';
import {
  notRenamed,
  outcomes,
  reachOf,
  renames,
  until,
  updateIn,
  useWorkplace,
  withoutReportMarks,
} from '../workplace.js';

const place = useWorkplace();
const ROWS = 5;
/** Bytes that a disk writes as one; small, so that a line has several. */
const SECTOR = 32;

class VolatileFile implements AppendFile {
  flushed = Buffer.alloc(0);
  unflushed = Buffer.alloc(0);

  append(text: string): void {
    this.unflushed = Buffer.concat([this.unflushed, Buffer.from(text)]);
  }

  /** Once the power is off, nothing comes back. */
  off = false;

  async sync(): Promise<void> {
    if (this.off) return new Promise(() => {});
    this.flushed = Buffer.concat([this.flushed, this.unflushed]);
    this.unflushed = Buffer.alloc(0);
  }

  close(): void {}

  /** What is there after the cut if the writes were done in order up to one byte. */
  tornAt(length: number): Buffer {
    return Buffer.concat([this.flushed, this.unflushed.subarray(0, length)]);
  }

  /** What is there if only some of the sectors were written, in any order: the others read as zeros. */
  onlySectors(written: readonly boolean[]): Buffer {
    const left = Buffer.from(this.unflushed);
    const last = written.lastIndexOf(true);
    for (let sector = 0; sector <= last; sector += 1) {
      if (!written[sector]) left.fill(0, sector * SECTOR, (sector + 1) * SECTOR);
    }
    return Buffer.concat([this.flushed, left.subarray(0, (last + 1) * SECTOR)]);
  }
}

/** A run that was cut off with a first group of outcomes flushed and a second one only written. */
async function cutOff(format: ReportFormat) {
  const emulator = await place.emulate({ users: ROWS });
  const { report } = await updateIn(place, renames(ROWS), { reportFormat: format }, emulator);
  const all = await outcomes(report, format);
  const file = new VolatileFile();
  const counted: Outcome[] = [];
  const events = {
    onWritten: (group: readonly Outcome[]) => {
      counted.push(...group);
    },
    onFailed: (error: Error) => {
      throw error;
    },
  };
  const writer = await ReportWriter.open('report', format, events, { openFile: async () => file });
  for (const outcome of all.slice(0, 2)) writer.append(outcome);
  await writer.flush();
  file.off = true;
  for (const outcome of all.slice(2)) writer.append(outcome);
  await until(() => file.unflushed.length > 0);
  expect(counted).toEqual(all.slice(0, 2));
  await cp(place.path('run'), place.path('cut'), { recursive: true });
  const resumes = async (left: Buffer) => {
    await writeFile(place.path(`cut/report.${format}`), left);
    await withoutReportMarks(place.path('cut'));
    await writeFile(place.path('cut/summary.json'), '{"statuses":{"unprocessed":1}}');
    const requests = emulator.requests.length;
    const summary = await resumeRun(place.path('cut'), { ...reachOf(emulator), rate: 5000 }).summary;
    const lines = await outcomes(summary.report, format);
    expect(lines.map(({ row }) => row).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5]);
    expect(withExitCode(summary)).toMatchObject({
      exitCode: 0,
      rows: ROWS,
      statuses: { updated: ROWS, unprocessed: 0 },
    });
    const again = emulator.requests.slice(requests).map(({ userId }) => userId);
    const kept = counted.map(({ userId }) => userId);
    expect(again.filter((userId) => kept.includes(userId ?? ''))).toEqual([]);
    expect(notRenamed(emulator, ROWS)).toEqual([]);
  };
  return { file, resumes };
}

it.each(['csv', 'jsonl'] as const)(
  'a %s report that was cut at any byte of its last group is resumed to an exact one',
  async (format) => {
    const { file, resumes } = await cutOff(format);
    expect(file.unflushed.length).toBeGreaterThan(250);
    const step = isLong ? 1 : 29;
    for (let at = 0; at <= file.unflushed.length; at += step) await resumes(file.tornAt(at));
  },
);

it.each(['csv', 'jsonl'] as const)(
  'a %s report whose last group reached the disk in parts is resumed to an exact one',
  async (format) => {
    const { file, resumes } = await cutOff(format);
    const sectors = Math.ceil(file.unflushed.length / SECTOR);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: sectors, maxLength: sectors }), (written) =>
        resumes(file.onlySectors(written)),
      ),
      randomCases(10, 100),
    );
  },
);

it.each(['', 'row,line,us'])('a report with no more than %j of its head is started again', async (head) => {
  const emulator = await place.emulate({ users: ROWS });
  await updateIn(place, renames(ROWS), {}, emulator);
  await writeFile(place.path('run/report.csv'), head);
  await withoutReportMarks(place.path('run'));
  await writeFile(place.path('run/summary.json'), '{"statuses":{"unprocessed":1}}');
  const summary = await resumeRun(place.path('run'), reachOf(emulator)).summary;
  expect((await outcomes(summary.report)).map(({ row }) => row)).toHaveLength(ROWS);
});
