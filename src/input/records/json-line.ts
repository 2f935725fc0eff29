/** Parses one line of JSON into an object, or says why it is none. */

/** The object, or what is wrong as the end of a sentence about the line. */
export type ParsedLine = { readonly object: Readonly<Record<string, unknown>> } | { readonly fault: string };

/** Parses one line. The reasons never hold content, as the messages of JSON.parse do. */
export function parseLine(text: string): ParsedLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { fault: syntaxFault(error instanceof Error ? error.message : '') };
  }
  if (!isObject(value)) return { fault: `is ${typeName(value)}, takes a JSON object` };
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

/** The type of a value as messages name it, such as `a number`. */
export function typeName(value: unknown): string {
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
 * A key that valid JSON has twice, in the outermost object or in one directly below it: JSON.parse keeps the last one
 * and says nothing.
 *
 * @param keys number of keys that the parsed objects have together
 */
export function repeatedKey(text: string, keys: number): string | undefined {
  // Every key has its colon: if there are as many colons as keys, no key was dropped.
  return countColons(text) === keys ? undefined : findRepeated(text);
}

function countColons(text: string): number {
  let count = 0;
  for (let at = text.indexOf(':'); at !== -1; at = text.indexOf(':', at + 1)) count++;
  return count;
}

const DEEPEST = 2;

function findRepeated(text: string): string | undefined {
  /** By depth, the keys of the object that is open there. */
  const open: Set<string>[] = [];
  for (const { depth, keyJson } of tokensOf(text)) {
    if (depth > DEEPEST) continue;
    if (keyJson === undefined) {
      open[depth] = new Set();
      continue;
    }
    const key = JSON.parse(keyJson) as string;
    if (open[depth]?.has(key)) return key;
    open[depth]?.add(key);
  }
  return undefined;
}

interface Token {
  /** 1 for the members of the outermost object. */
  readonly depth: number;
  /** A key with its quotes; absent for the beginning of an object or list. */
  readonly keyJson?: string;
}

/** The keys of valid JSON, and where objects and lists begin. */
function* tokensOf(text: string): Generator<Token> {
  let depth = 0;
  let string = '';
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '"': {
        const end = stringEnd(text, at);
        string = text.slice(at, end + 1);
        at = end;
        break;
      }
      case '{':
      case '[':
        yield { depth: ++depth };
        break;
      case '}':
      case ']':
        depth--;
        break;
      case ':':
        yield { depth, keyJson: string };
    }
  }
}

/** Offset of the closing quote of the string that begins at `at`. */
function stringEnd(text: string, at: number): number {
  let end = at + 1;
  while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  return end;
}
