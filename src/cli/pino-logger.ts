import { UsageError } from '../errors.js';
import type { Logger } from '../index.js';
import type { ScreenFlags } from './screen-options.js';

/**
 * The logger that the flags ask for: JSON lines to standard error, or to a file of mode 0600; none by default.
 *
 * @throws UsageError where the file cannot be written
 */
export async function createLogger({ logLevel, logFile }: ScreenFlags): Promise<Logger | undefined> {
  const level = logLevel ?? (logFile === undefined ? 'silent' : 'info');
  if (level === 'silent') return undefined;
  const { pino } = await import('pino');
  try {
    // Written at once: a log that misses its last lines is no help with what ended the program.
    const to = pino.destination({ dest: logFile ?? 2, sync: true, mode: 0o600 });
    const logger: Logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, to);
    return logger;
  } catch (cause) {
    throw new UsageError(
      '--log-file cannot be written',
      'Name a file in a folder that exists and is yours.',
      { cause },
    );
  }
}
