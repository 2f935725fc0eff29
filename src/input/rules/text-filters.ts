/** What a template can do with a value, in the order in which it names them: `{Last Name|german|ascii|lower}`. Pure. */
import anyAscii from 'any-ascii';

export type TextFilter = (text: string) => string;

/** By name. */
export const textFilters: Readonly<Record<string, TextFilter>> = {
  lower: (text) => text.toLowerCase(),
  upper: (text) => text.toUpperCase(),
  /** Without white space around it. */
  trim: (text) => text.trim(),
  /** Every letter by letters of ASCII, whatever its script: `Đặng` as `Dang`, `ä` as `a`. */
  ascii: (text) => anyAscii(text.normalize('NFC')),
  /** German umlauts as Germans write them without: `ä` as `ae`, `ß` as `ss`. In Swedish or Turkish that would be wrong. */
  german: (text) => text.normalize('NFC').replaceAll(/[äöüßẞ]|[ÄÖÜ](\p{Ll})?/gu, inGerman),
  /** The letters and digits alone: `van der O’Brien-Smith` as `vanderOBrienSmith`. */
  letters: (text) => text.replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, ''),
  /** The first letter, with the marks on it. */
  initial: (text) => /\p{L}\p{M}*/u.exec(text)?.[0] ?? '',
};

const GERMAN: Readonly<Record<string, string>> = {
  ...{ ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss', ẞ: 'SS' },
  ...{ Ä: 'AE', Ö: 'OE', Ü: 'UE' },
};

/** In capitals among capitals, else as `Ae`. */
function inGerman(found: string, next: string | undefined): string {
  const [letter = ''] = found;
  const written = GERMAN[letter] ?? letter;
  return next === undefined ? written : `${written[0]}${written.slice(1).toLowerCase()}${next}`;
}
