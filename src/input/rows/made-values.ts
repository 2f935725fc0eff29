/** Values that rules have made, taken into a row like those of the file: what is checked and said of both is the same. */
import { type ColumnName, isChange } from '../columns/column-names.js';
import type { RowBuilder } from '../fields/row-builder.js';
import { takeText } from '../fields/text-value.js';
import type { RowRules } from '../options/row-options.js';
import type { MadeValues } from '../rules/column-rules.js';

/** Whether the row's own value does not count, because a rule gives the field. */
export const isMade = (column: ColumnName, made: MadeValues | undefined): boolean =>
  made !== undefined && isChange(column) && made.values.has(column);

/** Takes what rules have made, unless `set` gives the field. */
export function takeMade(row: RowBuilder, made: MadeValues | undefined, rules: RowRules): void {
  if (made === undefined) return;
  const { replaced } = rules.rowOptions;
  for (const [field, value] of made.values) {
    row.noteChange();
    if (value !== undefined && !replaced.has(field)) takeText(row, field, value, rules);
  }
  row.fromPresent = made.fromPresent.filter((field) => !replaced.has(field));
  if (row.fromPresent.length > 0) row.noteChange();
}
