/** Finds UTF-8 that was read as Windows-1252: `ZoÃ«` for `Zoë`. */

/** What Windows-1252 shows for the bytes 0x80 to 0x9f; five of them stand for nothing and stay as they are. */
const SHOWN = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
const SEQUENCE = new RegExp(
  `[\\u00c2-\\u00df][F]|[\\u00e0-\\u00ef][F]{2}|[\\u00f0-\\u00f4][F]{3}`.replaceAll(
    '[F]',
    `[${SHOWN}\\u00a0-\\u00bf]`,
  ),
  'gu',
);
const PAIR = new RegExp(`[\\u00c2-\\u00f4][${SHOWN}\\u00a0-\\u00bf]`);
const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Place of the first letters that look so; undefined if there are none. One such sequence is enough if it begins as most
 * letters of Western languages do; names such as `ĎURÍŠEK` have others by chance, so of those it takes two.
 */
export function misreadAt(text: string): number | undefined {
  if (!maybeMisread(text)) return undefined;
  const found = [...text.matchAll(SEQUENCE)].filter(([sequence]) => isUtf8(sequence));
  const first = found[0];
  if (first === undefined) return undefined;
  const isSure = found.length > 1 || found.some(([sequence]) => /^(?:[ÂÃÄÅ]|â€)/.test(sequence));
  return isSure ? [...text.slice(0, first.index)].length + 1 : undefined;
}

/** Whether it is worth a closer look. */
export const maybeMisread = (text: string): boolean => PAIR.test(text);

function isUtf8(sequence: string): boolean {
  const bytes = Buffer.from([...sequence].map(byteOf));
  try {
    decoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function byteOf(character: string): number {
  const shown = SHOWN.indexOf(character);
  return shown === -1 ? character.charCodeAt(0) : 0x80 + shown;
}
