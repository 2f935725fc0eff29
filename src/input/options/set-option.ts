/** The option `set`, FIELD=VALUE: one value for every row. */
import { UsageError } from '../../errors.js';
import { isBlank } from '../../text/blank.js';
import { near } from '../../text/nearest-name.js';
import {
  type ChangeName,
  type ColumnName,
  changeNames,
  columnOf,
  isChange,
  normalizeName,
  shownName,
} from '../columns/column-names.js';
import { RowBuilder } from '../fields/row-builder.js';
import { type ChangeRules, takeChange } from '../fields/text-value.js';

export interface Setting {
  readonly field: ChangeName;
  /** As in a CSV cell. */
  readonly text: string;
  /** What is odd about it: told once, not of each row. */
  readonly warnings: readonly string[];
}

/** How the values are checked. */
export interface SettingRules extends Omit<ChangeRules, 'graded'> {
  readonly strict: boolean;
}

const LENIENT: SettingRules = { singleGroup: false, strict: false, accepted: new Set() };

/** Parses the values of `set`. @throws UsageError, without any VALUE in it */
export function parseSet(entries: readonly string[] = [], rules: SettingRules = LENIENT): readonly Setting[] {
  const settings = entries.map((entry) => parseSetting(entry, rules));
  const fields = settings.map(({ field }) => field);
  const twice = fields.find((field, index) => fields.indexOf(field) !== index);
  if (twice !== undefined) throw new UsageError(`\`set\` gives ${twice} twice`, 'Leave one of them out.');
  if (fields.includes('securityGroupIds') && fields.includes('securityGroupNames')) {
    throw new UsageError(
      '`set` gives both securityGroupIds and securityGroupNames',
      'Leave one of them out.',
    );
  }
  return settings;
}

function parseSetting(entry: string, rules: SettingRules): Setting {
  const at = entry.indexOf('=');
  // Only what is before the sign may be shown, and without a sign it may be a value.
  if (at === -1)
    throw new UsageError('`set` takes FIELD=VALUE', 'Give `set` securityGroupNames=Sales, for example.');
  const name = entry.slice(0, at);
  const field = columnOf(name);
  if (field === undefined || !isChange(field)) {
    const guess = field === undefined ? near(normalizeName(name), changeNames, normalizeName) : undefined;
    throw new UsageError(
      `\`set\` cannot give "${shownName(name)}" to every row${guess === undefined ? '' : ` (nearest: ${guess})`}`,
      `The fields are: ${changeNames.join(', ')}.`,
    );
  }
  const text = entry.slice(at + 1);
  if (isBlank(text)) {
    throw new UsageError(
      `\`set\` ${field} has no value`,
      'Give one: what the service does with an empty value is not known.',
    );
  }
  const row = new RowBuilder(0, rules.strict);
  takeChange(row, field, text, { ...rules, graded: true });
  const [problem] = row.problems;
  if (problem) throw new UsageError(`\`set\` ${field}: ${problem.reason}`, 'Correct the value.');
  return { field, text, warnings: row.warnings.map(({ reason }) => reason) };
}

/** The columns whose values in the file the settings replace. */
export function replacedBy(settings: readonly Setting[]): ReadonlySet<ColumnName> {
  const replaced = new Set<ColumnName>(settings.map(({ field }) => field));
  if (replaced.has('securityGroupIds')) replaced.add('securityGroupNames');
  else if (replaced.has('securityGroupNames')) replaced.add('securityGroupIds');
  return replaced;
}
