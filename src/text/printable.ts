/**
 * A name or a path from outside as a message or a screen shows it: on one line, without control, bidi or other unseen
 * characters.
 *
 * @param instead what stands in the place of such a character
 */
export const printable = (text: string, instead: (character: string) => string = () => '�'): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, instead);
