/** A table of values and what they stand for, as a file or a program gives it. */

/** A table that a program gives in the place of a file, or that a file has held. */
export interface TranslationTable {
  readonly field: string;
  /** What messages call it. Default: the table. */
  readonly name?: string;
  /** Each value and what it stands for; `*` is any value that is not among them. */
  readonly entries: readonly (readonly [value: string, translation: string])[];
}

export const isTranslationTable = (given: unknown): given is TranslationTable => {
  if (typeof given !== 'object' || given === null) return false;
  const { field, name = '', entries }: { field?: unknown; name?: unknown; entries?: unknown } = given;
  const isPair = (entry: unknown) =>
    Array.isArray(entry) && entry.length === 2 && entry.every((text) => typeof text === 'string');
  return (
    typeof field === 'string' && typeof name === 'string' && Array.isArray(entries) && entries.every(isPair)
  );
};
