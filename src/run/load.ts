/** The files that options name, beside the input. */
import { type Exclusions, readExclusions } from '../input/exclude.js';
import { readMapFile } from '../input/map-file.js';
import { parseMap } from '../input/map-rules.js';
import type { ReadingOptions } from './options.js';

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
