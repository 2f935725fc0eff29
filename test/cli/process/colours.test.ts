import { expect, it } from 'vitest';
import { hasColours } from '../../../src/cli/process/colours.js';

const terminal = { isTTY: true, hasColors: () => true };
const dumb = { isTTY: true, hasColors: () => false };
const file = {};

it.each([
  ['a terminal', terminal, {}, true],
  ['a terminal that has none', dumb, {}, false],
  ['a file', file, {}, false],
  ['NO_COLOR', terminal, { NO_COLOR: '1' }, false],
  ['an empty NO_COLOR', terminal, { NO_COLOR: '' }, true],
  ['FORCE_COLOR and a file', file, { FORCE_COLOR: '1' }, true],
  ['an empty FORCE_COLOR and a file', file, { FORCE_COLOR: '' }, true],
  ['FORCE_COLOR=0', terminal, { FORCE_COLOR: '0' }, false],
  ['FORCE_COLOR=false', terminal, { FORCE_COLOR: 'false' }, false],
  ['both', file, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
] as const)('%s: %#', (_, stream, env, has) => {
  expect(hasColours(stream, env)).toBe(has);
});
