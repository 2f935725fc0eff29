/** What is logged: the one list of events. docs/runs.md says of each when it comes and what its fields mean. */
import { type Logger, silentLogger } from './logger.js';

/** Each event with its level. `info` and above: one event for each decision that is worth knowing afterwards. */
export const logEvents = {
  'run started': 'info',
  'run ended': 'info',
  'run stopped': 'warn',
  'rate found': 'info',
  'rate changed': 'info',
  'service down: probing': 'warn',
  'service back': 'info',
  order: 'info',
  'orders cannot be read': 'warn',
  'canary passed': 'info',
  'credentials renewed': 'info',
  'credentials not renewed; those in use still hold': 'warn',
  'lock taken over': 'info',
  'time series': 'warn',
  'command failed': 'error',
  credentials: 'debug',
  row: 'debug',
  cause: 'debug',
  attempt: 'trace',
} as const satisfies Readonly<Record<string, keyof Logger>>;

export type LogEvent = keyof typeof logEvents;

/** Logs an event at its level. @param fields no value of a row and no secret */
export const logEvent = (logger: Logger, event: LogEvent, fields: object): void =>
  logger[logEvents[event]](fields, event);

/** A logger whose lines say which run they are of. @param run the name of its folder */
export function loggerOfRun(logger: Logger, run: string): Logger {
  if (logger === silentLogger) return logger;
  return {
    trace: (fields, message) => logger.trace({ run, ...fields }, message),
    debug: (fields, message) => logger.debug({ run, ...fields }, message),
    info: (fields, message) => logger.info({ run, ...fields }, message),
    warn: (fields, message) => logger.warn({ run, ...fields }, message),
    error: (fields, message) => logger.error({ run, ...fields }, message),
  };
}
