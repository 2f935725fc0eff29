/** A row that a program gives as an object, as a line of a JSONL input. */
import { InputError } from '../../errors.js';
import { printable } from '../../text/printable.js';

/** Levels of lists and objects within a row: that of a request has two. */
const DEEPEST = 16;

/**
 * The line, with its line end. What is undefined is left out.
 *
 * @param index of the object in the input, from 0
 * @throws InputError that names the index and the member if the item is no object, or JSON cannot hold what is in it
 */
export function rowLine(row: unknown, index: number): string {
  // An object of a class may say itself what it is as JSON.
  const plain = isRow(row) && typeof row.toJSON === 'function' ? (row.toJSON() as unknown) : row;
  if (!isRow(plain)) throw notAnObject(plain, index);
  const fault = faultIn(plain, 0);
  if (fault) throw unheld(fault, index);
  return `${JSON.stringify(plain)}\n`;
}

type Members = Readonly<Record<string, unknown>>;

const isRow = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isBuiltIn(value);

const isBuiltIn = (value: object) =>
  value instanceof Date || value instanceof Map || value instanceof Set || value instanceof Promise;

/** Something that JSON does not hold as it is, and the path that leads to it. */
interface Fault {
  readonly path: string;
  readonly what: string;
}

function faultIn(members: Members, depth: number): Fault | undefined {
  for (const key of Object.keys(members)) {
    const fault = members[key] === undefined ? undefined : faultOf(members[key], depth + 1);
    if (fault) return { ...fault, path: `.${printable(key)}${fault.path}` };
  }
  return undefined;
}

function faultOf(value: unknown, depth: number): Fault | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : { path: '', what: String(value) };
    case 'object':
      if (value === null) return undefined;
      if (depth > DEEPEST) return { path: '', what: 'nested too deeply, or within itself' };
      if (Array.isArray(value)) return faultInList(value, depth);
      return isPlain(value) ? faultIn(value, depth) : { path: '', what: nameOf(value) };
    default:
      return { path: '', what: nameOf(value) };
  }
}

function faultInList(list: readonly unknown[], depth: number): Fault | undefined {
  for (let at = 0; at < list.length; at += 1) {
    const fault = faultOf(list[at], depth + 1);
    if (fault) return { ...fault, path: `[${at}]${fault.path}` };
  }
  return undefined;
}

function isPlain(value: object): value is Members {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The sort of a value, which is never shown itself. */
function nameOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  const name: unknown = value.constructor?.name;
  return typeof name === 'string' && name !== '' ? `of the class ${printable(name)}` : 'of an unknown class';
}

const notAnObject = (value: unknown, index: number) =>
  new InputError(
    `\`input\`[${index}] is ${nameOf(value)}; nothing was sent`,
    'Each row has to be an object with the columns as its keys, such as { userId, firstName }.',
  );

const unheld = ({ path, what }: Fault, index: number) =>
  new InputError(
    `\`input\`[${index}]${path} is ${what}, which JSON cannot hold; nothing was sent`,
    'Give texts, finite numbers, true or false, and lists of texts.',
  );
