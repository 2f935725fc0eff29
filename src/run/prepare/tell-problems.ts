/** Tells the caller what was found in an input: problem by problem, and then how many there are of each kind. */
import { KindTally, type ProblemKind } from '../../input/rows/problem-kinds.js';
import { readProblems, type Validation } from '../../input/rows/validate-source.js';
import type { Source } from '../../input/source/source.js';
import type { Problem } from '../../model.js';
import { printable } from '../../text/printable.js';
import type { LoadedReading } from '../options/load-option-files.js';
import type { ReadingStage } from '../options/parsed-options.js';

type Told = Pick<ReadingStage, 'onProblem' | 'onWarning' | 'onProblemKinds' | 'allProblems'>;
type Found = Pick<Validation, 'warnings' | 'problems' | 'duplicates'>;

/** What is odd, and no reason to refuse the input. */
export async function tellWarnings(
  source: Source,
  { warnings, duplicates }: Found,
  reading: LoadedReading,
  told: Told,
): Promise<void> {
  const { first, total, kinds } = warnings;
  const { onWarning, allProblems, onProblemKinds } = told;
  if (total === 0) return;
  const rest = onWarning && allProblems && total > first.length;
  if (!rest) for (const warning of first) onWarning?.(warning, source.name);
  else {
    for await (const batch of readProblems(source, reading, duplicates, 'warnings'))
      for (const warning of batch) onWarning(warning, source.name);
  }
  onProblemKinds?.({ errors: [], warnings: kinds });
}

/** Every problem, also those beyond what a Validation keeps. */
export async function tellProblems(
  source: Source,
  { problems, duplicates }: Found,
  reading: LoadedReading,
  { onProblem, onProblemKinds }: Told,
): Promise<void> {
  if (onProblem) {
    for await (const batch of readProblems(source, reading, duplicates))
      for (const problem of batch) onProblem(problem, source.name);
  }
  onProblemKinds?.({ errors: problems.kinds, warnings: [] });
}

/** Problems that only the network has shown. Gives their kinds, the most frequent first. */
export async function tellEach(
  batches: AsyncIterable<readonly Problem[]>,
  inputName: string,
  { onProblem, onProblemKinds }: Told,
): Promise<readonly ProblemKind[]> {
  const tally = new KindTally();
  for await (const batch of batches) {
    for (const problem of batch) {
      onProblem?.(problem, inputName);
      tally.add(problem);
    }
  }
  const { kinds } = tally;
  onProblemKinds?.({ errors: kinds, warnings: [] });
  return kinds;
}

/** The most frequent kind, as what an error says of all; undefined if there is none. */
export function leadingProblem([first, ...others]: readonly ProblemKind[]): string | undefined {
  if (!first) return undefined;
  const { column, reason } = first.first;
  return `${others.length > 0 ? 'most often ' : ''}${column === undefined ? '' : `${printable(column)}: `}${reason}`;
}
