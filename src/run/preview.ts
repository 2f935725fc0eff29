/** What a run would send, without sending it and without showing anybody's values. */
import type { Command } from '../model.js';
import { updateUserRequest } from '../wickr/client.js';
import type { UpdateOptions } from './options.js';
import { parseOptions } from './parse-options.js';
import { prepareInput } from './prepare.js';

/** What an `update` of the same options would do. */
export interface Preview {
  readonly networkId: string;
  /** Data rows, and how many of them are invalid and would not be sent. */
  readonly rows: number;
  readonly invalid: number;
  /** Rows that `where` and `exclude` leave out. */
  readonly skipped: number;
  /** The first requests as text; every value and every secret in them reads `<redacted>`. */
  readonly requests: readonly string[];
}

/** Requests that are shown. */
const SHOWN = 3;

/**
 * Checks the input as `runUpdate` does and shows its first requests. It sends nothing and needs no credentials.
 *
 * @throws WickrBulkError for options or an input that cannot be used
 */
export async function previewUpdate(options: UpdateOptions): Promise<Preview> {
  const { reading, skipInvalid, service } = parseOptions(options);
  const prepared = await prepareInput(reading, { skipInvalid });
  try {
    const requests: string[] = [];
    for await (const batch of prepared.rows()) {
      const commands = batch.flatMap((row) => ('command' in row ? [row.command] : []));
      for (const command of commands.slice(0, SHOWN - requests.length)) {
        requests.push(showRequest(command, service.endpoint, service.region, new Date()));
      }
      if (requests.length === SHOWN) break;
    }
    const { networkId, rows, invalid, skipped } = prepared.validation;
    return { networkId, rows, invalid, skipped, requests };
  } finally {
    await prepared.source.close();
  }
}

function showRequest(command: Command, endpoint: URL, region: string, now: Date): string {
  const { method, path, body } = updateUserRequest(command);
  const shown = JSON.stringify(JSON.parse(body, (key, value) => (isPrivate(key) ? '<redacted>' : value)));
  const date = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${date.slice(0, 8)}/${region}/wickr/aws4_request`;
  return [
    `${method} ${endpoint.origin}${endpoint.pathname.replace(/\/+$/, '')}${path}`,
    `host: ${endpoint.host}`,
    'content-type: application/json',
    `x-amz-date: ${date}`,
    `authorization: AWS4-HMAC-SHA256 Credential=<redacted>/${scope}, SignedHeaders=content-type;host;x-amz-date, Signature=<redacted>`,
    '',
    shown,
  ].join('\n');
}

const isPrivate = (key: string) => key !== '' && key !== 'userId' && key !== 'userDetails';
