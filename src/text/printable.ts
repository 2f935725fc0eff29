/**
 * A name or a path from outside, as a message or a screen shows it: on one line, without control characters, bidi
 * marks or other invisible characters.
 *
 * @param instead what replaces such a character
 */
export const printable = (text: string, instead: (character: string) => string = () => '�'): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, instead);
