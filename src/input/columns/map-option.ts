/** The option `map`: auto, COLUMN=FIELD and COLUMN=ignore, parsed. */
import { UsageError } from '../../errors.js';
import { near } from '../../text/nearest-name.js';
import { composed } from '../../text/username.js';
import { type ColumnName, columnNames, columnOf, normalizeName, shownName } from './column-names.js';

/** What `map` asks for. */
export interface MapRules {
  readonly auto: boolean;
  readonly explicit: readonly MapRule[];
}

interface MapRule {
  readonly column: string;
  /** Undefined: the column is ignored. */
  readonly field: ColumnName | undefined;
}

const IGNORE = 'ignore';

/** Parses the values of `map`; undefined if there are none. @throws UsageError */
export function parseMap(entries: readonly string[] = []): MapRules | undefined {
  if (entries.length === 0) return undefined;
  const explicit = entries.filter((entry) => !isAuto(entry)).map(parseRule);
  for (const [index, { column, field }] of explicit.entries()) {
    const earlier = explicit.slice(0, index);
    if (earlier.some((rule) => composed(rule.column) === composed(column)))
      throw new UsageError(`\`map\` names the column "${shownName(column)}" twice`, 'Leave one of them out.');
    const rival = field && earlier.find((rule) => rule.field === field);
    if (!rival) continue;
    const both = `"${shownName(rival.column)}" and "${shownName(column)}"`;
    throw new UsageError(`\`map\` gives both ${both} to ${field}`, 'Leave one of them out.');
  }
  return { auto: entries.some(isAuto), explicit };
}

const isAuto = (entry: string): boolean => entry.trim().toLowerCase() === 'auto';

// At the last sign: the name of a column may have one, the name of a field never does.
function parseRule(entry: string): MapRule {
  const at = entry.lastIndexOf('=');
  const column = entry.slice(0, at).trim();
  if (at === -1 || column === '') {
    const hint = 'Give `map` auto, `map` "Work Email=lookupUsername" or `map` "Cost Centre=ignore".';
    throw new UsageError(`\`map\` "${shownName(entry)}" is neither auto nor COLUMN=FIELD`, hint);
  }
  const target = entry.slice(at + 1).trim();
  if (target.toLowerCase() === IGNORE) return { column, field: undefined };
  const field = columnOf(target);
  if (field !== undefined) return { column, field };
  const guess = near(normalizeName(target), [...columnNames, IGNORE], normalizeName);
  throw new UsageError(
    `\`map\` "${shownName(column)}": there is no field "${shownName(target)}"${guess === undefined ? '' : ` (nearest: ${guess})`}`,
    `The fields are: ${columnNames.join(', ')}; or ${IGNORE}.`,
  );
}
