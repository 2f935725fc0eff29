import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@aws-sdk/signature-v4';
import type { CredentialProvider } from './credentials.js';

/** The part of a request that the signature covers. */
export interface SignableRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Signs a request as of `at` and gives all the headers to send, `host` and `authorization` among them. */
export type Sign = (request: SignableRequest, at: Date) => Promise<Record<string, string>>;

type Bytes = string | ArrayBuffer | ArrayBufferView;

/**
 * The hash that the signer asks for, on node:crypto: with it the signer reached twice the requests a second that it
 * does with @aws-crypto/sha256-js.
 */
class Sha256 {
  private readonly hash: Hash | Hmac;

  constructor(secret?: Bytes) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', asBuffer(secret));
  }

  update(data: Bytes): void {
    this.hash.update(asBuffer(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }

  reset(): void {
    throw new Error('the signer makes a new hash for each use');
  }
}

function asBuffer(data: Bytes): string | Uint8Array {
  if (typeof data === 'string') return data;
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

/** A signer for one endpoint. It asks the provider at each signature, so that credentials may change in mid-run. */
export function createSigner(
  endpoint: URL,
  region: string,
  credentials: CredentialProvider,
  service = 'wickr',
): Sign {
  const signer = new SignatureV4({ credentials, region, service, sha256: Sha256, applyChecksum: false });
  return async (request, at) => {
    const signed = await signer.sign(
      {
        method: request.method,
        protocol: endpoint.protocol,
        hostname: endpoint.hostname,
        path: request.path,
        query: { ...request.query },
        headers: {
          host: endpoint.host,
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(request.body === undefined ? {} : { body: request.body }),
      },
      { signingDate: at },
    );
    return signed.headers;
  };
}
