/**
 * Checks that a request was signed (AWS Signature Version 4) with the present keys. It follows only the published
 * algorithm, so that a mistake in the program's own signing shows.
 */
import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import type { EmulatorCredentials } from '../network/credentials.js';
import {
  ALGORITHM,
  type Authorization,
  parseAuthorization,
  refuse,
  type SignatureRefusal,
} from './authorization.js';
import { canonicalHash, headersOf, type WireRequest } from './canonical-request.js';

type Headers = ReadonlyMap<string, string>;

export class SignatureCheck {
  readonly #region: string;
  readonly #service: string;
  #credentials: EmulatorCredentials;
  #expired = false;
  /** Derived keys by day; emptied when the credentials change. */
  readonly #keys = new Map<string, Buffer>();

  constructor(region: string, service: string, credentials: EmulatorCredentials) {
    this.#region = region;
    this.#service = service;
    this.#credentials = credentials;
  }

  get credentials(): EmulatorCredentials {
    return this.#credentials;
  }

  /** Knows only these credentials from now on. */
  replace(credentials: EmulatorCredentials): void {
    this.#credentials = credentials;
    this.#expired = false;
    this.#keys.clear();
  }

  /** Treats the present credentials as expired from now on. */
  expire(): void {
    this.#expired = true;
  }

  /** When the request claims to have been signed (epoch ms), or why it is refused. `staleness` checks that time. */
  verify(request: WireRequest): number | SignatureRefusal {
    const headers = headersOf(request.rawHeaders);
    const claims = parseAuthorization(headers);
    if ('code' in claims) return claims;
    return (
      this.#checkScope(claims) ??
      checkSignedHeaders(claims, headers) ??
      this.#checkClient(claims, headers) ??
      this.#checkSignature(claims, headers, request) ??
      claims.signedAt
    );
  }

  #checkScope({ scope, date }: Authorization): SignatureRefusal | undefined {
    const [day, region, service, end] = scope;
    const wrong = (message: string) => refuse('InvalidSignatureException', message);
    const dayOfDate = date.slice(0, 8);
    if (day !== dayOfDate) {
      return wrong(
        `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${day}' != '${dayOfDate}', from '${date}'.`,
      );
    }
    if (region !== this.#region) {
      return wrong(`Credential should be scoped to a valid region, not '${region}'.`);
    }
    if (service !== this.#service) {
      return wrong(`Credential should be scoped to correct service: '${this.#service}'.`);
    }
    return end === 'aws4_request'
      ? undefined
      : wrong(`Credential should be scoped with a valid terminator: 'aws4_request', not '${end}'.`);
  }

  #checkClient({ accessKeyId }: Authorization, headers: Headers): SignatureRefusal | undefined {
    const known = this.#credentials;
    if (accessKeyId !== known.accessKeyId || headers.get('x-amz-security-token') !== known.sessionToken) {
      return refuse('UnrecognizedClientException', 'The security token included in the request is invalid.');
    }
    return this.#expired
      ? refuse('ExpiredTokenException', 'The security token included in the request is expired')
      : undefined;
  }

  #checkSignature(
    { scope, date, signedHeaders, signature }: Authorization,
    headers: Headers,
    request: WireRequest,
  ): SignatureRefusal | undefined {
    const payloadHash = hash('sha256', request.body);
    const claimed = headers.get('x-amz-content-sha256') ?? payloadHash;
    // This refuses UNSIGNED-PAYLOAD too, which is only for S3.
    if (claimed !== payloadHash) {
      return refuse(
        'InvalidSignatureException',
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
      );
    }
    const requestHash = canonicalHash(request, headers, signedHeaders, payloadHash);
    const text = `${ALGORITHM}\n${date}\n${scope.join('/')}\n${requestHash}`;
    const expected = createHmac('sha256', this.#key(scope[0])).update(text).digest();
    const given = Buffer.from(signature, 'hex');
    return given.length === expected.length && timingSafeEqual(given, expected)
      ? undefined
      : refuse(
          'InvalidSignatureException',
          'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
        );
  }

  #key(day: string): Buffer {
    const known = this.#keys.get(day);
    if (known) return known;
    // A caller can name any day; clocks that are right need two or three.
    if (this.#keys.size >= 8) this.#keys.clear();
    const key = [day, this.#region, this.#service, 'aws4_request'].reduce<Buffer>(
      (secret, part) => createHmac('sha256', secret).update(part).digest(),
      Buffer.from(`AWS4${this.#credentials.secretAccessKey}`),
    );
    this.#keys.set(day, key);
    return key;
  }
}

/** AWS requires a signature on the host, the content type, and every x-amz- header. */
function checkSignedHeaders(
  { signedHeaders }: Authorization,
  headers: Headers,
): SignatureRefusal | undefined {
  for (const name of headers.keys()) {
    const required = name === 'host' || name === 'content-type' || name.startsWith('x-amz-');
    if (required && !signedHeaders.includes(name)) {
      return refuse(
        'InvalidSignatureException',
        `'${name}' must be a 'SignedHeader' in the AWS Authorization.`,
      );
    }
  }
  return undefined;
}
