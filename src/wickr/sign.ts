import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@aws-sdk/signature-v4';
import type { CredentialProvider } from './credentials.js';

/** The part of a request that the signature covers. */
export interface SignableRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Signs a request as of `at`. Resolves to all the headers to send, `host` and `authorization` among them. */
export type Sign = (request: SignableRequest, at: Date) => Promise<Record<string, string>>;

type Bytes = string | ArrayBuffer | ArrayBufferView;

const NOTHING = new Uint8Array();

/**
 * The hash for one signer, on node:crypto: with it the signer reached twice the requests a second that it reaches with
 * @aws-crypto/sha256-js.
 *
 * The signer keys its own cache by an HMAC with the secret access key, which it computes anew for every request and
 * which is always the same: so the last HMAC with a secret that is a text is kept. The class is made for each signer,
 * so that nothing holds the secret longer than the signer does.
 */
function createSha256() {
  let lastWithText:
    | { readonly secret: string; readonly data: Uint8Array; readonly digest: Uint8Array }
    | undefined;

  function hmacWithText(secret: string, data: Uint8Array): Uint8Array {
    if (lastWithText?.secret !== secret || Buffer.compare(lastWithText.data, data) !== 0) {
      lastWithText = { secret, data, digest: createHmac('sha256', secret).update(data).digest() };
    }
    return lastWithText.digest;
  }

  function digest(secret: Bytes | undefined, data: Uint8Array): Uint8Array {
    if (secret === undefined) return createHash('sha256').update(data).digest();
    if (typeof secret === 'string') return hmacWithText(secret, data);
    return createHmac('sha256', asBytes(secret)).update(data).digest();
  }

  return class Sha256 {
    private readonly secret: Bytes | undefined;
    private data: Uint8Array = NOTHING;

    constructor(secret?: Bytes) {
      this.secret = secret;
    }

    update(data: Bytes): void {
      this.data = this.data.length === 0 ? asBytes(data) : Buffer.concat([this.data, asBytes(data)]);
    }

    /** Not a promise, though the type says so: the signer awaits it, and a value that is there costs no wait. */
    digest(): Promise<Uint8Array> {
      return digest(this.secret, this.data) as never;
    }

    reset(): void {
      throw new Error('the signer makes a new hash for each use');
    }
  };
}

function asBytes(data: Bytes): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

/** A signer for one endpoint. It asks the provider at each signature, so that credentials may change during a run. */
export function createSigner(
  endpoint: URL,
  region: string,
  credentials: CredentialProvider,
  service = 'wickr',
): Sign {
  const signer = new SignatureV4({
    credentials,
    region,
    service,
    sha256: createSha256(),
    applyChecksum: false,
    // The signer would encode the path at every request; `encodedPath` does so once for each path.
    uriEscapePath: false,
  });
  const { protocol, hostname, host } = endpoint;
  const encodedPath = createPathEncoder();
  return async ({ method, path, query, body }, at) => {
    const headers: Record<string, string> = { host };
    if (body !== undefined) headers['content-type'] = 'application/json';
    const request = {
      ...{ method, protocol, hostname, path: encodedPath(path), headers, body },
      ...(query && { query: { ...query } }),
      // The request is made for this one signature, so the signer may write into it instead of into a copy.
      clone: () => request,
    };
    return (await signer.sign(request, { signingDate: at })).headers;
  };
}

/** Encodes paths as SigV4 wants them: once more than they are sent. A path is mostly that of the request before. */
function createPathEncoder(): (path: string) => string {
  let last = { path: '', encoded: '' };
  return (path) => {
    if (last.path !== path) last = { path, encoded: encodeURIComponent(path).replaceAll('%2F', '/') };
    return last.encoded;
  };
}
