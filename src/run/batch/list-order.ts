/** Rows in the order in which the service lists their users, so that pages of the list can be read right before them. */
import type { CommandRow, ReadyRow } from '../../model.js';

/** What is known of the list of all users. */
export interface UserList {
  /** How many pages it has. */
  readonly pages: number;
  /** The page on which the row's user stands, counted from 0; undefined if the user was not seen in the list. */
  readonly pageOf: (row: CommandRow) => number | undefined;
}

/** Rows that change their users, up to which a read of each takes less than to bring them into another order. */
const FEW = 100;

/** Rows for each page, below which it takes more reads to list the users once more than it can save. */
const LEAST_PER_PAGE = 10;

/** Pages whose rows are kept at a time: at most 20,000 rows. The input is read once for so many. */
export const PAGES_AT_ONCE = 200;

/** Whether rows go out in the list's order. @param changes rows that change their users */
export const goesByList = (changes: number, pages: number): boolean =>
  pages > 0 && changes > FEW && changes >= pages * LEAST_PER_PAGE;

/**
 * The rows, those that change a user page by page, and in the input's order within a page. All others come first, each
 * as it stands in the input.
 *
 * @param rows gives the same rows each time
 * @param isDone whether a row has its outcome already
 */
export async function* inListOrder(
  rows: () => AsyncIterable<readonly ReadyRow[]>,
  { pages, pageOf }: UserList,
  isDone: (row: ReadyRow) => boolean,
  atOnce = PAGES_AT_ONCE,
): AsyncGenerator<readonly ReadyRow[]> {
  const placeOf = (row: ReadyRow) => ('command' in row && !isDone(row) ? pageOf(row) : undefined);
  for (let from = 0; from < pages; from += atOnce) {
    const kept: CommandRow[][] = Array.from({ length: Math.min(atOnce, pages - from) }, () => []);
    for await (const batch of rows()) {
      const others: ReadyRow[] = [];
      for (const row of batch) {
        const page = placeOf(row);
        if (page === undefined) others.push(row);
        else kept[page - from]?.push(row as CommandRow);
      }
      if (from === 0 && others.length > 0) yield others;
    }
    yield* kept;
  }
}
