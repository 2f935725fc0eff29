/** The options that apply to every row of an input, parsed. */
import type { ColumnName } from '../columns/column-names.js';
import { type MapRules, parseMap } from '../columns/map-option.js';
import type { ValueRules } from '../fields/text-value.js';
import { parseRules, type RuleOptions, type RuleSet } from '../rules/rule-set.js';
import type { Untranslated } from '../rules/untranslated.js';
import { parseAccept } from './accept-option.js';
import type { Exclusions } from './exclusions.js';
import type { InputOptions } from './input-options.js';
import { parseSet, replacedBy, type Setting } from './set-option.js';
import { type Condition, parseWhere } from './where-option.js';

/** What the checks of one input share. */
export interface RowRules extends ValueRules {
  readonly rowOptions: RowOptions;
  /** How many rows have met each of the conditions, by itself. */
  readonly met: number[];
  /** The values so far that a table has no translation for. */
  readonly untranslated: Untranslated;
}

export interface RowOptions {
  readonly map: MapRules | undefined;
  readonly settings: readonly Setting[];
  /** Columns whose values in the file are ignored, because the settings replace them. */
  readonly replaced: ReadonlySet<ColumnName>;
  readonly conditions: readonly Condition[];
  /** What makes values of values, before the settings. */
  readonly rules: RuleSet;
  readonly exclusions: Exclusions | undefined;
  /** Columns in which words such as `Null` are meant. */
  readonly accepted: ReadonlySet<ColumnName>;
}

/** @throws UsageError if `map`, `set`, `where` or a rule cannot be used */
export function parseRowOptions(
  options: Pick<
    InputOptions,
    'map' | 'set' | 'where' | 'singleGroup' | 'strict' | 'accept' | 'exclusions' | keyof RuleOptions
  >,
): RowOptions {
  const { singleGroup = false, strict = false } = options;
  const accepted = parseAccept(options.accept);
  const settings = parseSet(options.set, { singleGroup, strict, accepted });
  return {
    map: parseMap(options.map),
    settings,
    replaced: replacedBy(settings),
    conditions: parseWhere(options.where),
    rules: parseRules(options),
    exclusions: options.exclusions,
    accepted,
  };
}
