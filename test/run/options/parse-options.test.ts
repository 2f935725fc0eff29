import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { parseOptions, refuseUnknown } from '../../../src/run/options/parse-options.js';
import type { RunOptions } from '../../../src/run/options/run-options.js';

const parse = (options: object, command?: 'reconcile' | 'apply') =>
  parseOptions({ input: 'users.csv', region: 'us-east-1', ...options } as RunOptions, command);

describe('defaults are those of the contract', () => {
  it('when nothing is said', () => {
    expect(parse({})).toMatchObject({
      planning: { compares: true },
      report: { reportFormat: 'csv', keepBefore: true },
      pace: {
        rate: {},
        retry: { maxAttempts: 6, throttlePatience: 900_000 },
        outagePatienceMs: 300_000,
        concurrency: 512,
      },
      batch: { maxErrors: undefined, verify: 0, canary: undefined, maxAgeMs: 60_000 },
      reading: { skipInvalid: false },
      service: { timeoutMs: 30_000 },
      caps: { maxChanges: undefined, caps: undefined },
    });
  });

  it('for a reconciliation, which has every cap', () => {
    const tenth = { percent: 10 };
    const caps = { changes: tenth, renames: tenth, groupDrain: 25, minRows: 1, shrink: 10 };
    expect(parse({}, 'reconcile')).toMatchObject({ caps: { caps }, batch: { maxAgeMs: 60_000 } });
  });
});

describe('each stage is given what is said of it', () => {
  it.each([
    [{ rate: 2.5 }, { pace: { rate: { fixed: 2.5 } } }],
    [{ maxRate: 50 }, { pace: { rate: { max: 50 } } }],
    [{ rate: 80, maxRate: 50 }, { pace: { rate: { fixed: 50, max: 50 } } }],
    [{ rate: 80, rateMemory: 'rates.json' }, { pace: { rateMemory: undefined } }],
    [{ concurrency: 8 }, { pace: { concurrency: 8 }, batch: { concurrency: 8 } }],
    [{ timeoutMs: 500 }, { service: { timeoutMs: 500 } }],
    [{ skipRows: 2, encoding: 'gbk' }, { reading: { skipRows: 2, encoding: 'gbk' } }],
    [{ maxErrors: 50 }, { batch: { maxErrors: { rows: 50 } } }],
    [{ maxErrors: '50' }, { batch: { maxErrors: { rows: 50 } } }],
    [{ maxErrors: 0 }, { batch: { maxErrors: { rows: 0 } } }],
    [{ maxErrors: '2.5%' }, { batch: { maxErrors: { percent: 2.5 } } }],
    [{ canary: 5, canaryAbove: 100 }, { batch: { canary: { rows: 5, above: 100 } } }],
    [{ canary: 0 }, { batch: { canary: undefined } }],
    [{ keepBefore: true }, { planning: { compares: true }, report: { keepBefore: true } }],
    [{ keepBefore: false }, { planning: { compares: false }, report: { keepBefore: false } }],
    [
      { keepBefore: false, skipUnchanged: true },
      { planning: { compares: true }, report: { keepBefore: false } },
    ],
  ])('%j', (given, parsed) => {
    expect(parse(given)).toMatchObject(parsed);
  });
});

describe('what cannot be used is refused by its name', () => {
  it.each([
    [{ rate: 0 }, 'rate'],
    [{ rate: '5' }, 'rate'],
    [{ rate: Number.POSITIVE_INFINITY }, 'rate'],
    [{ maxRate: -1 }, 'maxRate'],
    [{ concurrency: 1.5 }, 'concurrency'],
    [{ concurrency: 100_000 }, 'concurrency'],
    [{ maxAttempts: 'many' }, 'maxAttempts'],
    [{ throttlePatienceMs: Number.NaN }, 'throttlePatienceMs'],
    [{ outagePatienceMs: 0 }, 'outagePatienceMs'],
    [{ maxErrors: '101%' }, 'maxErrors'],
    [{ maxErrors: -1 }, 'maxErrors'],
    [{ maxErrors: 5.5 }, 'maxErrors'],
    [{ limit: 0 }, 'limit'],
    [{ skipRows: -1 }, 'skipRows'],
    [{ skipInvalid: 'false' }, 'skipInvalid'],
    [{ map: 'auto' }, 'map'],
    [{ networkId: '1234567' }, 'networkId'],
    [{ reportFormat: 'xml' }, 'reportFormat'],
    [{ region: undefined }, 'region'],
    [{ input: '' }, 'input'],
    [{ input: 7 }, 'input'],
    [{ onProgress: true }, 'onProgress'],
    [{ signal: {} }, 'signal'],
  ])('%j', (given, name) => {
    expect(() => parse(given)).toThrow(UsageError);
    expect(() => parse(given)).toThrow(`\`${name}\` needs`);
  });

  it('with all others', () => {
    expect(() => parse({ rate: 0, limit: 0, region: undefined })).toThrow(
      /`limit`.*\n`region`.*\n`rate`[^\n]*$/,
    );
  });
});

describe('an option that the job does not take is refused', () => {
  it('with the nearest one that it takes', () => {
    expect(() => refuseUnknown({ skipInvalids: true }, 'update')).toThrow(
      'there is no option `skipInvalids` (nearest: `skipInvalid`)',
    );
  });

  it('if another job takes it', () => {
    expect(() => refuseUnknown({ maxShrink: '5%' }, 'update')).toThrow('`maxShrink` is no option of update');
  });

  it('but not for a value of undefined', () => {
    expect(() => refuseUnknown({ limit: 1, anything: undefined }, 'update')).not.toThrow();
  });
});
