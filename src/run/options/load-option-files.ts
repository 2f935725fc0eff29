/** The files that options name, beside the input. */

import { readMapFile } from '../../input/columns/map-file.js';
import { parseMap } from '../../input/columns/map-option.js';
import type { Exclusions } from '../../input/options/exclusions.js';
import { readExclusions } from '../../input/rows/exclusion-file.js';
import type { ReadingOptions } from './run-options.js';

/** How an input is read, once the files are. */
export interface LoadedReading extends Omit<ReadingOptions, 'mapFile' | 'exclude' | 'excludeSha256'> {
  readonly exclusions?: Exclusions;
}

/**
 * Reads the map file, whose columns come behind those of `map`, and the list of users never to be changed.
 *
 * @throws InputError for a file that cannot be used, UsageError where it and `map` do not go together
 */
export async function loadReading(given: ReadingOptions): Promise<LoadedReading> {
  const { mapFile, exclude, excludeSha256, ...reading } = given;
  const loaded: { map?: readonly string[]; exclusions?: Exclusions } = {};
  if (mapFile !== undefined) {
    loaded.map = [...(reading.map ?? []), ...(await readMapFile(mapFile))];
    parseMap(loaded.map);
  }
  if (exclude !== undefined) loaded.exclusions = await readExclusions(exclude, excludeSha256);
  return { ...reading, ...loaded };
}
