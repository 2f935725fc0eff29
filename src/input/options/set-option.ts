/** `--set FIELD=VALUE`: one value for every row. */
import { UsageError } from '../../errors.js';
import { isBlank } from '../../text/blank.js';
import { nearest } from '../../text/nearest-name.js';
import {
  type ChangeName,
  type ColumnName,
  changeNames,
  columnOf,
  isChange,
  plain,
  shownName,
} from '../columns/column-names.js';
import { Draft } from '../fields/row-draft.js';
import { takeChange } from '../fields/text-value.js';

export interface Setting {
  readonly field: ChangeName;
  /** As it would stand in a CSV cell. */
  readonly text: string;
}

/** What the values of `--set` mean. @throws UsageError, without any VALUE in it */
export function parseSet(entries: readonly string[] = [], singleGroup = false): readonly Setting[] {
  const settings = entries.map((entry) => settingOf(entry, singleGroup));
  const fields = settings.map(({ field }) => field);
  const twice = fields.find((field, index) => fields.indexOf(field) !== index);
  if (twice !== undefined) throw new UsageError(`--set gives ${twice} twice`, 'Leave one of them out.');
  if (fields.includes('securityGroupIds') && fields.includes('securityGroupNames')) {
    throw new UsageError(
      '--set gives both securityGroupIds and securityGroupNames',
      'Leave one of them out.',
    );
  }
  return settings;
}

function settingOf(entry: string, singleGroup: boolean): Setting {
  const at = entry.indexOf('=');
  // What stands before the sign is all that may be shown, and without one nobody knows what it is.
  if (at === -1)
    throw new UsageError('--set takes FIELD=VALUE', 'Give --set securityGroupNames=Sales, for example.');
  const name = entry.slice(0, at);
  const field = columnOf(name);
  if (field === undefined || !isChange(field)) {
    const guess = field === undefined ? ` (nearest: ${nearest(plain(name), changeNames, plain)})` : '';
    throw new UsageError(
      `--set cannot give "${shownName(name)}" to every row${guess}`,
      `The fields are: ${changeNames.join(', ')}.`,
    );
  }
  const text = entry.slice(at + 1);
  if (isBlank(text)) {
    throw new UsageError(
      `--set ${field} has no value`,
      'Give one: what the service does with an empty value is not known.',
    );
  }
  const draft = new Draft(0);
  takeChange(draft, field, text, singleGroup);
  const [problem] = draft.problems;
  if (problem) throw new UsageError(`--set ${field}: ${problem.reason}`, 'Correct the value.');
  return { field, text };
}

/** The columns whose own values the settings replace. */
export function replacedBy(settings: readonly Setting[]): ReadonlySet<ColumnName> {
  const replaced = new Set<ColumnName>(settings.map(({ field }) => field));
  if (replaced.has('securityGroupIds')) replaced.add('securityGroupNames');
  else if (replaced.has('securityGroupNames')) replaced.add('securityGroupIds');
  return replaced;
}
