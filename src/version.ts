/** Which release this is. */
import { readFileSync } from 'node:fs';
import { getAsset, isSea } from 'node:sea';
import { packageFile } from './package-file.js';

/** A single executable has it within: there is no file beside it. */
const manifest = isSea()
  ? getAsset('package.json', 'utf8')
  : readFileSync(packageFile('package.json'), 'utf8');

/** The version of this package, from its package.json. */
export const version: string = (JSON.parse(manifest) as { version: string }).version;
