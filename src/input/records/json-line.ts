/** One line of JSON into an object, or the reason why it is none. */

/** The object, or what is wrong as the end of a sentence about the line. */
export type Parsed = { readonly object: Readonly<Record<string, unknown>> } | { readonly fault: string };

/** Reads one line. The reasons never hold content, as the messages of JSON.parse do. */
export function parseLine(text: string): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { fault: syntaxFault(error instanceof Error ? error.message : '') };
  }
  if (!isObject(value)) return { fault: `is ${kindOf(value)}, takes a JSON object` };
  return { object: value };
}

// Anchored at the message's end: what comes before may quote the line.
function syntaxFault(message: string): string {
  if (message === 'Unexpected end of JSON input') return 'ends in the middle of a JSON value';
  const position = /JSON at position ([0-9]+)(?: \(line [0-9]+ column [0-9]+\))?$/.exec(message)?.[1];
  return position === undefined
    ? 'is not valid JSON'
    : `is not valid JSON at character ${Number(position) + 1}`;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What sort of value it is, such as `a number`. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  switch (typeof value) {
    case 'string':
      return value === '' ? 'an empty text' : 'a text';
    case 'object':
      return 'an object';
    default:
      return `a ${typeof value === 'boolean' ? 'true/false value' : typeof value}`;
  }
}

/**
 * A key that stands twice in valid JSON, in the outermost object or in one directly below it: JSON.parse keeps the
 * last and tells nobody. `keys` is the number of keys that the parsed objects have together.
 */
export function repeatedKey(text: string, keys: number): string | undefined {
  // Every key has its colon: where there are as many colons as keys, no key was dropped.
  return countColons(text) === keys ? undefined : findRepeated(text);
}

function countColons(text: string): number {
  let count = 0;
  for (let at = text.indexOf(':'); at !== -1; at = text.indexOf(':', at + 1)) count++;
  return count;
}

const DEEPEST = 2;

function findRepeated(text: string): string | undefined {
  const seen: Set<string>[] = [];
  let depth = 0;
  let name = '';
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === '"') {
      const end = stringEnd(text, at);
      if (depth <= DEEPEST) name = text.slice(at, end + 1);
      at = end;
    } else if (sign === '{' || sign === '[') {
      depth++;
      if (depth <= DEEPEST) seen[depth] = new Set();
    } else if (sign === '}' || sign === ']') {
      depth--;
    } else if (sign === ':' && depth <= DEEPEST) {
      const key = JSON.parse(name) as string;
      if (seen[depth]?.has(key)) return key;
      seen[depth]?.add(key);
    }
  }
  return undefined;
}

/** Where the string that begins at `at` has its closing quote. */
function stringEnd(text: string, at: number): number {
  let end = at + 1;
  while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  return end;
}
