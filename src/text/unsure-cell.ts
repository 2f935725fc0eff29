/**
 * What stands in the place of a workbook's cell whose text cannot be told for sure: only a row that uses the cell is
 * refused. It begins with a character that no text has, so it is no value whatever becomes of it.
 */

export type Doubt = keyof typeof reasons;

const reasons = {
  format:
    'is a number in a format whose look cannot be told for sure: format the column as Text, as General, or as a date in full such as yyyy-mm-dd',
  digits: 'is a number of more than 15 digits, of which a spreadsheet has lost some: enter it as a text',
  formula:
    'is a formula whose result the file does not hold: open it in a spreadsheet, which works it out, and save it again',
};

const MARK = '\ufdd0';
const code: Readonly<Record<Doubt, string>> = { format: '', digits: '+', formula: '=' };

/** @param address such as `B7` */
export const unsureCell = (doubt: Doubt, address: string): string => `${MARK}${code[doubt]}${address}`;

/** Why the text is none; undefined for any other text. */
export function unsureReason(text: string): string | undefined {
  if (text.charCodeAt(0) !== 0xfdd0) return undefined;
  const [, sign, address] = /^.([+=]?)([A-Z]{1,3}[1-9]\d{0,6})$/.exec(text) ?? [];
  const doubt = (Object.keys(reasons) as Doubt[]).find((name) => code[name] === sign);
  return doubt && `(cell ${address}) ${reasons[doubt]}`;
}
