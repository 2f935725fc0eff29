/** What a row changes, field by field, as people are shown it. */
import type { CommandRow, Field } from '../model.js';

/** What a row would do to a user, or has done. Holds the user's values. */
export interface PlannedChange {
  /** Of the input. */
  readonly line: number;
  readonly userId: string;
  /** As it is now; undefined if the service does not tell. */
  readonly username: string | undefined;
  /** By field, what it is (null if the service does not tell) and what it would be; groups by their names. */
  readonly fields: Readonly<
    Record<string, { readonly before: FieldValue | null; readonly after: FieldValue }>
  >;
  /** Whether the user would have a temporary username in between. */
  readonly temporarily: boolean;
}

/** A value of a field. */
export type FieldValue = string | number | boolean | readonly string[];

/** Values as they are shown: groups by their names, those of which none is known by their IDs. */
export const withNames =
  (groupNames: Readonly<Record<string, string>>) =>
  (value: unknown): FieldValue =>
    Array.isArray(value)
      ? value.map((id: string) => (Object.hasOwn(groupNames, id) ? groupNames[id] : undefined) ?? id)
      : (value as FieldValue);

export function changeOf(
  { line, command, before, turn }: Pick<CommandRow, 'line' | 'command' | 'before' | 'turn'>,
  username: string | undefined,
  shown: (value: unknown) => FieldValue,
): PlannedChange {
  const fields = (Object.keys(command.details) as Field[]).map((field) => {
    const was = before?.[field] ?? null;
    return [field, { before: was === null ? null : shown(was), after: shown(command.details[field]) }];
  });
  return {
    line,
    userId: command.userId,
    username,
    fields: Object.fromEntries(fields),
    temporarily: turn?.via !== undefined,
  };
}
