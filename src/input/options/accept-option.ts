/** The option `accept`: fields in which words that programs write for no value, such as `Null`, are names. */
import { UsageError } from '../../errors.js';
import { near } from '../../text/nearest-name.js';
import { type ColumnName, columnNames, columnOf, normalizeName, shownName } from '../columns/column-names.js';

/** Parses the values of `accept`. @throws UsageError for what is no field */
export function parseAccept(entries: readonly string[] = []): ReadonlySet<ColumnName> {
  return new Set(
    entries.map((entry) => {
      const field = columnOf(entry);
      if (field !== undefined) return field;
      const guess = near(normalizeName(entry), columnNames, normalizeName);
      throw new UsageError(
        `\`accept\` "${shownName(entry)}": there is no such field${guess === undefined ? '' : ` (nearest: ${guess})`}`,
        `Give the field whose words are meant, such as \`accept\` lastName. The fields are: ${columnNames.join(', ')}.`,
      );
    }),
  );
}
