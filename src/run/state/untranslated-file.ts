/** The values that a table has no translation for, as a file that people look at: the most frequent first. */
import { createFile } from '../../disk.js';
import type { UntranslatedValue } from '../../input/rules/untranslated.js';
import { csvLine } from '../../report/line.js';

/** @throws UsageError if there is a file by that name, RunFolderError if the disk does not take it */
export const writeUntranslated = (path: string, values: readonly UntranslatedValue[]): Promise<void> =>
  createFile(path, (file) =>
    file.appendFile(
      [
        csvLine(['field', 'value', 'rows', 'firstLine']),
        ...values.map(({ field, value, rows, line }) => csvLine([field, value, rows, line])),
      ].join(''),
    ),
  );
