import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isQueuedFlag, queuedFlags } from '../../../src/cli/queue/queued-flags.js';

describe('the flags that go with a run to the queue', () => {
  it('are those of the line and the variables, files with their absolute paths', () => {
    const parsed = { limit: '5', exclude: ['a.csv'], where: ['a=b', 'c!=d'], keepBefore: false, yes: true };
    const env = { WICKR_BULK_NETWORK_ID: '12345678', WICKR_BULK_LIMIT: '9', WICKR_BULK_MAX_ERRORS: '7' };
    expect([...queuedFlags('update', parsed, env).args].sort()).toEqual(
      [
        '--network-id=12345678',
        ...['--limit=5', '--max-errors=7', '--where=a=b', '--where=c!=d', '--no-keep-before', '--yes'],
        `--exclude=${resolve('a.csv')}`,
      ].sort(),
    );
  });

  it('are told to resume again if the run does not remember them', () => {
    expect(queuedFlags('update', { limit: '5', yes: true }, {}).again).toEqual(['--yes']);
  });

  it('are refused if the command does not take them', () => {
    expect(() => queuedFlags('apply', { limit: '5' }, {})).toThrow('--limit: not taken by apply');
  });

  it.each([
    ['--limit=5', true],
    ['--no-keep-before', true],
    ['--endpoint-url=http://elsewhere', false],
    ['--profile=other', false],
    ['--log-file=/etc/passwd', false],
    ['--out=/elsewhere', false],
    ['--serve', false],
  ])('%s: %j', (arg, isOne) => {
    expect(isQueuedFlag('update', arg)).toBe(isOne);
  });
});
