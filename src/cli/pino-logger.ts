import { UsageError } from '../errors.js';
import type { Logger } from '../index.js';
import { inCommandWords } from './command-wording.js';
import type { ScreenFlags } from './screen-options.js';

/**
 * The logger that the flags ask for: JSON lines to standard error, or to a file of mode 0600; none by default.
 *
 * @throws UsageError if the file cannot be written
 */
export async function createLogger({ logLevel, logFile }: ScreenFlags): Promise<Logger | undefined> {
  const level = logLevel ?? (logFile === undefined ? 'silent' : 'info');
  if (level === 'silent') return undefined;
  const { pino } = await import('pino');
  try {
    // Written at once: a log that misses its last lines is no help with what ended the program.
    const to = pino.destination({ dest: logFile ?? 2, sync: true, mode: 0o600 });
    const logger: Logger = pino(
      {
        level,
        base: null,
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { log: fieldsInCommandWords },
      },
      to,
    );
    return logger;
  } catch (cause) {
    throw new UsageError(
      '--log-file cannot be written',
      'Name a file in a folder that exists and is yours.',
      { cause },
    );
  }
}

/** What a log line says of why a run ended is for people as well. */
const fieldsInCommandWords = (fields: Record<string, unknown>): Record<string, unknown> =>
  typeof fields.reason === 'string' ? { ...fields, reason: inCommandWords(fields.reason) } : fields;
