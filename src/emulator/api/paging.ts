/** The paging that all lists share: the query for a page, the token of the next page, the order of the items. */
import { hash } from 'node:crypto';
import type { ErrorReason } from '../../wire-types.js';

export interface PageRequest {
  readonly offset: number;
  readonly size: number;
  readonly sortFields: readonly string[];
  readonly descending: boolean;
  /** The part of the query that decides which items are listed, and in which order. */
  readonly key: string;
}

/** Reads the paging members of a query, or finds what is wrong with them. */
export function parsePage(
  query: ReadonlyMap<string, string>,
  sortable: readonly string[],
): PageRequest | { reasons: ErrorReason[] } {
  const reasons: ErrorReason[] = [];
  const maxResults = query.get('maxResults') ?? '10';
  const size = /^[0-9]{1,3}$/.test(maxResults) ? Number(maxResults) : 0;
  if (size < 1 || size > 100) reasons.push({ field: 'maxResults', reason: 'must be from 1 to 100' });
  const sortFields = (query.get('sortFields') ?? '').split('+').filter((field) => field !== '');
  if (!sortFields.every((field) => sortable.includes(field))) {
    reasons.push({ field: 'sortFields', reason: `must be some of ${sortable.join(', ')}` });
  }
  const direction = query.get('sortDirection') ?? 'DESC';
  if (direction !== 'ASC' && direction !== 'DESC') {
    reasons.push({ field: 'sortDirection', reason: 'must be ASC or DESC' });
  }
  const key = keyOf(query);
  const offset = offsetOf(query.get('nextToken'), key);
  if (offset === undefined) {
    reasons.push({ field: 'nextToken', reason: 'is not a token of this list' });
    return { reasons };
  }
  if (reasons.length > 0) return { reasons };
  return { offset, size, sortFields, descending: direction === 'DESC', key };
}

function keyOf(query: ReadonlyMap<string, string>): string {
  const pairs = [...query].filter(([name]) => name !== 'nextToken' && name !== 'maxResults');
  return JSON.stringify(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const sealOf = (offset: string, key: string): string => hash('sha256', `${offset} ${key}`).slice(0, 16);

/** A token is valid only for the query that it was issued for. */
function tokenOf(offset: number, key: string): string {
  return Buffer.from(`${offset} ${sealOf(String(offset), key)}`).toString('base64');
}

/** Undefined for a token that was never issued. */
function offsetOf(token: string | undefined, key: string): number | undefined {
  if (token === undefined) return 0;
  const [offset = '', seal] = Buffer.from(token, 'base64').toString().split(' ');
  return seal === sealOf(offset, key) ? Number(offset) : undefined;
}

/**
 * Cuts the page out of the whole list. A token holds a place in the list, not an item: if items move between two pages,
 * some come twice and some not at all, as can happen with the real service.
 */
export function cut<T>(items: readonly T[], page: PageRequest): { items: T[]; nextToken?: string } {
  const end = page.offset + page.size;
  const rest = end < items.length ? { nextToken: tokenOf(end, page.key) } : {};
  return { items: items.slice(page.offset, end), ...rest };
}

/** Sorts by each of the fields in turn, by code unit; items that are equal in all of them keep their order. */
export function sort<T>(
  items: T[],
  { sortFields, descending }: PageRequest,
  read: (item: T, field: string) => string | number,
): T[] {
  items.sort((a, b) => {
    for (const field of sortFields) {
      const [x, y] = [read(a, field), read(b, field)];
      if (x !== y) return x < y ? -1 : 1;
    }
    return 0;
  });
  return descending ? items.reverse() : items;
}
