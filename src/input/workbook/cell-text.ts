/** The text of cells, and where they stand. */

/** Excel writes characters that XML has no place for as `_x000D_`, and an underscore before what looks so as `_x005F_`. */
export function unescaped(text: string): string {
  const plain = text.includes('_x')
    ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text;
  // A NUL, or the mark of a cell that is not sure: no text means them.
  return /[\0\ufdd0]/.test(plain) ? plain.replace(/[\0\ufdd0]/g, '\ufffd') : plain;
}

/** The column's number, 1 for A, of an address such as `AB12`; undefined if it is none. */
export function columnNumber(address: string): number | undefined {
  let column = 0;
  let at = 0;
  for (; at < address.length; at += 1) {
    const code = address.charCodeAt(at);
    if (code < 65 || code > 90) break;
    column = column * 26 + code - 64;
  }
  return at > 0 && at < 4 && at < address.length ? column : undefined;
}

/** The row's number of an address such as `AB12`; undefined if it is none. */
export function rowNumber(address: string): number | undefined {
  const digits = /^[A-Z]{1,3}([1-9]\d{0,6})$/.exec(address)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** `AB12` for column 28 and row 12. */
export function addressOf(column: number, row: number): string {
  let letters = '';
  for (let rest = column; rest > 0; rest = Math.floor((rest - 1) / 26))
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  return `${letters}${row}`;
}
