/** The option `mapFile`: a file with a mapping of columns. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { InputError } from '../../errors.js';
import { printable } from '../../text/printable.js';
import { parseLine, typeName } from '../records/json-line.js';
import { shownName } from './column-names.js';

const hint = 'It holds one JSON object, such as {"Work Email": "lookupUsername", "Cost Centre": "ignore"}.';

/** The columns of the file as values of `map`. @throws InputError if it cannot be read or is not such an object */
export async function readMapFile(path: string): Promise<string[]> {
  const name = printable(basename(path));
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const what = cause.code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${cause.code})`;
    throw new InputError(`\`mapFile\` ${name}: ${what}`, 'Check the path.', { cause });
  });
  const parsed = parseLine(text.replace(/^\ufeff/, ''));
  if ('fault' in parsed) throw new InputError(`\`mapFile\` ${name}: it ${parsed.fault}`, hint);
  return Object.entries(parsed.object).map(([column, field]) => {
    if (typeof field === 'string' && column.trim() !== '') return `${column}=${field}`;
    const fault = typeof field === 'string' ? 'has no name' : `is given ${typeName(field)}, not a field`;
    throw new InputError(`\`mapFile\` ${name}: the column "${shownName(column)}" ${fault}`, hint);
  });
}
