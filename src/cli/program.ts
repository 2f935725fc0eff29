/** The command: what its process is set to, and how each of its verbs ends. */
import { type Command, CommanderError } from 'commander';
import { isSystemError } from '../disk.js';
import { WickrBulkError } from '../errors.js';
import { plain, plainJson } from '../screen/plain.js';
import { commandLine } from './command-line.js';
import { inCommandWords } from './command-wording.js';
import { ExitCode, type Exited, exitCodeOfReason } from './exit-codes.js';
import { metricsFile, openMetricsFile } from './metrics/metrics-file.js';
import { paintFor } from './process/colours.js';
import { keepLessGarbage } from './process/gc-tuning.js';
import { hangupMarks, isHangupIgnored } from './process/hangup.js';
import { endNotices, holdNotices } from './process/notices.js';
import type { ScreenFlags } from './screen-options.js';

keepLessGarbage();

// What AWS's SDK says of Node's versions is for its own users.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

// Only a handler keeps Node.js from ending with the signal.
if (isHangupIgnored(hangupMarks())) process.on('SIGHUP', () => {});

// A closed pipe, as in `| head`, or a full disk behind `>` is no reason to end a run: it continues unseen.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

/** ms */
const LINGER = 500;

const program = commandLine();

// No `await` out here: Node.js takes only CommonJS, which has none, into a single executable.
program
  .hook('preAction', async (_, command) => {
    if (command.opts<ScreenFlags>().quiet) holdNotices();
    await openMetrics(command);
  })
  .parseAsync()
  .then(async () => {
    const exitCode = Number(process.exitCode ?? ExitCode.ok);
    await metricsFile()?.end(exitCode);
    endNotices(exitCode);
  })
  .catch(async (error: unknown) => {
    await metricsFile()?.end(failureOf(error).exitCode);
    endNotices(ExitCode.fatal);
    process.exitCode = report(error);
    // The logger takes a while to load, and most commands need none.
    if (error instanceof WickrBulkError) (await import('./pino-logger.js')).logFailure(error);
  })
  .finally(() => {
    // What somebody else's process or service has left open, such as a connection that hangs, keeps nobody waiting.
    setInterval(() => {
      if (process.stdout.writableLength + process.stderr.writableLength === 0) process.exit();
    }, LINGER).unref();
  });

/** Before anything else that may fail: whoever watches a job wants to know of that as well. */
async function openMetrics(command: Command): Promise<void> {
  const {
    metricsFile: named,
    networkId,
    dryRun,
  } = command.opts<{
    metricsFile?: string;
    networkId?: string;
    dryRun?: boolean;
  }>();
  // A worker keeps one of its own kind.
  const takesOne =
    command.name() !== 'worker' && command.options.some(({ long }) => long === '--metrics-file');
  const path = named ?? process.env.WICKR_BULK_METRICS_FILE;
  const network = networkId ?? process.env.WICKR_BULK_NETWORK_ID;
  if (takesOne && path && !dryRun) await openMetricsFile(path, command.name(), network);
}

/** Says what happened and what to do next, and gives the exit code. */
function report(error: unknown): number {
  // Help or the version, which are out already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
  const { code, exitCode, message, hint } = failureOf(error);
  const label = paintFor(process.stderr)('red', 'wickr-bulk:');
  process.stderr.write(`${label} ${message}\n${hint.replace(/^/gm, '  ')}\n`);
  if (wantsJson(process.argv))
    process.stdout.write(`${plainJson({ exitCode, error: { code, message, hint } })}\n`);
  return exitCode;
}

/** Whether the result is to be one JSON object, as far as can be told of a command line that may be wrong. */
const wantsJson = (args: readonly string[]): boolean => args.slice(2, endOfFlags(args)).includes('--json');
const endOfFlags = (args: readonly string[]): number | undefined =>
  args.includes('--') ? args.indexOf('--') : undefined;

interface Failure extends Exited {
  /** Of an error of the library, `SYSTEM` for what the system refuses, `UNEXPECTED` for a mistake of ours. */
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** Only our own mistakes show a stack trace. */
function failureOf(error: unknown): Failure {
  if (error instanceof WickrBulkError) {
    const [message, hint] = [error.message, error.hint].map((text) => plain(inCommandWords(text))) as [
      string,
      string,
    ];
    return { code: error.code, exitCode: exitCodeOfReason(error), message, hint };
  }
  if (isSystemError(error)) {
    const [message, hint] = systemRefusal(error);
    return { code: 'SYSTEM', exitCode: ExitCode.fatal, message: plain(message), hint };
  }
  const text = plain(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return {
    code: 'UNEXPECTED',
    exitCode: ExitCode.fatal,
    message: `unexpected error: ${text}`,
    hint: 'Please report it.',
  };
}

/** For what the system refuses anywhere: no mistake of ours, and nothing that a stack trace explains. */
function systemRefusal({ code, syscall, path }: NodeJS.ErrnoException): [what: string, hint: string] {
  if (code === 'EMFILE' || code === 'ENFILE')
    return [
      `too many files are open (${code})`,
      'Raise the limit ("ulimit -n 1024"), or lower --concurrency, and go on with "wickr-bulk resume" if a run had begun.',
    ];
  if (syscall === 'uv_cwd')
    return ['the working folder was deleted', 'Change to a folder that exists ("cd") and start again.'];
  const where = path === undefined ? '' : ` of ${path}`;
  return [
    `the system has refused a call (${syscall}${where}: ${code})`,
    'Check the disk, the rights and the folders, and go on with "wickr-bulk resume" if a run had begun.',
  ];
}
