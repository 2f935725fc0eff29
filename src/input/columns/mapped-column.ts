/** What a column of a file is read as, and why it cannot be. Types only. */
import type { ColumnName } from './column-names.js';

/** One column of the file, or one key of its rows. */
export interface MappedColumn {
  /** As the file names it; `shownName` makes it safe to be shown. */
  readonly column: string;
  /** Undefined if the column is ignored. */
  readonly field: ColumnName | undefined;
  /** What decided: the column's own name, `map` auto, or a `map` that names the column or the field. */
  readonly how: 'name' | 'auto' | 'map';
  /** Whether a template of `compose` uses it. */
  readonly composed?: true;
}

/** Why columns cannot be mapped, and what to do about it. */
export interface MappingFault {
  readonly message: string;
  readonly hint: string;
}
