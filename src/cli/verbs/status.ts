import type { Command } from 'commander';
import type { RunStatus } from '../../index.js';
import { commandSummary, reasonInCommandWords } from '../command-wording.js';
import { ExitCode, exitCodeOfRun } from '../exit-codes.js';
import { addFlags, readFlags } from '../flags.js';
import type { ScreenFlags } from '../screen-options.js';

/** `wickr-bulk status RUN` */
export function addStatus(program: Command): void {
  const command = program
    .command('status')
    .description('Say how a run stands, also while it goes on.')
    .argument('[run]', "the run's folder");
  addFlags(command, 'status')
    .addHelpText(
      'after',
      `
With --watch --json it prints once, when the run has ended or was stopped.

Examples:
  wickr-bulk status wickr-bulk-runs/2026-01-31T120000Z-users
  wickr-bulk status --last --failed
  wickr-bulk status --last --watch`,
    )
    .action(async (named: string | undefined, parsed: Record<string, unknown>) => {
      const { whichRun } = await import('../runs/which-run.js');
      const { given } = readFlags('status', parsed);
      const run = await whichRun('status', named, given);
      if (given.watch) process.once('SIGINT', () => process.exit(ExitCode.sigint));
      const status = given.watch ? await watched(run, given) : await readStatus(run);
      await (given.json ? printJson(run, status, given) : print(run, status, given));
    });
}

const readStatus = async (run: string): Promise<RunStatus> =>
  (await import('../../index.js')).readRunStatus(run);

/** ms between two looks; a long report takes a while to read, and the run needs the machine more. */
const LOOK = 1000;
const SHARE = 4;

/** Shows how a run stands until no process works on it, and gives how it stands then, which is yet to be printed. */
async function watched(run: string, { json }: ScreenFlags): Promise<RunStatus> {
  const { setTimeout: sleep } = await import('node:timers/promises');
  const { renderStatus } = await import('../../screen/status.js');
  const { resultLook } = await import('../process/colours.js');
  const { RedrawnLines } = await import('../../screen/watch.js');
  const look = resultLook();
  const lines = new RedrawnLines(process.stdout);
  for (let state: string | undefined; ; ) {
    const from = performance.now();
    const status = await readStatus(run);
    const now = performance.now();
    if (status.state === 'ended' || status.state === 'stopped') {
      lines.clear();
      return status;
    }
    if (!json) lines.show(renderStatus(status, look), now, status.state !== state);
    state = status.state;
    await sleep(Math.max(LOOK, SHARE * (now - from)));
  }
}

async function print(run: string, status: RunStatus, { failed }: ScreenFlags): Promise<void> {
  const { readFailedRows } = await import('../../index.js');
  const { resultLook } = await import('../process/colours.js');
  const { renderFailedRow, renderStatus } = await import('../../screen/status.js');
  process.stdout.write(renderStatus(inWords(status), resultLook()));
  if (!failed) return;
  const { toStandardOutput, whileRead } = await import('../standard-output.js');
  process.exitCode = await whileRead(async () => {
    for await (const outcome of readFailedRows(run)) await toStandardOutput(renderFailedRow(outcome));
  });
}

/** With the exit code of a run that has ended or was stopped in good order. */
async function printJson(run: string, status: RunStatus, { failed }: ScreenFlags): Promise<void> {
  const { readFailedRows } = await import('../../index.js');
  const { plainJson } = await import('../../screen/plain.js');
  const rows: unknown[] = [];
  if (failed)
    for await (const { row, line, userId, status: its, errorCode, message } of readFailedRows(run))
      rows.push({ row, line, userId, status: its, errorCode, message });
  process.stdout.write(`${plainJson({ ...inFull(status), ...(failed && { failedRows: rows }) })}\n`);
}

/** A program that uses the library leaves a summary in the library's words. */
const inWords = ({ summary, ...status }: RunStatus): RunStatus => ({
  ...status,
  ...(summary && { summary: commandSummary(summary) }),
});

const inFull = ({ stopped, summary: _, ...status }: RunStatus) => ({
  ...status,
  ...(stopped && { stopped: reasonInCommandWords(stopped) }),
  ...(status.finishedAt !== undefined && {
    exitCode: exitCodeOfRun({ ...status, ...(stopped && { stopped }) }),
  }),
});
