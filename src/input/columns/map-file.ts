/** The option `mapFile`: a file with a mapping of columns. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { InputError } from '../../errors.js';
import { printable } from '../../text/printable.js';
import { parseLine, repeatedKey, typeName } from '../records/json-line.js';
import { shownName } from './column-names.js';

const hint = 'It holds one JSON object, such as {"Work Email": "lookupUsername", "Cost Centre": "ignore"}.';

/** The columns of the file as values of `map`. @throws InputError if it cannot be read or is not such an object */
export async function readMapFile(path: string): Promise<string[]> {
  const name = printable(basename(path));
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    const what = cause.code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${cause.code})`;
    throw new InputError(`\`mapFile\` ${name}: ${what}`, 'Check the path.', { cause });
  });
  const text = textOf(bytes);
  if (text === undefined)
    throw new InputError(`\`mapFile\` ${name}: it is not a text in UTF-8 or UTF-16`, hint);
  const parsed = parseLine(text);
  if ('fault' in parsed) throw new InputError(`\`mapFile\` ${name}: it ${parsed.fault}`, hint);
  const repeated = repeatedKey(text, Object.keys(parsed.object).length);
  if (repeated !== undefined)
    throw new InputError(
      `\`mapFile\` ${name}: it has the column "${shownName(repeated)}" twice`,
      'Leave one of them out.',
    );
  return Object.entries(parsed.object).map(([column, field]) => {
    if (typeof field === 'string' && column.trim() !== '') return `${column}=${field}`;
    const fault = typeof field === 'string' ? 'has no name' : `is given ${typeName(field)}, not a field`;
    throw new InputError(`\`mapFile\` ${name}: the column "${shownName(column)}" ${fault}`, hint);
  });
}

/** PowerShell 5 writes UTF-16. Undefined if it is neither that nor UTF-8. */
function textOf(bytes: Buffer): string | undefined {
  const mark = bytes.toString('latin1', 0, 2);
  const encoding = mark === '\xff\xfe' ? 'utf-16le' : mark === '\xfe\xff' ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
