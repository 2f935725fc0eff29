/** A plan as its user sees it; `plan` and `update --dry-run` are the same. */
import type { PlanOptions, PlanSummary } from '../index.js';
import { ExitCode } from './exit-codes.js';
import type { GivenFlags } from './flags.js';

/** What a plan is told; an update as a dry run is told the same. */
export type PlanFlags = GivenFlags<'plan'>['given'];

/** Shows what would change and gives the exit code. Ctrl-C ends it at once: nothing is under way. */
export async function showPlan(input: string, flags: PlanFlags): Promise<number> {
  const { planUpdate } = await import('../index.js');
  const { inputHooks, inputOf, untilSignal, workingTime } = await import('./show-run.js');
  const { loggerOf, optionsFor, withoutScreen } = await import('./library-options.js');
  const { sharedState, withEnvironment } = await import('./environment.js');
  const { identityHooks } = await import('./questions.js');
  const { ProgressDisplay } = await import('../screen/progress.js');
  const { plannedJson, renderChange, renderPlanned } = await import('../screen/plan.js');
  const { redact = false } = flags;
  const { paintFor } = await import('./process/colours.js');
  const { readerOf } = await import('./process/pager.js');
  const paint = paintFor(process.stdout);
  const reader = readerOf(process.stdout, process.stdout.isTTY && process.stdin.isTTY);
  const { inputMemory: _, ...shared } = sharedState(!flags.noRateMemory);
  const options = {
    ...(await withEnvironment(optionsFor('plan', withoutScreen(flags)))),
    ...shared,
    ...inputHooks(flags),
    ...identityHooks(),
    input: inputOf(input),
    ...(await loggerOf(flags)),
  } as PlanOptions;
  // On a terminal the lines of the plan come behind it, on the same screen.
  const display = !flags.noProgress ? new ProgressDisplay(process.stderr, workingTime()) : undefined;
  let isListing = true;
  const endListing = () => {
    if (isListing) display?.end();
    isListing = false;
  };
  const plan = planUpdate({ ...options, onUsers: (users) => display?.showUsers(users, workingTime()) });
  const show = async (): Promise<PlanSummary> => {
    if (!flags.json) {
      for await (const change of plan) {
        endListing();
        await reader.write(renderChange(change, { paint, redact }));
      }
    }
    const planned = await plan.summary;
    await reader.end();
    return planned;
  };
  const stoppable: Pick<typeof plan, 'stop'> = {
    stop: (reason) => {
      plan.stop(reason);
      void reader.leave();
    },
  };
  try {
    const planned = await untilSignal(stoppable, show);
    endListing();
    process.stdout.write(flags.json ? plannedJson(planned) : renderPlanned(planned));
    if (flags.detailedExitcode && planned.changed > 0) return ExitCode.changes;
    return planned.invalid > 0 ? ExitCode.rowsFailed : ExitCode.ok;
  } finally {
    await reader.leave();
    endListing();
  }
}
