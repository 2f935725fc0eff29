/** A run's folder as a run leaves it, without a run: with as many rows as wanted, and whatever texts. */
import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Outcome } from '../../src/model.js';
import { formatLines, heading } from '../../src/report/line.js';
import { formatSample } from '../../src/report/series.js';
import { emptyTally } from '../../src/report/summary.js';

export interface Sample {
  readonly rows: number;
  /** Every which row fails; 0 for none. */
  readonly failing?: number;
  /** Put into every text of a failed row, and into what was asked. */
  readonly text?: string;
  /** Whether it has kept its time series. */
  readonly series?: boolean;
  /** Rows of the input, if there are more than have their outcome. */
  readonly of?: number;
}

const START = Date.parse('2026-01-31T12:00:00.000Z');
/** Rows/s. */
const RATE = 40;

export async function sampleRun(folder: string, sample: Sample): Promise<string> {
  const { rows, of = rows, text = '' } = sample;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const record = {
    version: '0.1.0',
    command: 'update',
    startedAt: new Date(START).toISOString(),
    input: {
      path: `/data/users${text}.csv`,
      format: 'csv',
      size: of * 40,
      sha256: 'ab'.repeat(32),
      rows: of,
    },
    networkId: '12345678',
    region: 'us-east-1',
    endpoint: `https://admin.wickr.us-east-1.amazonaws.com/${text}`,
    identity: { source: `profile hr${text}`, account: '123456789012' },
    options: { maxErrors: '2%', map: [`Login${text}=lookupUsername`] },
  };
  await writeFile(join(folder, 'run.json'), JSON.stringify(record));
  await pipeline(reportOf(sample), createWriteStream(join(folder, 'report.csv')));
  if (of === rows) await writeFile(join(folder, 'summary.json'), JSON.stringify(summaryOf(folder, sample)));
  if (sample.series) await writeFile(join(folder, 'metrics.jsonl'), seriesOf(rows));
  return folder;
}

function summaryOf(folder: string, { rows, failing = 50 }: Sample) {
  const failed = failing > 0 ? Math.floor(rows / failing) : 0;
  const statuses = { ...emptyTally().statuses, updated: rows - failed, failed };
  const end = START + 1000 * Math.ceil(rows / RATE);
  return {
    ...{ rows, statuses, folder, rowsPerSecond: RATE, workedMs: end - START, hashes: {} },
    finishedAt: new Date(end).toISOString(),
    ...(failed > 0 && { failed: join(folder, 'failed.csv') }),
  };
}

function* reportOf({ rows, failing = 50, text = '' }: Sample): Generator<string> {
  yield heading('csv');
  let lines: Outcome[] = [];
  for (let row = 1; row <= rows; row += 1) {
    lines.push(failing > 0 && row % failing === 0 ? failed(row, text) : updated(row));
    if (lines.length < 1000 && row < rows) continue;
    yield formatLines(lines, 'csv');
    lines = [];
  }
}

const timesOf = (row: number) => {
  const startedAt = START + Math.floor((row * 1000) / RATE);
  return { startedAt, finishedAt: startedAt + 40 + ((row * 7919) % 90) };
};

const updated = (row: number) => ({
  row,
  line: row + 1,
  userId: String(10_000_000 + row),
  status: 'updated' as const,
  ...timesOf(row),
  attempts: row % 40 === 0 ? 2 : 1,
  throttled: row % 40 === 0 ? 1 : 0,
  changed: ['firstName'] as const,
  httpStatus: 200,
  requestId: `00000000-0000-4000-8000-${String(row).padStart(12, '0')}`,
});

const failed = (row: number, text: string) => ({
  ...updated(row),
  userId: `${10_000_000 + row}${text}`,
  status: 'failed' as const,
  attempts: 1,
  throttled: 0,
  httpStatus: 404,
  errorCode: row % 3 === 0 ? `ValidationError${text}` : 'ResourceNotFoundError',
  errorFields: [`userId${text}`],
  message: row % 3 === 0 ? `the name is not valid${text}` : `There is no such user${text}`,
  requestId: `request-${row}${text}`,
});

/** Rows that are done early or late. */
const WOBBLE = [0, 3, -2, 5, 1, -4, 2] as const;

function seriesOf(rows: number): string {
  const seconds = Math.ceil(rows / RATE);
  return Array.from({ length: seconds }, (_, second) =>
    formatSample({
      at: new Date(START + (second + 1) * 1000).toISOString(),
      seconds: 1,
      done: Math.min(rows, (second + 1) * RATE + (WOBBLE[second % WOBBLE.length] ?? 0)),
      updated: Math.min(rows, (second + 1) * RATE),
      failed: 0,
      requests: RATE,
      accepted: RATE,
      throttled: second % 20 === 7 ? 3 : 0,
      retried: second % 20 === 7 ? 3 : 0,
      reads: 0,
      rate: Math.min(48, 20 + second * 2),
      limit: second > 10 ? 45 : null,
      inFlight: 4,
      latency: { p50: 60 + (second % 7) * 4, p95: 90 + (second % 11) * 6, p99: 180 },
      state: 'running',
    }),
  ).join('');
}
