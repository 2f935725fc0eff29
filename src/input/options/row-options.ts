/** What the caller asks of every row of an input, beside what the row says. */
import type { ColumnName } from '../columns/column-names.js';
import { type MapRules, parseMap } from '../columns/map-option.js';
import type { Rules } from '../fields/text-value.js';
import type { Exclusions } from './exclusions.js';
import type { InputOptions } from './input-options.js';
import { parseSet, replacedBy, type Setting } from './set-option.js';
import { type Condition, parseWhere } from './where-option.js';

/** What the checks of one input share, and what is asked of every row. */
export interface RowRules extends Rules {
  readonly asked: Asked;
}

export interface Asked {
  readonly map: MapRules | undefined;
  readonly settings: readonly Setting[];
  /** Columns whose own values do not count, because of the settings. */
  readonly replaced: ReadonlySet<ColumnName>;
  readonly conditions: readonly Condition[];
  readonly exclusions: Exclusions | undefined;
}

/** @throws UsageError for a `--map`, `--set` or `--where` that cannot be used */
export function parseAsked(
  options: Pick<InputOptions, 'map' | 'set' | 'where' | 'singleGroup' | 'exclusions'>,
): Asked {
  const settings = parseSet(options.set, options.singleGroup);
  return {
    map: parseMap(options.map),
    settings,
    replaced: replacedBy(settings),
    conditions: parseWhere(options.where),
    exclusions: options.exclusions,
  };
}
