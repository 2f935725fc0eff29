/** Whether there are colours: on a terminal that has some, unless the environment says otherwise. */
import type { ResultLook } from '../../screen/summary.js';
import { coloured, type Paint, uncoloured } from '../../text/paint.js';

/** A stream as far as that is asked; only a terminal knows how many colours it has. */
export interface Painted {
  readonly isTTY?: boolean;
  hasColors?(): boolean;
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * FORCE_COLOR goes before NO_COLOR, as Node.js has it: `0` and `false` mean none, anything else means colours, also in
 * a file or a pipe. NO_COLOR means none unless it is empty (no-color.org).
 */
export function hasColours(stream: Painted, env: Variables = process.env): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: none } = env;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if (none) return false;
  return stream.isTTY === true && stream.hasColors?.() === true;
}

/** How a result looks on standard output. */
export const resultLook = (): ResultLook => ({
  paint: paintFor(process.stdout),
  isTerminal: process.stdout.isTTY === true,
});

export const paintFor = (stream: Painted): Paint => (hasColours(stream) ? coloured : uncoloured);
