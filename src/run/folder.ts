import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { ExitCode, RunFolderError } from '../errors.js';
import type { Summary } from '../model.js';
import type { ReportFormat } from '../report/line.js';

/** Where runs go that were given no folder. */
const RUNS = 'wickr-bulk-runs';

/** What was asked, kept as `run.json`. No secrets and nobody's values. */
export interface RunRecord {
  readonly version: string;
  readonly command: string;
  readonly startedAt: string;
  readonly input: {
    /** Absolute; `-` for standard input, which is kept in the run's folder until every row has its outcome. */
    readonly path: string;
    readonly format: 'csv' | 'jsonl';
    /** Bytes. */
    readonly size: number;
    readonly sha256: string;
    readonly rows: number;
  };
  readonly networkId: string;
  readonly region: string;
  readonly endpoint: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** A run's folder and the files in it. Mode 0700, the files 0600. */
export class RunFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Makes a folder that did not exist.
   *
   * @param out its path; default: below `wickr-bulk-runs`, named by the time and the input
   * @throws RunFolderError where it exists or cannot be made
   */
  static async create(out: string | undefined, inputName: string, now: Date): Promise<RunFolder> {
    if (out !== undefined) return new RunFolder(await make(resolve(out)));
    const name = `${now.toISOString().replace(/\.\d+/, '').replaceAll(':', '')}-${plainName(inputName)}`;
    for (let twin = 1; ; twin += 1) {
      const path = resolve(RUNS, twin === 1 ? name : `${name}-${twin}`);
      try {
        return new RunFolder(await make(path));
      } catch (error) {
        // Two runs of one second and one input are no reason to refuse the second.
        if (!(error instanceof RunFolderError && error.exitCode === ExitCode.usage) || twin === 100)
          throw error;
      }
    }
  }

  report(format: ReportFormat): string {
    return join(this.path, `report.${format}`);
  }

  failed(format: 'csv' | 'jsonl'): string {
    return join(this.path, `failed.${format}`);
  }

  /** Where standard input is kept until every row has its outcome. */
  spool(format: 'csv' | 'jsonl'): string {
    return join(this.path, `input.${format}`);
  }

  async writeRecord(record: RunRecord): Promise<void> {
    await this.writeJson('run.json', record);
  }

  async writeSummary(summary: Summary): Promise<void> {
    await this.writeJson('summary.json', summary);
  }

  async dropSpool(format: 'csv' | 'jsonl'): Promise<void> {
    await rm(this.spool(format), { force: true });
  }

  /** Takes away a folder in which nothing happened. */
  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }

  /** Written beside and renamed, so that nobody ever reads half of it. */
  private async writeJson(name: string, value: unknown): Promise<void> {
    const path = join(this.path, name);
    try {
      await writeFile(`${path}.part`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600, flush: true });
      await rename(`${path}.part`, path);
      const folder = await open(this.path, 'r');
      await folder.sync().finally(() => folder.close());
    } catch (cause) {
      throw new RunFolderError(
        `${path} cannot be written`,
        'Check that the folder exists, is yours and has room.',
        {
          cause,
        },
      );
    }
  }
}

async function make(path: string): Promise<string> {
  try {
    await mkdir(dirname(path), { recursive: true });
  } catch (cause) {
    throw cannotBeMade(dirname(path), cause);
  }
  try {
    await mkdir(path, { mode: 0o700 });
    return path;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') {
      throw new RunFolderError(
        `${path} exists already`,
        'A run never writes into a folder that exists: name another with --out.',
        {
          cause,
          exitCode: ExitCode.usage,
        },
      );
    }
    throw cannotBeMade(path, cause);
  }
}

const cannotBeMade = (path: string, cause: unknown) =>
  new RunFolderError(
    `the folder ${path} cannot be made (${(cause as NodeJS.ErrnoException).code})`,
    'Name a folder that you may write to with --out.',
    { cause },
  );

/** An input's name as part of a file name: nothing in it can lead elsewhere or show as something else. */
const plainName = (name: string) =>
  basename(name)
    .replace(/\.(csv|tsv|jsonl|ndjson)$/i, '')
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .replace(/^[._-]+/, '')
    .slice(0, 60) || 'input';
