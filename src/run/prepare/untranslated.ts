/** What becomes of the values that a table has no translation for: a file of their own, as no message may name them. */
import type { UntranslatedValue } from '../../input/rules/untranslated.js';
import { printable } from '../../text/printable.js';
import type { ReadingStage } from '../options/parsed-options.js';
import { RunFolder } from '../state/run-folder.js';
import { writeUntranslated } from '../state/untranslated-file.js';

/** Where they are, if they are kept, and what to do about them. */
interface Kept {
  readonly folder?: RunFolder;
  readonly hint?: string;
}

/** The folder of the run, if there is one already or is to be one. */
interface Place {
  readonly folder: RunFolder | undefined;
  readonly run?: { readonly folder: string };
}

/**
 * Keeps the values of an input that is refused: in the file that the caller names, else in the folder that its run would
 * have had.
 *
 * @throws RunFolderError if the disk does not take them, or the folder exists already; UsageError if the file does
 */
export async function keepUntranslated(
  values: readonly UntranslatedValue[],
  { untranslatedFile }: Pick<ReadingStage, 'untranslatedFile'>,
  { folder: opened, run }: Place,
): Promise<Kept> {
  if (values.length === 0) return {};
  if (untranslatedFile !== undefined) {
    await writeUntranslated(untranslatedFile, values);
    return { hint: hintFor(values.length, untranslatedFile) };
  }
  const folder = run && (opened ?? (await RunFolder.create(run.folder)));
  if (!folder) return { hint: `${ADD}; \`untranslatedFile\` names a new file that they are written to.` };
  await writeUntranslated(folder.untranslated, values);
  return { folder, hint: hintFor(values.length, folder.untranslated) };
}

const ADD = 'Add the values to the table, or give it a line with * for all others';

const hintFor = (count: number, path: string) =>
  `${ADD}: ${count === 1 ? 'the one' : `the ${count}`} without a translation ${count === 1 ? 'is' : 'are'} in ${printable(path)}.`;
