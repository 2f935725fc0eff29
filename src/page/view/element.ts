/**
 * What stands on a page, as values: text and elements. The program writes them as HTML, the page's own script makes
 * nodes of them. A text is only ever text, and no attribute here can hold a script, a style or an address elsewhere.
 */

type Attribute =
  | 'class'
  | 'datetime'
  | 'dir'
  | 'for'
  | 'id'
  | 'lang'
  | 'open'
  | 'role'
  | 'scope'
  | 'tabindex'
  | `aria-${string}`
  | `data-${string}`;
export type Attributes = { readonly [Name in Attribute]?: string };

export interface Element {
  readonly tag: string;
  readonly attributes: Attributes;
  readonly children: readonly View[];
}

export type View = string | Element;
type Child = View | undefined | false | readonly (View | undefined | false)[];

/** An element. Children that are false or undefined are left out. */
export const el = (tag: string, attributes: Attributes, ...children: readonly Child[]): Element => ({
  tag,
  attributes,
  children: children.flat().filter((child): child is View => child !== undefined && child !== false),
});

/** A paragraph, an item and the like: an element without attributes. */
export const plainEl = (tag: string, ...children: readonly Child[]): Element => el(tag, {}, ...children);

/** Names and values, in their order. */
export const attributesOf = ({ attributes }: Element): (readonly [name: string, value: string])[] =>
  Object.entries(attributes as Readonly<Record<string, string>>);

const EMPTY: readonly string[] = ['br', 'input', 'meta'];

/** As HTML. */
export function toHtml(view: View): string {
  if (typeof view === 'string') return escapeText(view);
  const { tag, children } = view;
  const written = attributesOf(view).map(([name, value]) => ` ${name}="${escapeText(value)}"`);
  const open = `<${tag}${written.join('')}>`;
  return EMPTY.includes(tag) ? open : `${open}${children.map(toHtml).join('')}</${tag}>`;
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text as HTML shows it, also in an attribute. */
export const escapeText = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => escapes[character] ?? '');

/** JSON for an element `script`, which nothing in it can end. */
export const scriptJson = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');
