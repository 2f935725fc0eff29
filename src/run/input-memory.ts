/** How long the last input of a reconciliation was: one that is much shorter was probably cut off. */
import { accountOf, type Credentials } from '../wickr/credentials.js';
import { type Memory, openMemory } from './state/remembered.js';

/**
 * The memory of rows of inputs of one name, for one network. Digits of a name do not count, since exports have dates in
 * their names.
 *
 * @param path undefined: nothing is recalled or remembered
 */
export function openInputMemory(
  path: string | undefined,
  endpoint: URL,
  networkId: string,
  credentials: Credentials,
  inputName: string,
): Memory {
  const name = inputName.replace(/[0-9]+/g, '#');
  const kind = { name: 'rows', most: 1_000_000_000 };
  return openMemory(path, kind, [endpoint.origin, networkId, accountOf(credentials), name]);
}
