/** The fault `skew`: the server's clock is off. */
import { expect, it } from 'vitest';
import type { Emulator, FaultRule } from '../../src/emulator/server.js';
import { emulate, statusesOf, USER, update } from './call.js';

const NEW = { firstName: 'New' };
const isApplied = (emulator: Emulator): boolean => emulator.users.get(USER)?.firstName === 'New';
const start = (rule: FaultRule) => emulate({ faults: [rule] });
const HOUR = 3_600_000;

it.each([
  [HOUR, 'InvalidSignatureException', /^Signature expired: /],
  [-HOUR, 'InvalidSignatureException', /^Signature not yet current: /],
  [HOUR, 'RequestTimeTooSkewed', /difference/],
] as const)('is %i ms off and says %s', async (ms, code, message) => {
  const emulator = await start({ kind: 'skew', ms, code });
  const reply = await update(emulator, NEW);
  expect([reply.status, reply.headers['x-amzn-errortype'], isApplied(emulator)]).toEqual([403, code, false]);
  expect(reply.json().message).toMatch(message);
  const shown = Date.parse(reply.headers.date ?? '') - Date.now();
  expect(Math.abs(shown - ms)).toBeLessThan(60_000);
});

it('is satisfied by a request signed after it', async () => {
  const emulator = await start({ kind: 'skew', ms: HOUR });
  const reply = await update(emulator, NEW, USER, { at: Date.now() + HOUR });
  expect([reply.status, isApplied(emulator)]).toEqual([200, true]);
});

it('is right for the requests that the rule does not take', async () => {
  const emulator = await start({ kind: 'skew', ms: HOUR, every: 2 });
  expect(await statusesOf(emulator, 4)).toEqual([200, 403, 200, 403]);
});
