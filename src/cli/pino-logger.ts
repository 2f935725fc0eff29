import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { NO_FOLLOW } from '../disk.js';
import { UsageError, type WickrBulkError } from '../errors.js';
import type { Logger } from '../index.js';
import { logEvent } from '../run/options/table/log-events.js';
import { plain } from '../screen/plain.js';
import { causesOf } from '../wickr/sources/causes.js';
import { inCommandWords } from './command-wording.js';
import type { ScreenFlags } from './screen-options.js';

/** The command's log, if it has one. */
let log: Logger | undefined;

/**
 * The logger that the flags ask for: JSON lines to standard error, or to a file of mode 0600; none by default.
 *
 * @throws UsageError if the file cannot be written, or is not a log
 */
export async function createLogger({ logLevel, logFile }: ScreenFlags): Promise<Logger | undefined> {
  const level = logLevel ?? (logFile === undefined ? 'silent' : 'info');
  if (level === 'silent') return undefined;
  const { pino } = await import('pino');
  // Each line at once: a log that misses its last lines is no help with what ended the program.
  const to = logFile === undefined ? standardError : openLogFile(logFile);
  const logger: Logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { log: fieldsInCommandWords },
    },
    to,
  );
  log = logger;
  return logger;
}

/** What a log line says of why a run ended is for people as well. */
const fieldsInCommandWords = (fields: Record<string, unknown>): Record<string, unknown> =>
  typeof fields.reason === 'string' ? { ...fields, reason: inCommandWords(fields.reason) } : fields;

/** What a logger writes to: nothing that happens there ends a run. */
export interface LogDestination {
  write(line: string): void;
}

/** Lines to standard error; `program.ts` hears of what becomes of that stream. */
export const standardError: LogDestination = { write: (line) => void process.stderr.write(line) };

/** Bytes of a file that are looked at to see whether it is a log. */
const HEAD = 4096;

/**
 * A log file, mode 0600, that is appended to. Lines that the disk does not take are lost, which is said once.
 *
 * @throws UsageError if it cannot be opened, is a symbolic link or no regular file, or holds anything but a log
 */
export function openLogFile(path: string): LogDestination {
  const fd = open(path);
  try {
    refuseOtherFiles(fd, path);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  let isLost = false;
  return {
    write(line) {
      try {
        // Behind a line of which the disk has taken only a part.
        writeAll(fd, isLost ? `\n${line}` : line);
        isLost = false;
      } catch (cause) {
        if (!isLost)
          process.stderr.write(`log lines are lost: --log-file cannot be written (${codeOf(cause)})\n`);
        isLost = true;
      }
    },
  };
}

function open(path: string): number {
  const { O_RDWR, O_APPEND, O_CREAT, O_NONBLOCK = 0 } = constants;
  try {
    return openSync(path, O_RDWR | O_APPEND | O_CREAT | NO_FOLLOW | O_NONBLOCK, 0o600);
  } catch (cause) {
    if (codeOf(cause) === 'ELOOP')
      throw new UsageError(
        `the log file ${plain(path)} is a symbolic link`,
        'Name the file that it leads to, if that is meant.',
        { cause },
      );
    throw new UsageError(
      `--log-file cannot be written (${codeOf(cause)})`,
      'Name a file in a folder that exists and is yours.',
      { cause },
    );
  }
}

function refuseOtherFiles(fd: number, path: string): void {
  const stats = fstatSync(fd);
  if (!stats.isFile())
    throw new UsageError(
      `the log file ${plain(path)} is not a regular file`,
      'Name a file, or leave --log-file out.',
    );
  const head = Buffer.alloc(HEAD);
  const text = head.toString('utf8', 0, readSync(fd, head, 0, HEAD, 0));
  if (stats.size > 0 && !isLogLine(text.split('\n', 1)[0] ?? ''))
    throw new UsageError(
      `the file ${plain(path)} exists and is not a log of wickr-bulk`,
      'Nothing was written to it. Name a file that does not exist yet, or an earlier log.',
    );
}

/** Whether a run has written the line. */
const isLogLine = (line: string): boolean => /^\{"level":\d+,"time":"[^"]+Z",/.test(line);

function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}

const codeOf = (cause: unknown): string => (cause as NodeJS.ErrnoException).code ?? 'unknown reason';

/** Logs the error with which the command ends, and what led to it. */
export function logFailure(error: WickrBulkError): void {
  if (log) logEvent(log, 'command failed', { code: error.code, reason: error.message });
  const causes = causesOf(error);
  if (causes.length > 0 && log) logEvent(log, 'cause', { error: error.name, causes });
}
