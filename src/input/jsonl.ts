/** Lines of JSON into drafts of rows. */
import {
  type ColumnName,
  columnNames,
  columnOf,
  isLookup,
  type LookupName,
  listUnknown,
  type UnknownName,
} from './columns.js';
import { Draft, type UserWatch } from './draft.js';
import type { Stretch } from './frame.js';
import { needsLookup } from './header.js';
import { isObject, kindOf, parseLine, repeatedKey } from './json.js';
import { takeJson } from './jsonvalue.js';
import type { InputOptions } from './options.js';
import { isBlank, type Rules } from './value.js';

type Fields = Readonly<Record<string, unknown>>;

const DETAILS = 'userDetails';
const ENVELOPE = ['networkId', 'userId', DETAILS];
const FLAT = [...columnNames, DETAILS];
const MOST_REMEMBERED = 1000;

/** Reads the lines of a JSONL input. */
export class JsonRecords {
  readonly #options: InputOptions;
  readonly #rules: Rules;
  readonly #users: UserWatch | undefined;
  /** What keys mean in the flat form; most files have the same few in every line. */
  readonly #meanings = new Map<string, ColumnName | LookupName | undefined>();
  #stretch: Stretch | undefined;

  constructor(options: InputOptions, rules: Rules, users: UserWatch | undefined) {
    this.#options = options;
    this.#rules = rules;
    this.#users = users;
  }

  /** The lines that `draft` is asked for from now on. */
  open(stretch: Stretch): void {
    this.#stretch = stretch;
  }

  /** Undefined for a blank line. Throws InputError for a key that needs the network to be read. */
  draft(index: number): Draft | undefined {
    const stretch = this.#stretch;
    if (stretch === undefined) return undefined;
    const text = stretch.bytes.toString('utf8', stretch.ends[index - 1] ?? 0, stretch.ends[index]);
    if (isBlank(text)) return undefined;
    const draft = new Draft(stretch.lines[index] as number);
    const parsed = parseLine(text);
    if ('fault' in parsed) draft.reject(undefined, `the line ${parsed.fault}`);
    else this.#take(draft, parsed.object, text);
    return draft;
  }

  #take(draft: Draft, object: Fields, text: string): void {
    const details = Object.hasOwn(object, DETAILS) ? object[DETAILS] : undefined;
    const inner = isObject(details) ? details : {};
    const repeated = repeatedKey(text, Object.keys(object).length + Object.keys(inner).length);
    if (repeated !== undefined) {
      const column = columnOf(repeated);
      const known = column === undefined || isLookup(column) ? undefined : column;
      draft.reject(known, known === undefined ? 'the line has a key twice' : 'stands in the line twice');
      return;
    }
    if (details === undefined) this.#takeFlat(draft, object);
    else this.#takeRequest(draft, object, details);
    draft.check(this.#users);
  }

  #takeFlat(draft: Draft, object: Fields): void {
    const taken = new Set<ColumnName>();
    const unknown: UnknownName[] = [];
    for (const [index, key] of Object.keys(object).entries()) {
      const column = this.#meaningOf(key);
      if (column === undefined) {
        unknown.push({ position: index + 1, name: key });
      } else if (isLookup(column)) {
        throw needsLookup(column, `key ${index + 1}`, draft.line);
      } else if (taken.has(column)) {
        draft.reject(column, 'stands in the line twice, in two spellings');
      } else {
        taken.add(column);
        takeJson(draft, column, object[key], this.#rules, true);
      }
    }
    this.#refuseUnknown(draft, unknown, FLAT, taken.size > 0);
    this.#requireIds(draft, taken.has('networkId'), taken.has('userId'));
  }

  /** The API's own request, whose names are exact. */
  #takeRequest(draft: Draft, object: Fields, details: unknown): void {
    const unknown: UnknownName[] = [];
    for (const [index, key] of Object.keys(object).entries()) {
      if (key === DETAILS) continue;
      const column = this.#meaningOf(key);
      if (key === 'networkId' || key === 'userId') {
        takeJson(draft, key, object[key], this.#rules, false);
      } else if (column === undefined || column === 'networkId' || column === 'userId' || isLookup(column)) {
        unknown.push({ position: index + 1, name: key });
      } else {
        draft.reject(column, `stands beside ${DETAILS}; it belongs inside`);
      }
    }
    this.#refuseUnknown(draft, unknown, ENVELOPE, true);
    this.#requireIds(draft, Object.hasOwn(object, 'networkId'), Object.hasOwn(object, 'userId'));
    if (isObject(details)) {
      this.#takeDetails(draft, details);
    } else {
      draft.reject(undefined, `${DETAILS} is ${kindOf(details)}, takes an object`);
      draft.askForChange();
    }
  }

  #takeDetails(draft: Draft, details: Fields): void {
    const unknown: UnknownName[] = [];
    const members = columnNames.filter((name) => name !== 'networkId' && name !== 'userId');
    for (const [index, key] of Object.keys(details).entries()) {
      const column = members.find((name) => name === key);
      if (column !== undefined) takeJson(draft, column, details[key], this.#rules, false);
      else unknown.push({ position: index + 1, name: key });
    }
    this.#refuseUnknown(draft, unknown, members, true);
  }

  // A line of which no key is known may be data with no names: then none is shown.
  #refuseUnknown(
    draft: Draft,
    unknown: readonly UnknownName[],
    known: readonly string[],
    show: boolean,
  ): void {
    if (unknown.length === 0 || this.#options.ignoreUnknownColumns === true) return;
    // The unknown key may have been the change.
    draft.askForChange();
    if (show) draft.reject(undefined, `unknown ${listUnknown('key', unknown, known)}`);
    else draft.reject(undefined, `none of the line's keys is known; the keys are: ${columnNames.join(', ')}`);
  }

  #requireIds(draft: Draft, network: boolean, user: boolean): void {
    if (!network) this.#rules.network.takeNone(draft);
    if (!user) draft.reject('userId', 'is missing: every row needs the ID of its user');
  }

  #meaningOf(key: string): ColumnName | LookupName | undefined {
    if (this.#meanings.has(key)) return this.#meanings.get(key);
    const column = columnOf(key);
    if (this.#meanings.size < MOST_REMEMBERED) this.#meanings.set(key, column);
    return column;
  }
}
