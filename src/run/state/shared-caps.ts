/** The caps of a reconciliation belong to it and to all runs that run its failed rows again. */
import { RunFolderError } from '../../errors.js';
import type { Changes } from '../../plan/diff/change-counts.js';
import { ChangeTally } from '../../plan/diff/change-counts.js';
import { printable } from '../../text/printable.js';
import { changesOf } from './changes-made.js';
import { Journal, readJournal } from './journal.js';
import { readChanges } from './plan-file.js';
import { RunFolder } from './run-folder.js';
import type { RunRecord } from './run-record.js';

/** What is left of the caps of a run, and how to have a share of them. */
export interface SharedCaps {
  readonly caps: NonNullable<RunRecord['caps']> & { readonly origin: string };
  /** What the run and its heirs have changed already. */
  readonly spent: Pick<Changes, 'changed' | 'renames' | 'leavers' | 'unknownGroups' | 'missing'>;
  /** Has the run that the limits were given to remember another one that shares them, before that changes anybody. */
  readonly join: (folder: string) => Promise<void>;
}

/** @throws RunFolderError if a run that shares the caps cannot be read: nobody would know how much is left */
export async function sharedCaps(folder: RunFolder, { caps }: RunRecord): Promise<SharedCaps | undefined> {
  if (caps === undefined) return undefined;
  const origin = RunFolder.at(caps.origin ?? folder.path);
  const spent = new ChangeTally();
  const state = await countInto(spent, origin.path);
  for (const heir of state.heirs) await countInto(spent, heir);
  const join = async (heir: string) => {
    const journal = await Journal.open(origin.journal, { state: await readJournal(origin.journal) });
    try {
      await journal.intend({ kind: 'heir', folder: heir });
    } finally {
      journal.close();
    }
  };
  return { caps: { ...caps, origin: origin.path }, spent, join };
}

/** Counts what a run may have changed. */
async function countInto(tally: ChangeTally, path: string): Promise<Awaited<ReturnType<typeof readJournal>>> {
  const folder = RunFolder.at(path);
  try {
    const record = await folder.readRecord();
    const journal = await readJournal(folder.journal);
    const { untouched, missing } = await changesOf(folder, record, journal);
    tally.missing += missing;
    for await (const { row, line, networkId, userId, userDetails, before } of readChanges(folder.before)) {
      if (untouched.has(row)) continue;
      tally.add({
        row,
        line,
        start: 0,
        end: 0,
        command: { networkId, userId, details: userDetails },
        before,
      });
    }
    return journal;
  } catch (cause) {
    throw new RunFolderError(
      `the run ${printable(path)}, which shares the caps of this one, cannot be read: nobody knows how much they still allow; nothing was sent`,
      'Put its folder back. If it is gone, make a plan of the failed file with `planUpdate`, look at it, and carry it out with `applyPlan`.',
      { cause },
    );
  }
}
