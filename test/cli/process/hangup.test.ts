import { expect, it } from 'vitest';
import { type HangupMarks, isHangupIgnored } from '../../../src/cli/process/hangup.js';

const none: HangupMarks = { started: '/usr/bin/wickr-bulk', input: undefined, parentIgnores: 0x4n };
const APPEND = 0o2001;

it.each<[string, Partial<HangupMarks>, boolean]>([
  ['not: nothing speaks for it', {}, false],
  ['by what bash and zsh say that they started', { started: '/usr/bin/nohup' }, true],
  ['not: another name', { started: '/usr/bin/my-nohup-tool' }, false],
  ['by a standard input that cannot be read', { input: { path: '/dev/null', flags: 0o100001 } }, true],
  ['not: standard input is empty, as under cron', { input: { path: '/dev/null', flags: 0o100000 } }, false],
  [
    'not: it can be read and written, as systemd may have it',
    { input: { path: '/dev/null', flags: 2 } },
    false,
  ],
  ['not: something else that is written to', { input: { path: '/tmp/log', flags: APPEND } }, false],
  ['by a script that was started so', { parentIgnores: 0x5n }, true],
  ['not: nothing is known', { started: undefined }, false],
])('a hangup is ignored from the start: %s', (_case, marks, ignored) => {
  expect(isHangupIgnored({ ...none, ...marks })).toBe(ignored);
});
