import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addFlags, readFlags } from '../../src/cli/flags.js';
import { screenOptions } from '../../src/cli/screen-options.js';
import { UsageError } from '../../src/errors.js';
import type { Option, Verb } from '../../src/run/options/table/option.js';
import { optionTable } from '../../src/run/options/table/option-table.js';

/** What a command line of a command means in an environment. */
function read<V extends Verb>(verb: V, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const command = addFlags(new Command(verb), verb).exitOverride();
  command.parse([...args], { from: 'user' });
  return readFlags(verb, command.opts(), env);
}

describe('texts become the values that the library takes', () => {
  it.each([
    [['--rate', '2.5'], { rate: 2.5 }],
    [['--limit', '5'], { limit: 5 }],
    [['--timeout', '0.5'], { timeoutMs: 500 }],
    [['--throttle-patience', '60'], { throttlePatienceMs: 60_000 }],
    [['--max-errors', '50'], { maxErrors: '50' }],
    [['--max-errors', '2.5%'], { maxErrors: '2.5%' }],
    [['--out', 'runs/1'], { folder: 'runs/1' }],
    [['--set', 'a=1', '--set', 'b=2'], { set: ['a=1', 'b=2'] }],
    [['--skip-invalid'], { skipInvalid: true }],
    [['--no-rate-memory'], { noRateMemory: true }],
    [['--no-progress', '--json'], { noProgress: true, json: true }],
    [[], {}],
  ])('%j', (args, given) => {
    expect(read('update', args).given).toEqual(given);
  });

  it('by the command: --out is the file of a plan', () => {
    expect(read('plan', ['--out', 'p.jsonl']).given).toEqual({ planFile: 'p.jsonl' });
    expect(read('export', ['--out', 'u.csv']).given).toEqual({ outFile: 'u.csv' });
  });
});

describe('what cannot be used is refused by its flag', () => {
  it.each([
    ['--rate', '0'],
    ['--rate', 'Infinity'],
    ['--rate', ''],
    ['--max-rate', '-1'],
    ['--concurrency', '1.5'],
    ['--concurrency', '100000'],
    ['--concurrency', '0x10'],
    ['--max-attempts', 'many'],
    ['--throttle-patience', 'NaN'],
    ['--outage-patience', '0'],
    ['--max-errors', '101%'],
    ['--max-errors', '5.5'],
    ['--limit', '0'],
    ['--skip-rows', 'one'],
    ['--network-id', '1234567'],
    ['--report-format', 'xml'],
  ])('%s %s', (flag, text) => {
    expect(() => read('update', [`${flag}=${text}`])).toThrow(UsageError);
    expect(() => read('update', [`${flag}=${text}`])).toThrow(`${flag} needs`);
  });

  it('in the unit of the flag', () => {
    expect(() => read('update', ['--timeout', '4000'])).toThrow(
      '--timeout needs a number of seconds above 0, at most 3600',
    );
  });

  it('all at once', () => {
    const env = { WICKR_BULK_LIMIT: 'x', WICKR_BULK_JSON: 'yes' };
    expect(() => read('update', ['--rate', '0'], env)).toThrow(
      /WICKR_BULK_LIMIT needs.*\n--rate needs.*\nWICKR_BULK_JSON needs true or false/,
    );
  });
});

describe('environment variables', () => {
  it.each([
    ['NETWORK_ID', '12345678', { networkId: '12345678' }],
    ['RATE', '7', { rate: 7 }],
    ['TIMEOUT', '2', { timeoutMs: 2000 }],
    ['SINGLE_GROUP', 'TRUE', { singleGroup: true }],
    ['SINGLE_GROUP', '1', { singleGroup: true }],
    ['SINGLE_GROUP', 'false', { singleGroup: false }],
    ['SINGLE_GROUP', '0', { singleGroup: false }],
    ['NO_RATE_MEMORY', 'true', { noRateMemory: true }],
    ['WHERE', '["Dept=Sales","Town=Köln"]', { where: ['Dept=Sales', 'Town=Köln'] }],
    ['RATE', '', {}],
  ])('WICKR_BULK_%s=%s', (name, text, variables) => {
    const env = { [`WICKR_BULK_${name}`]: text };
    expect(read('update', [], env)).toMatchObject({ variables, flags: {}, given: variables });
  });

  it.each([
    ['SINGLE_GROUP', 'yes', 'needs true or false'],
    ['SINGLE_GROUP', '2', 'needs true or false'],
    ['WHERE', 'Dept=Sales', 'needs a list of texts'],
    ['WHERE', '[1]', 'needs a list of texts'],
    ['NETWORKID', '12345678', 'is no variable (nearest: WICKR_BULK_NETWORK_ID)'],
  ])('WICKR_BULK_%s=%s is refused', (name, text, message) => {
    expect(() => read('update', [], { [`WICKR_BULK_${name}`]: text })).toThrow(
      `WICKR_BULK_${name} ${message}`,
    );
  });

  it('a flag goes before a variable, and both can be told apart', () => {
    expect(read('resume', ['--max-rate', '5'], { WICKR_BULK_MAX_RATE: '9', WICKR_BULK_RATE: '3' })).toEqual({
      flags: { maxRate: 5 },
      variables: { maxRate: 9, rate: 3 },
      given: { maxRate: 5, rate: 3 },
    });
  });

  it('a command leaves those alone that are for others', () => {
    expect(read('status', [], { WICKR_BULK_RATE: '3' }).given).toEqual({});
  });

  it.each([
    'yes',
    'canary',
    'allow-http',
    'allow-duplicates',
    'allow-temporary-names',
    'skip-invalid',
    'skip-rename-check',
    'ignore-unknown-columns',
    'include-bots',
    'include-suspended',
  ])('--%s has none, since it switches a safety off', (flag) => {
    const name = `WICKR_BULK_${flag.replaceAll('-', '_').toUpperCase()}`;
    expect(() => read('update', [], { [name]: 'true' })).toThrow(`${name} is no variable`);
    expect(() => read('update', [], { [name]: 'true' })).toThrow(`--${flag}`);
  });
});

it('no command has two options of one flag', () => {
  const entries = [...optionTable, ...Object.entries<Option>(screenOptions as Record<string, Option>)];
  const verbs = new Set(entries.flatMap(([, { on }]) => on));
  for (const verb of verbs) {
    const names = entries
      .filter(([, { on, flag }]) => on.includes(verb) && flag)
      .map(([name, { flag }]) => flag?.name ?? name);
    expect(new Set(names).size).toBe(names.length);
  }
});

describe('a switch that is on by default', () => {
  it('is switched off by a flag of its own, and by no variable', () => {
    expect(readFlags('update', { keepBefore: false }, {}).given).toEqual({ keepBefore: false });
    expect(readFlags('update', {}, { WICKR_BULK_KEEP_BEFORE: 'true' }).given).toEqual({ keepBefore: true });
    expect(() => readFlags('update', {}, { WICKR_BULK_KEEP_BEFORE: 'false' })).toThrow('--no-keep-before');
  });
});
