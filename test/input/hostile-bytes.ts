/** Inputs that want to do harm, for fast-check, and what has to hold of any reading whatever. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { InputError, UsageError, type WickrBulkError } from '../../src/errors.js';
import { columnNames } from '../../src/input/columns/column-names.js';
import type { InputOptions } from '../../src/input/options/input-options.js';
import type { SourceFormat } from '../../src/input/rows/row-reader.js';
import type { Row } from '../../src/model.js';
import { NETWORK, type Reading, read } from './samples.js';

/** Part of every value, and must not be in any message: neither whole nor in part. */
export const MARK = 'Zq7Xk';

/** What has a meaning to a parser, a terminal, a spreadsheet, a header or an object of JavaScript. */
const SIGNS = [
  ...['"', '""', ',', ';', '\t', '|', '\n', '\r', '\r\n', '\n\n', ' ', '\u00a0', '\v', '\f', '\\', "'", '`'],
  ...['\u001b[31m', '\u001b]0;x\u0007', '\u0007', '\b', '\u007f', '\u0085', '\u009b2J', '\u2028', '\u2029'],
  ...[
    '\u202e',
    '\u2066',
    '\u200b',
    '\u200d',
    '\ufeff',
    '\u00ad',
    '\u{e0041}',
    'e\u0301',
    'İ',
    'ß',
    '€',
    '😀',
  ],
  ...['=1+1', '@SUM(A1)', '+1', '-1', '=cmd|/c calc!A0', '#', '#TYPE x', 'sep=;', '//', '/*'],
  ...['{', '}', '[', ']', ':', 'null', 'true', '1e999', '-0', '0x1', '{"a":1}', '\\u0000', '\\ud800', '\\"'],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype', '../../x', '%00', '%0d%0aX: y'],
  ...['\r\nx-amz-target: y', '0', '00', '12345678', '1.5E+3', 'NaN', 'a'],
];

export const sign = fc.constantFrom(...SIGNS);

/** A value of at least one sign, often with the mark in it. */
export const value = fc
  .array(
    fc.oneof({ weight: 3, arbitrary: sign }, fc.constant(MARK), fc.string({ maxLength: 4, unit: 'binary' })),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((signs) => Buffer.from(signs.join('').replaceAll('\0', '')).toString());

type Mutation = (bytes: Buffer) => Buffer;

/** Bytes that no text has, and those that cut characters and lines. */
const SPLINTERS = [
  ...[[0], [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf0, 0x9f], [0x80], [0xc3], [0xef, 0xbb, 0xbf]],
  ...[[0xff, 0xfe], [0x0d], [0x0a], [0x22], [0x22, 0x22], [0x2c], [0x7b], [0x5c], [0x1b], [0x9b]],
].map((bytes) => Buffer.from(bytes));

const place = fc.double({ min: 0, max: 1, noNaN: true, noDefaultInfinity: true });
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, fc.nat(7)).map(
    ([where, bit]): Mutation =>
      (bytes) => {
        const flipped = Buffer.from(bytes);
        const at = Math.floor(where * (bytes.length - 1));
        flipped[at] = (flipped[at] as number) ^ (1 << bit);
        return flipped;
      },
  ),
  fc
    .tuple(
      place,
      fc.oneof(
        fc.constantFrom(...SPLINTERS),
        sign.map((text) => Buffer.from(text)),
      ),
    )
    .map(
      ([where, splinter]): Mutation =>
        (bytes) => {
          const at = Math.floor(where * bytes.length);
          return Buffer.concat([bytes.subarray(0, at), splinter, bytes.subarray(at)]);
        },
    ),
  fc.tuple(place, fc.integer({ min: 1, max: 30 })).map(
    ([where, length]): Mutation =>
      (bytes) => {
        const at = Math.floor(where * bytes.length);
        return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
      },
  ),
  place.map(
    (where): Mutation =>
      (bytes) =>
        bytes.subarray(0, Math.ceil(where * bytes.length)),
  ),
  fc.tuple(place, place).map(
    ([from, to]): Mutation =>
      (bytes) => {
        const [start, end] = [from, to].map((part) => Math.floor(part * bytes.length)).sort((a, b) => a - b);
        return Buffer.concat([bytes, bytes.subarray(start, end)]);
      },
  ),
);

/** The bytes of a good input after up to four mishaps. */
export const mutated = (good: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> =>
  fc
    .tuple(good, fc.array(mutation, { minLength: 1, maxLength: 4 }))
    .map(([bytes, all]) => all.reduce((sum, mutate) => (sum.length === 0 ? sum : mutate(sum)), bytes));

/** Ends of chunks, as shares of the length. */
export const cuts = fc.array(place, { maxLength: 8 });
export const cutAt = (bytes: Buffer, shares: readonly number[]): number[] =>
  shares.map((share) => Math.floor(share * bytes.length));

/** Reads it in two ways, sees that both give the same and that all of it makes sense. */
export function readSoundly(
  kind: SourceFormat,
  bytes: Buffer,
  shares: readonly number[],
  options: InputOptions = { networkId: NETWORK },
): Reading {
  const reading = read(kind, bytes, options);
  const { rows, error } = reading;
  const again = read(kind, bytes, options, cutAt(bytes, shares));
  expect(again.rows).toEqual(rows);
  expect(again.error?.message).toBe(error?.message);
  expect(again.reader.header).toEqual(reading.reader.header);
  expect(rows.length > 0 || error !== undefined).toBe(true);
  let before: Row | undefined;
  for (const row of rows) {
    expect(row.row).toBe((before?.row ?? 0) + 1);
    expect(row.line).toBe(bytes.toString('latin1', 0, row.start).split(/\r\n|\r|\n/).length);
    expect(row.start).toBeGreaterThanOrEqual(before?.end ?? 0);
    expect(row.end).toBeGreaterThan(row.start);
    checkRow(row);
    before = row;
  }
  expect(before?.end ?? 0).toBeLessThanOrEqual(bytes.length);
  if (error !== undefined) checkError(error);
  return reading;
}

function checkRow(row: Row): void {
  for (const { line, reason } of [...('problems' in row ? row.problems : []), ...(row.warnings ?? [])]) {
    expect(line).toBe(row.line);
    checkMessage(reason);
  }
  if ('problems' in row) {
    expect(row.problems.length).toBeGreaterThan(0);
    expect(row.userId).toMatch(/^[0-9]{0,10}$/);
    return;
  }
  if (!('named' in row || 'command' in row)) throw new Error('nobody asked for rows to be left out');
  const named = 'named' in row;
  const { networkId, userId, details } = named ? row.named : row.command;
  expect(networkId).toMatch(/^[0-9]{8}$/);
  expect(userId).toMatch(named && row.named.lookupUsername ? /^[0-9]{0,10}$/ : /^[0-9]{1,10}$/);
  expect(Object.getPrototypeOf(details)).toBe(Object.prototype);
  const members = Object.entries(details);
  const groups = named ? row.named.securityGroupNames : undefined;
  expect(members.length + (groups?.length ?? 0)).toBeGreaterThan(0);
  if (named) expect(groups ?? row.named.lookupUsername).toBeDefined();
  expect(members.flat(2).join('')).not.toMatch(/\p{Cs}/u);
  for (const [name, member] of members) {
    expect(columnNames).toContain(name);
    expect(['string', 'number', 'boolean', 'object']).toContain(typeof member);
  }
}

function checkError(error: WickrBulkError): void {
  expect(error instanceof InputError || error instanceof UsageError).toBe(true);
  checkMessage(error.message);
  checkMessage(error.hint);
}

/** The name of an unknown column or key is shown if others are known; nothing else of a file is. */
function checkMessage(message: string): void {
  expect(message).not.toBe('');
  expect(message.length).toBeLessThan(3000);
  expect(message).not.toMatch(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]|undefined|\[object/u);
  // From the first name to the last, as a name can have quotes in it.
  const withoutNames = message.replace(/(?<=unknown (?:columns?:|key) .*)".*"/s, '');
  expect(withoutNames.toLowerCase()).not.toContain(MARK.toLowerCase().slice(0, 3));
}
