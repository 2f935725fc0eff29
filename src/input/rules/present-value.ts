/** What the rules `replace` make of a value that a user has: pure. */
import { isBlank } from '../../text/blank.js';
import type { ColumnName } from '../columns/column-names.js';
import { gradeOf } from '../fields/value-grade.js';
import { NOTHING_LEFT } from './column-rules.js';
import { type PresentField, type Replacement, replaced } from './replace-option.js';

/** How a user's value is changed. */
export interface PresentRules {
  readonly replacements: readonly Replacement[];
  /** What is odd about a value is an error. */
  readonly strict: boolean;
  /** Columns in which words such as `Null` are meant. */
  readonly accepted: ReadonlySet<ColumnName>;
}

/** A new value, maybe with what is odd about it, or why there is none: the end of a sentence about the field. */
export type PresentResult =
  | { readonly value: string; readonly warning?: string }
  | { readonly fault: string };

/**
 * The new value; undefined if the value stays as it is.
 *
 * @param present undefined if the service does not tell it
 */
export function changedValue(
  field: PresentField,
  present: string | undefined,
  { replacements, strict, accepted }: PresentRules,
): PresentResult | undefined {
  if (present === undefined) return { fault: NOT_TOLD };
  const value = replaced(replacements, field, present);
  if (value === undefined || value === present) return undefined;
  if (isBlank(value)) return { fault: NOTHING_LEFT };
  // A run that is repeated meets its own result, and must not change it once more.
  if ((replaced(replacements, field, value) ?? value) !== value) return { fault: NOT_STABLE };
  const found = gradeOf(field, value, accepted);
  if (found === undefined) return { value };
  const reason = `would be a value that ${found.reason}`;
  return found.grade === 'error' || strict ? { fault: reason } : { value, warning: reason };
}

const NOT_TOLD = 'is not told by the service, so `replace` has nothing to change: give it in the file';
const NOT_STABLE =
  'would be changed again by the same `replace` if the file were run twice: write the expression so that it does not match its own result';
