/** A user who was changed is read back until the change shows, with growing pauses and not for ever. */
import { describe, expect, it } from 'vitest';
import { ReadError } from '../../../src/errors.js';
import type { CommandRow, Member, Outcome } from '../../../src/model.js';
import { CheckedUpdates, READ_BACK_PAUSES } from '../../../src/run/batch/read-back.js';
import { Stop } from '../../../src/run/service/stop-switch.js';

const row: CommandRow = {
  ...{ row: 1, line: 2, start: 0, end: 1 },
  command: { networkId: '12345678', userId: '1', details: { firstName: 'New', lastName: 'Lee' } },
  before: { firstName: 'Old' },
};
const member = (firstName: string, lastName = 'Lee'): Member => ({
  ...{ userId: '1', username: 'a@x.org', firstName, lastName, securityGroupIds: [] },
  ...{ pending: false, suspended: false, bot: false },
});
const updated: Outcome = {
  ...{ row: 1, line: 2, userId: '1', status: 'updated', attempts: 1, throttled: 0, changed: ['firstName'] },
  ...{ httpStatus: 200, requestId: 'r', startedAt: 1, finishedAt: 2 },
};

interface Reads {
  /** What the reads show, one after the other; the last one stays. Nobody, or an error. */
  readonly shown: readonly [Member | undefined | Error, ...(Member | undefined | Error)[]];
  readonly pauses?: readonly number[];
  readonly outcome?: Outcome;
  readonly sent?: CommandRow;
  readonly stop?: Stop;
}

/** The outcome of a row, and how often its user was read. */
async function readBack({ shown, pauses = [1, 1, 1, 1, 1], ...given }: Reads) {
  const { outcome = updated, sent = row, stop = new Stop() } = given;
  let reads = 0;
  const means = {
    look: () => Promise.reject(new Error('nobody has to look')),
    readBack: async () => {
      const next = shown[Math.min(reads, shown.length - 1)];
      reads += 1;
      if (next instanceof Error) throw next;
      return next;
    },
    send: async () => outcome,
    stop,
  };
  const guard = { readAt: performance.now(), readOn: Date.now(), maxAge: undefined, partly: false };
  const checked = new CheckedUpdates(means, { guard, verifies: () => true, pauses });
  return { last: await checked.update(sent), reads };
}

describe('a user who is read back', () => {
  it('and shows the new value, is read once', async () => {
    expect(await readBack({ shown: [member('New')] })).toEqual({ last: updated, reads: 1 });
  });

  it('and shows it only at the fourth read, is updated', async () => {
    const shown = [member('Old'), member('Old'), undefined, member('New')] as const;
    expect(await readBack({ shown })).toEqual({ last: updated, reads: 4 });
  });

  it('and shows it at the very last read, is updated', async () => {
    const old = member('Old');
    const shown = [old, old, old, old, old, member('New')] as const;
    expect(await readBack({ shown })).toEqual({ last: updated, reads: 6 });
  });

  it('and shows the former value to the end, is said to be not visible yet', async () => {
    const { last, reads } = await readBack({ shown: [member('Old')] });
    expect(last).toMatchObject({ status: 'mismatch', errorCode: 'Mismatch', errorFields: ['firstName'] });
    expect(last.message).toContain('not visible yet');
    expect(reads).toBe(6);
  });

  it.each([
    ['a third value', [member('Third')], ['firstName']],
    ['the former value, and another one in a field that was right', [member('Old', 'X')], undefined],
    ['nothing, because the user is gone', [undefined], ['firstName', 'lastName']],
  ] as const)('and shows %s, is a mismatch of that', async (_case, shown, fields) => {
    const { last } = await readBack({ shown });
    expect(last.status).toBe('mismatch');
    expect(last.errorFields).toEqual(fields ?? ['firstName', 'lastName']);
    if (fields) expect(last.message).toContain('another value than the one sent');
  });

  it('of a row that knows nothing from before, is never said to be not visible yet', async () => {
    const { before: _, ...sent } = row;
    expect((await readBack({ shown: [member('Old')], sent })).last.message).toContain('another value');
  });

  it('and cannot be read, is updated, with a note', async () => {
    const { last } = await readBack({ shown: [member('Old'), new ReadError('no answer', 'Try again.')] });
    expect(last).toMatchObject({ status: 'updated', message: 'updated; the user could not be read back' });
  });

  it('is not waited for once the run stops', async () => {
    const stop = new Stop();
    const reading = readBack({ shown: [member('Old')], pauses: [3_600_000], stop });
    stop.abort({ code: 'INTERRUPTED', message: 'stopped', hint: 'go on' });
    expect((await reading).last).toMatchObject({
      status: 'updated',
      message: expect.stringContaining('not be read'),
    });
  });

  it('was updated: a row that was not is not read back', async () => {
    const failed = { ...updated, status: 'failed', errorCode: 'X', errorFields: [] } as Outcome;
    expect(await readBack({ shown: [member('Old')], outcome: failed })).toEqual({ last: failed, reads: 0 });
  });
});

it('the pauses grow, and end within 8 seconds', () => {
  expect(READ_BACK_PAUSES).toEqual(READ_BACK_PAUSES.toSorted((one, other) => one - other));
  expect(new Set(READ_BACK_PAUSES).size).toBe(READ_BACK_PAUSES.length);
  expect(READ_BACK_PAUSES.reduce((sum, pause) => sum + pause, 0)).toBeLessThanOrEqual(8000);
});
