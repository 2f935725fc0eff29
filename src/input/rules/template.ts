/** A template of the option `compose`: text, and columns of the file in braces with filters, `{First Name|lower}`. */
import { UsageError } from '../../errors.js';
import { isBlank } from '../../text/blank.js';
import { near } from '../../text/nearest-name.js';
import { shownName } from '../columns/column-names.js';
import { type TextFilter, textFilters } from './text-filters.js';

/** A place of a template that a row fills in. */
export interface Slot {
  /** A column by the file's own name, or a field. */
  readonly column: string;
  readonly filters: readonly TextFilter[];
}

export type Template = readonly (string | Slot)[];

/** What a row makes of a template, or why it makes nothing: the end of a sentence about the field. */
export type Filled = { readonly text: string } | { readonly fault: string };

const PARTS =
  /\{\{|\}\}|\{\s*(?:"(?<quoted>(?:[^"]|"")*)"|(?<bare>[^{}|"]*))\s*(?<filters>(?:\|[^{}|]*)*)\}|[^{}]+|[{}]/gu;

/** @throws UsageError for what is no template */
export function parseTemplate(text: string, field: string): Template {
  const parts = [...text.matchAll(PARTS)].map(({ 0: part, groups }): string | Slot => {
    if (part === '{{' || part === '}}') return part.charAt(0);
    if (part === '{' || part === '}')
      throw new UsageError(
        `\`compose\` ${field}: a brace of the template has no other one`,
        'Write {Column} or {Column|lower}; a brace itself is {{ or }}, a name with { } | in it stands in double quotes.',
      );
    return part.startsWith('{') ? slotOf(groups ?? {}, field) : part;
  });
  if (parts.some((part) => typeof part !== 'string')) return parts;
  throw new UsageError(
    `\`compose\` ${field}: the template names no column`,
    'Name one in braces, such as {First Name}; for one value in every row give `set`.',
  );
}

function slotOf(groups: Readonly<Record<string, string | undefined>>, field: string): Slot {
  const { quoted, bare = '', filters = '' } = groups;
  const column = (quoted?.replaceAll('""', '"') ?? bare).trim();
  if (column === '')
    throw new UsageError(
      `\`compose\` ${field}: braces of the template name no column`,
      'Write the name of a column in them, such as {First Name}.',
    );
  const names = filters.split('|').slice(1);
  return { column, filters: names.map((name) => filterOf(name.trim().toLowerCase(), field)) };
}

function filterOf(name: string, field: string): TextFilter {
  const known = Object.keys(textFilters);
  const filter = Object.hasOwn(textFilters, name) ? textFilters[name] : undefined;
  if (filter) return filter;
  const guess = near(name, known, (each) => each);
  throw new UsageError(
    `\`compose\` ${field}: there is no filter "${shownName(name)}"${guess === undefined ? '' : ` (nearest: ${guess})`}`,
    `The filters are: ${known.join(', ')}.`,
  );
}

/** The columns that a template names. */
export const columnsOf = (template: Template): string[] =>
  template.flatMap((part) => (typeof part === 'string' ? [] : [part.column]));

/** @param textOf what the row has in a column; blank if it has nothing there */
export function fill(template: Template, textOf: (column: string) => string): Filled {
  let text = '';
  for (const part of template) {
    if (typeof part === 'string') {
      text += part;
      continue;
    }
    const value = textOf(part.column);
    const name = `the column "${shownName(part.column)}"`;
    if (isBlank(value)) return { fault: `cannot be composed: ${name} is blank` };
    const filtered = part.filters.reduce((left, filter) => filter(left), value);
    if (isBlank(filtered)) return { fault: `cannot be composed: the filters leave nothing of ${name}` };
    text += filtered;
  }
  return { text };
}
