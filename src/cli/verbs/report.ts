import { stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { UsageError } from '../../errors.js';
import type { WrittenReport } from '../../index.js';
import { type Worded, wording } from '../../wording.js';
import { commandWording } from '../command-wording.js';
import { addFlags, readFlags } from '../flags.js';
import { notice } from '../process/notices.js';
import type { ScreenFlags } from '../screen-options.js';

/** `wickr-bulk report RUN` */
export function addReport(program: Command): void {
  const command = program
    .command('report')
    .description('Make a page of a run or a plan, to be looked at, printed and sent on.')
    .argument('[run]', "the run's folder, or the file of a plan");
  addFlags(command, 'report')
    .addHelpText(
      'after',
      `
The page is one HTML file that needs no network. It holds user IDs, and no
names, usernames or invite codes; of a plan it does with --values.

Examples:
  wickr-bulk report --last --open
  wickr-bulk report wickr-bulk-runs/2026-01-31T120000Z-users
  wickr-bulk report plan.jsonl`,
    )
    .action(async (named: string | undefined, parsed: Record<string, unknown>) => {
      const { given } = readFlags('report', parsed);
      const written =
        named !== undefined && !given.last && (await isFile(named))
          ? await ofPlan(named, given)
          : await ofRun(named, given);
      await show(written, given);
    });
}

async function ofRun(named: string | undefined, given: ScreenFlags): Promise<WrittenReport> {
  const { whichRun } = await import('../runs/which-run.js');
  const { writeReport } = await import('../../index.js');
  if (given.values)
    throw new UsageError('--values is for a plan: the page of a run has no values', 'Leave --values out.');
  const options: { out?: string } & Worded = { ...outOf(given), [wording]: commandWording };
  return writeReport(await whichRun('report', named, given), options);
}

async function ofPlan(path: string, given: ScreenFlags): Promise<WrittenReport> {
  const { writePlanReport } = await import('../../index.js');
  return writePlanReport(path, { ...outOf(given), values: given.values ?? false });
}

const outOf = ({ outFile }: ScreenFlags) => (outFile === undefined ? {} : { out: outFile });

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

async function show({ path, leftOut }: WrittenReport, { json, open }: ScreenFlags): Promise<void> {
  const [{ plain, plainJson }, { count }] = await Promise.all([
    import('../../screen/plain.js'),
    import('../../text/count.js'),
  ]);
  process.stdout.write(json ? `${plainJson({ path, leftOut })}\n` : `page: ${plain(path)}\n`);
  if (leftOut > 0) notice(`${count(leftOut)} rows had no room in it; it says which file has them\n`);
  if (!open) return;
  const { openPage } = await import('../process/open-page.js');
  if (!(await openPage(path))) notice('no browser could be started: open the file yourself\n');
}
