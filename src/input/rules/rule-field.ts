/** What stands before the first sign of a rule, FIELD=…: the field that it gives. */
import { UsageError } from '../../errors.js';
import { near } from '../../text/nearest-name.js';
import { columnOf, normalizeName, shownName } from '../columns/column-names.js';

/** A rule, its field told apart. */
interface Parts<Name> {
  readonly field: Name;
  readonly rest: string;
}

/**
 * @param option the option's name, and what it takes, such as FIELD=FILE
 * @throws UsageError if there is no sign, or the option cannot give the field
 */
export function splitRule<Name extends string>(
  entry: string,
  option: { readonly name: string; readonly form: string; readonly example: string },
  fields: readonly Name[],
): Parts<Name> {
  const at = entry.indexOf('=');
  const { name, form, example } = option;
  if (at === -1)
    throw new UsageError(`\`${name}\` takes ${form}`, `Give \`${name}\` ${example}, for example.`);
  return { field: fieldOf(entry.slice(0, at), name, fields), rest: entry.slice(at + 1) };
}

/** @throws UsageError if the option cannot give it */
export function fieldOf<Name extends string>(given: string, option: string, fields: readonly Name[]): Name {
  const column = columnOf(given);
  const field = fields.find((each) => each === column);
  if (field !== undefined) return field;
  const guess = column === undefined ? near(normalizeName(given), fields, normalizeName) : undefined;
  throw new UsageError(
    `\`${option}\` cannot give "${shownName(given)}"${guess === undefined ? '' : ` (nearest: ${guess})`}`,
    `The fields are: ${fields.join(', ')}.`,
  );
}

/** @throws UsageError if a field is given by two rules of the option */
export function refuseTwice(option: string, fields: readonly string[]): void {
  const twice = fields.find((field, index) => fields.indexOf(field) !== index);
  if (twice !== undefined)
    throw new UsageError(`\`${option}\` gives ${twice} twice`, 'Leave one of them out.');
}
