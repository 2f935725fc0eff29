/** The certificate authorities that a bundle makes the only ones to trust. */
import { readFile } from 'node:fs/promises';
import { UsageError } from '../../errors.js';
import { printable } from '../../text/printable.js';
import type { Setting, Variables } from './reach-settings.js';

/**
 * The PEM texts: those of the bundle in place of Node's own, as for the AWS CLI, and those of NODE_EXTRA_CA_CERTS, which
 * Node adds only to its own. Undefined without a bundle.
 *
 * @throws UsageError if the bundle cannot be read or holds no certificate
 */
export async function trustedAuthorities(
  bundle: Setting<string> | undefined,
  env: Variables,
): Promise<string[] | undefined> {
  if (bundle === undefined) return undefined;
  const own = await readFile(bundle.value, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(
      `the CA bundle ${printable(bundle.value)} (${nameOf(bundle)}) cannot be read (${cause.code})`,
      'Name a PEM file that is there and can be read, or leave it out.',
      { cause },
    );
  });
  if (!isPem(own))
    throw new UsageError(
      `the CA bundle ${printable(bundle.value)} (${nameOf(bundle)}) holds no certificate in PEM form`,
      'Name a file with "-----BEGIN CERTIFICATE-----" in it; openssl x509 -inform der makes one of a .cer or .der file.',
    );
  // Node itself warns of a file that it cannot read.
  const extra = env.NODE_EXTRA_CA_CERTS
    ? await readFile(env.NODE_EXTRA_CA_CERTS, 'utf8').catch(() => '')
    : '';
  return [own, extra].filter(isPem);
}

const nameOf = ({ from }: Setting<string>) => (from.startsWith('AWS_') ? from : `ca_bundle of ${from}`);

const isPem = (text: string) => text.includes('-----BEGIN CERTIFICATE-----');
