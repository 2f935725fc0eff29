/** Text laid out for a terminal of 80 columns. */

/** Characters a line. */
const WIDTH = 80;

/** Words in lines of at most 80 characters, each behind `indent` spaces. */
export function wrapped(words: readonly string[], indent = 0): string {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line !== '' && indent + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((each) => ' '.repeat(indent) + each).join('\n');
}

/** Terms with what they mean beside them, one below the other. */
export function definitions(entries: readonly (readonly [term: string, meaning: string])[]): string {
  const column = Math.max(...entries.map(([term]) => term.length)) + 4;
  return entries
    .map(([term, meaning]) => `  ${term}`.padEnd(column) + wrapped(meaning.split(' '), column).trimStart())
    .join('\n');
}
