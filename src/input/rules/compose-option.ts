/** The option `compose`, FIELD=TEMPLATE: a value made of the file's own columns. */
import { type ChangeName, changeNames } from '../columns/column-names.js';
import { refuseTwice, splitRule } from './rule-field.js';
import { parseTemplate, type Template } from './template.js';

export interface Composition {
  readonly field: ChangeName;
  readonly template: Template;
  /** As the caller wrote it. */
  readonly text: string;
}

const option = {
  name: 'compose',
  form: 'FIELD=TEMPLATE',
  example: '"username={First Name|lower}.{Last Name|lower}@example.com"',
};

/** Parses the values of `compose`. @throws UsageError */
export function parseCompose(entries: readonly string[] = []): readonly Composition[] {
  const compositions = entries.map((entry) => {
    const { field, rest } = splitRule(entry, option, changeNames);
    return { field, template: parseTemplate(rest, field), text: rest };
  });
  refuseTwice(
    'compose',
    compositions.map(({ field }) => field),
  );
  return compositions;
}
