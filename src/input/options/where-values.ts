/** How the option `where` writes its values: in double quotes, and as a list in parentheses. */

/** What stands in double quotes, in which a quote is written twice; undefined if they are not around all of it. */
export function unquoted(text: string): string | undefined {
  return /^"(?:[^"]|"")*"$/s.test(text) ? text.slice(1, -1).replaceAll('""', '"') : undefined;
}

const ITEM = /\s*(?:(?<quoted>"(?:[^"]|"")*")|(?<bare>[^",()=<>!~\s](?:[^",()]*[^",()\s])?))\s*/suy;

/** The values of `(A, B)`; undefined if it is no such list. One with a comma, a parenthesis or a quote is in quotes. */
export function listed(text: string): readonly string[] | undefined {
  const values: string[] = [];
  let at = 1;
  while (at < text.length) {
    ITEM.lastIndex = at;
    const found = ITEM.exec(text);
    if (found === null) return undefined;
    const { quoted, bare = '' } = found.groups ?? {};
    values.push(quoted === undefined ? bare : (unquoted(quoted) ?? ''));
    at += found[0].length;
    const sign = text[at++];
    if (sign === ')') return at === text.length ? values : undefined;
    if (sign !== ',') return undefined;
  }
  return undefined;
}

/** Whether a value without quotes looks as if another condition came behind it. */
export const isOpen = (value: string): boolean =>
  /&&|\|\||!=/.test(value) || /(?:\s(?:and|or)\s|,).*=/is.test(value);
