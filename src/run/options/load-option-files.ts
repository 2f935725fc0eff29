/** The files that options name, beside the input. */
import { readMapFile } from '../../input/columns/map-file.js';
import { parseMap } from '../../input/columns/map-option.js';
import type { Exclusions } from '../../input/options/exclusions.js';
import type { InputOptions } from '../../input/options/input-options.js';
import { readExclusions } from '../../input/rows/exclusion-file.js';
import { parseTranslate } from '../../input/rules/translate-option.js';
import { readTranslation } from '../../input/rules/translation-file.js';
import type { TranslationTable } from '../../input/rules/translation-table.js';
import type { ReadingStage } from './parsed-options.js';

/** How an input is read, once the files are. */
export interface LoadedReading extends InputOptions {
  readonly exclusions?: Exclusions;
}

/**
 * Reads the map file, whose columns come behind those of `map`, the tables of `translate` and the list of users never to
 * be changed.
 *
 * @throws InputError for a file that cannot be used, UsageError if it and `map` do not go together
 */
export async function loadReading(given: ReadingStage): Promise<LoadedReading> {
  const { networkId, delimiter, encoding, skipRows, ignoreUnknownColumns, set, where, limit, planned } =
    given;
  const { mapFile, exclude, excludeSha256, singleGroup, allowDuplicates, strict, accept } = given;
  const { translate, compose, replace } = given;
  let { map } = given;
  if (mapFile !== undefined) {
    map = [...(map ?? []), ...(await readMapFile(mapFile))];
    parseMap(map);
  }
  const exclusions = exclude === undefined ? undefined : await readExclusions(exclude, excludeSha256);
  const translations = translate && (await Promise.all(translate.map(tableOf)));
  return {
    ...{ ignoreUnknownColumns, singleGroup, allowDuplicates, strict, planned },
    ...(networkId !== undefined && { networkId }),
    ...(delimiter !== undefined && { delimiter }),
    ...(encoding !== undefined && { encoding }),
    ...(skipRows !== undefined && { skipRows }),
    ...(limit !== undefined && { limit }),
    ...(accept !== undefined && { accept }),
    ...(map !== undefined && { map }),
    ...(set !== undefined && { set }),
    ...(where !== undefined && { where }),
    ...(translations !== undefined && { translations }),
    ...(compose !== undefined && { compose }),
    ...(replace !== undefined && { replace }),
    ...(exclusions !== undefined && { exclusions }),
  };
}

const tableOf = async (given: string | TranslationTable): Promise<TranslationTable> =>
  typeof given === 'string' ? readTranslation(parseTranslate(given)) : given;
