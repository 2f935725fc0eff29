/** What a person does next, once a run has ended: one thing. */
import type { Summary } from '../model.js';
import { isElsewhere } from './failures.js';
import { shellWord } from './shell-word.js';

/** Lines with one command, which works as it stands; none if nothing is left to do. */
export function nextStep(
  summary: Pick<Summary, 'statuses' | 'folder' | 'failed' | 'failures' | 'hashes' | 'stopped'>,
): string[] {
  const { statuses, failed, hashes, stopped } = summary;
  // A run keeps its network and its region: one that has the wrong one is no use.
  if (isElsewhere(summary) || stopped?.code === 'WRONG_REGION') return [];
  const folder = shellWord(summary.folder);
  // What was not sent yet is sent first: the other rows can wait.
  if (statuses.unprocessed > 0) return [`continue it: wickr-bulk resume ${folder}`];
  if (failed !== undefined)
    return [
      `rows to run again: ${failed}`,
      `  correct them if they need it, then: wickr-bulk retry ${folder}`,
    ];
  return hashes.before !== undefined && statuses.updated > 0
    ? [`take it back: wickr-bulk undo ${folder}`]
    : [];
}
