/** Characters that nobody sees, and how a message names them: a value itself must not stand there, its one odd character may. */

/** Of characters that copying and spreadsheets bring along, by code point. */
const names: Readonly<Record<number, string>> = {
  0: 'NUL',
  9: 'tab',
  10: 'line end',
  13: 'line end',
  27: 'escape',
  32: 'blank',
  160: 'no-break space',
  173: 'soft hyphen',
  8203: 'zero-width space',
  8204: 'zero-width non-joiner',
  8205: 'zero-width joiner',
  8206: 'left-to-right mark',
  8207: 'right-to-left mark',
  8234: 'left-to-right embedding',
  8236: 'end of a text direction',
  8238: 'right-to-left override',
  8239: 'narrow no-break space',
  8288: 'word joiner',
  65279: 'byte order mark',
  65533: 'replacement character',
};

/** The character as a message names it: `U+200B (zero-width space)`. */
export function characterName(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16).toUpperCase().padStart(4, '0');
  return names[code] === undefined ? `U+${hex}` : `U+${hex} (${names[code]})`;
}

/** The first match and where it stands, such as `U+200B (zero-width space) at character 4`; undefined if there is none. */
export function characterAt(text: string, wanted: RegExp): string | undefined {
  const found = wanted.exec(text);
  if (found === null) return undefined;
  const place = [...text.slice(0, found.index)].length + 1;
  return `${characterName(found[0])} at character ${place}`;
}

/** White space, and marks that have no shape of their own. */
export const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Z}\s\u2800]/u;

/** Whether there is nothing to be seen of a text that is not empty. */
export const isUnseen = (text: string): boolean =>
  /^[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Z}\s\u2800]+$/u.test(text);
