/** What a signed request claims: its Authorization header and its date. */

/** Why a request is not authentic; the answer is always 403. Codes and wording are AWS's. */
export interface SignatureRefusal {
  readonly code:
    | 'MissingAuthenticationTokenException'
    | 'IncompleteSignatureException'
    | 'UnrecognizedClientException'
    | 'InvalidSignatureException'
    | 'ExpiredTokenException'
    | 'RequestTimeTooSkewed';
  readonly message: string;
}

export const refuse = (code: SignatureRefusal['code'], message: string): SignatureRefusal => ({
  code,
  message,
});

export interface Authorization {
  readonly accessKeyId: string;
  /** Day, region, service and terminator. */
  readonly scope: readonly [day: string, region: string, service: string, end: string];
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** The request's X-Amz-Date as sent, and in epoch ms. */
  readonly date: string;
  readonly signedAt: number;
}

export const ALGORITHM = 'AWS4-HMAC-SHA256';

/** What the request claims, or what is missing from it. */
export function parseAuthorization(headers: ReadonlyMap<string, string>): Authorization | SignatureRefusal {
  const header = headers.get('authorization');
  if (header === undefined) {
    return refuse('MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  const parts = parseParts(header);
  if ('code' in parts) return parts;
  const [accessKeyId, day, region, service, end, ...rest] = parts.credential.split('/');
  if (accessKeyId === undefined || !day || !region || !service || !end || rest.length > 0) {
    return refuse(
      'IncompleteSignatureException',
      'Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.',
    );
  }
  const date = headers.get('x-amz-date') ?? '';
  const signedAt = parseDate(date);
  if (signedAt === undefined) {
    return refuse('IncompleteSignatureException', "X-Amz-Date must be in ISO-8601 'basic format'.");
  }
  const { signature } = parts;
  const signedHeaders = parts.signedHeaders.split(';');
  return { accessKeyId, scope: [day, region, service, end], signedHeaders, signature, date, signedAt };
}

function parseParts(
  header: string,
): { credential: string; signedHeaders: string; signature: string } | SignatureRefusal {
  const space = header.indexOf(' ');
  if (header.slice(0, space) !== ALGORITHM) {
    return refuse(
      'IncompleteSignatureException',
      `Authorization header requires the algorithm '${ALGORITHM}'.`,
    );
  }
  const parts = new Map<string, string>();
  for (const part of header.slice(space + 1).split(',')) {
    const mark = part.indexOf('=');
    if (mark > 0) parts.set(part.slice(0, mark).trim(), part.slice(mark + 1).trim());
  }
  const [credential, signedHeaders, signature] = ['Credential', 'SignedHeaders', 'Signature'].map((name) =>
    parts.get(name),
  );
  if (!credential || !signedHeaders || !signature) {
    return refuse(
      'IncompleteSignatureException',
      "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters.",
    );
  }
  return { credential, signedHeaders, signature };
}

/** Epoch ms of a time such as 20150830T123600Z. */
function parseDate(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!match) return undefined;
  const [year = 0, month = 0, ...rest] = match.slice(1).map(Number);
  return Date.UTC(year, month - 1, ...rest);
}

/** ms; how far the time of a signature may be off. */
const TOLERANCE = 5 * 60_000;

/** Why a request signed at `signedAt` is too old or too new for a server whose clock says `now` (both epoch ms). */
export function staleness(
  signedAt: number,
  now: number,
  code: 'InvalidSignatureException' | 'RequestTimeTooSkewed',
): SignatureRefusal | undefined {
  if (Math.abs(now - signedAt) <= TOLERANCE) return undefined;
  if (code === 'RequestTimeTooSkewed') {
    return refuse(code, 'The difference between the request time and the current time is too large.');
  }
  const [signed, present] = [basic(signedAt), basic(now)];
  return refuse(
    code,
    signedAt < now
      ? `Signature expired: ${signed} is now earlier than ${basic(now - TOLERANCE)} (${present} - 5 min.)`
      : `Signature not yet current: ${signed} is still later than ${basic(now + TOLERANCE)} (${present} + 5 min.)`,
  );
}

const basic = (ms: number): string => new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '');
