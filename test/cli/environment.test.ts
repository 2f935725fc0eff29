import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { sharedState } from '../../src/cli/environment.js';
import { settingOf } from '../../src/cli/verbs/emulator.js';

const home = homedir();

it.each<[NodeJS.Platform, Record<string, string>, string]>([
  ['linux', {}, `${home}/.local/state/wickr-bulk`],
  ['linux', { LOCALAPPDATA: '/local' }, `${home}/.local/state/wickr-bulk`],
  ['darwin', {}, `${home}/Library/Application Support/wickr-bulk`],
  ['win32', { LOCALAPPDATA: '/local' }, '/local/wickr-bulk/Data'],
  ['win32', {}, `${home}/AppData/Local/wickr-bulk/Data`],
  ['win32', { LOCALAPPDATA: '' }, `${home}/AppData/Local/wickr-bulk/Data`],
  ['win32', { LOCALAPPDATA: '/local', XDG_STATE_HOME: '/state' }, '/state/wickr-bulk'],
  ['darwin', { XDG_STATE_HOME: '/state' }, '/state/wickr-bulk'],
  ['darwin', { XDG_STATE_HOME: 'state' }, `${home}/Library/Application Support/wickr-bulk`],
])('on %s, with %j, what runs share is in %s', (system, env, folder) => {
  const { locks = '', rateMemory = '', inputMemory = '' } = sharedState(true, env, system);
  expect([locks, rateMemory, inputMemory].map((path) => dirname(path))).toEqual([folder, folder, folder]);
  expect(sharedState(false, env, system)).toEqual({ locks, inputMemory });
});

it('the emulator prints its variables as the shell of the system sets them', () => {
  expect(settingOf('AWS_REGION', 'us-east-1', 'linux')).toBe('  export AWS_REGION=us-east-1');
  expect(settingOf('AWS_REGION', 'us-east-1', 'win32')).toBe("  $env:AWS_REGION = 'us-east-1'");
});
