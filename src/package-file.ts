/** The files of this package that the program reads. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The path of a file of this package. It is found by the package's own name, since the command is built into few files
 * that do not stand where their sources stood. A single executable has no such files.
 */
export const packageFile = (name: string): string =>
  join(dirname(fileURLToPath(import.meta.resolve('wickr-bulk/package.json'))), name);
