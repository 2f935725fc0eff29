import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { parseOptions } from '../../../src/run/options/parse-options.js';
import type { UpdateOptions } from '../../../src/run/options/run-options.js';

const parse = (options: object) =>
  parseOptions({ input: 'users.csv', region: 'us-east-1', ...options } as UpdateOptions);

describe('defaults are those of the contract', () => {
  it('without a flag', () => {
    expect(parse({})).toMatchObject({
      reportFormat: 'csv',
      rate: {},
      retry: { maxAttempts: 6, throttlePatience: 900_000 },
      outagePatience: 300_000,
      concurrency: 64,
      maxErrors: undefined,
      skipInvalid: false,
      service: { timeout: 30_000 },
    });
  });
});

describe('texts, as the command gives them, become numbers', () => {
  it.each([
    [{ rate: '2.5' }, { rate: { fixed: 2.5 } }],
    [{ maxRate: '50' }, { rate: { max: 50 } }],
    [{ rate: '80', maxRate: '50' }, { rate: { fixed: 50, max: 50 } }],
    [{ concurrency: '8' }, { concurrency: 8 }],
    [{ timeout: '0.5' }, { service: { timeout: 500 } }],
    [{ limit: '5' }, { reading: { limit: 5 } }],
    [{ skipRows: '2', encoding: 'gbk' }, { reading: { skipRows: 2, encoding: 'gbk' } }],
    [{ maxErrors: '50' }, { maxErrors: { rows: 50 } }],
    [{ maxErrors: 0 }, { maxErrors: { rows: 0 } }],
    [{ maxErrors: '2.5%' }, { maxErrors: { percent: 2.5 } }],
  ])('%j', (given, parsed) => {
    expect(parse(given)).toMatchObject(parsed);
  });
});

describe('what cannot be used is refused by its flag', () => {
  it.each([
    [{ rate: '0' }, '--rate'],
    [{ rate: 'Infinity' }, '--rate'],
    [{ rate: '' }, '--rate'],
    [{ maxRate: '-1' }, '--max-rate'],
    [{ concurrency: '1.5' }, '--concurrency'],
    [{ concurrency: '100000' }, '--concurrency'],
    [{ maxAttempts: 'many' }, '--max-attempts'],
    [{ throttlePatience: 'NaN' }, '--throttle-patience'],
    [{ outagePatience: '0' }, '--outage-patience'],
    [{ maxErrors: '101%' }, '--max-errors'],
    [{ maxErrors: '-1' }, '--max-errors'],
    [{ maxErrors: '5.5' }, '--max-errors'],
    [{ limit: '0' }, '--limit'],
    [{ skipRows: '-1' }, '--skip-rows'],
    [{ skipRows: '1.5' }, '--skip-rows'],
    [{ skipRows: 'one' }, '--skip-rows'],
    [{ networkId: '1234567' }, '--network-id'],
    [{ reportFormat: 'xml' }, '--report-format'],
    [{ region: undefined }, '--region'],
    [{ input: '' }, 'INPUT'],
    [{ input: 7 }, 'INPUT'],
  ])('%j', (given, flag) => {
    expect(() => parse(given)).toThrow(UsageError);
    expect(() => parse(given)).toThrow(flag);
  });
});
