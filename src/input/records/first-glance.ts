/** What the first bytes of an input look like, if that is not what its name or `format` says: one error instead of one a row. */
import { InputError } from '../../errors.js';
import { MAX_RECORD } from '../source/source-errors.js';

const LF = 10;
const CR = 13;

/** The end of the first line with content, and a sentence about the file that begins with it. */
export function jsonlFault(
  first: Buffer,
  looksLikeHeader: (line: Buffer) => boolean,
): InputError | undefined {
  const line = firstLine(first);
  const text = line.toString('utf8').trim();
  if (text.startsWith('[')) return other('a list in JSON, not JSONL', giveJson);
  if (text === '{') return other('JSON with an object on several lines, not JSONL', giveJson);
  if (text.startsWith('{') && text.endsWith('},'))
    return other(
      'JSON objects with commas between them, not JSONL',
      'Take the commas at the ends of the lines away.',
    );
  if (!text.startsWith('{') && text !== '' && looksLikeHeader(line)) return other('CSV, not JSONL', giveCsv);
  return undefined;
}

export function csvFault(first: Buffer): InputError | undefined {
  const text = firstLine(first).toString('utf8').trim();
  if (/^\{\s*"[^"]*"\s*:/.test(text)) return other('JSONL, not CSV', giveJsonl);
  if (/^\[\s*(\{|$)/.test(text)) return other('a list in JSON, not CSV', giveJson);
  return text === '{' ? other('JSON, not CSV', giveJson) : undefined;
}

const other = (what: string, hint: string) =>
  new InputError(`the file looks like ${what}`, hint, { line: 1 });

const giveJson = 'Name it .json, or give `format` json: a list of objects is read.';
const giveJsonl = 'Name it .jsonl, or give `format` jsonl.';
const giveCsv = 'Name it .csv, or give `format` csv.';

/** Whether the first line that is not blank is whole, or too long to be one. */
export function hasWholeLine(bytes: Buffer): boolean {
  const line = firstLine(bytes);
  return bytes.length >= MAX_RECORD || line.byteOffset + line.length < bytes.byteOffset + bytes.length;
}

/** The first line that is not blank. */
function firstLine(bytes: Buffer): Buffer {
  let start = 0;
  while (start < bytes.length && (bytes[start] ?? 0) <= 32) start += 1;
  const ends = [LF, CR].map((end) => bytes.indexOf(end, start)).filter((at) => at !== -1);
  return bytes.subarray(start, Math.min(...ends, bytes.length));
}
