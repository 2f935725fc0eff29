import { describe, expect, it } from 'vitest';
import type { FaultRule } from '../../../src/emulator/faults/fault-rule.js';
import { FaultSchedule } from '../../../src/emulator/faults/fault-schedule.js';

const request = { operation: 'UpdateUser', userId: '1' };

/** The kinds of fault that so many requests meet, one after the other. */
function met(
  schedule: FaultSchedule,
  count: number,
  target: { operation: string; userId?: string } = request,
) {
  return Array.from({ length: count }, () => {
    const fault = schedule.due(target);
    schedule.count(target, fault);
    return fault?.kind ?? '-';
  });
}
const plan = (...rules: FaultRule[]) => new FaultSchedule(1, rules);

describe('a rule', () => {
  it.each<[FaultRule, string[]]>([
    [{ kind: 'half' }, ['half', 'half', 'half', 'half', 'half', 'half']],
    [{ kind: 'half', every: 3 }, ['-', '-', 'half', '-', '-', 'half']],
    [{ kind: 'half', after: 4 }, ['-', '-', '-', '-', 'half', 'half']],
    [{ kind: 'half', every: 2, after: 1 }, ['-', '-', 'half', '-', 'half', '-']],
    [{ kind: 'half', times: 2 }, ['half', 'half', '-', '-', '-', '-']],
    [{ kinds: ['half', '500', 'hang'] }, ['half', '500', 'hang', 'half', '500', 'hang']],
    [{ kinds: ['half', '500'], every: 2 }, ['-', 'half', '-', '500', '-', 'half']],
  ])('%j', (rule, kinds) => {
    expect(met(plan(rule), 6)).toEqual(kinds);
  });

  it('looks at its operation and its user only', () => {
    const schedule = plan({ kind: '500', userId: '7' }, { kind: '503', operation: 'ListUsers' });
    expect(met(schedule, 1)).toEqual(['-']);
    expect(met(schedule, 1, { operation: 'UpdateUser', userId: '7' })).toEqual(['500']);
    expect(met(schedule, 1, { operation: 'GetUser', userId: '7' })).toEqual(['-']);
    expect(met(schedule, 1, { operation: 'ListUsers' })).toEqual(['503']);
    expect(met(plan({ kind: '500', operation: 'any' }), 1, { operation: 'Unknown' })).toEqual(['500']);
  });

  it('counts only its own requests', () => {
    const schedule = plan({ kind: '500', every: 2 });
    met(schedule, 5, { operation: 'GetUser' });
    expect(met(schedule, 4)).toEqual(['-', '500', '-', '500']);
  });

  it('comes after one that stands before it', () => {
    expect(met(plan({ kind: '500', every: 2 }, { kind: '503' }), 4)).toEqual(['503', '500', '503', '500']);
  });

  it('says whether the update takes effect', () => {
    const applied = (rule: FaultRule) => plan(rule).due(request)?.applied;
    expect(applied({ kind: 'reset-before' })).toBe(false);
    expect(applied({ kind: 'reset-after' })).toBe(true);
    expect(applied({ kind: 'hang' })).toBe(false);
    expect(applied({ kind: 'hang', applied: true })).toBe(true);
    expect(applied({ kinds: ['throttle', 'hang'], applied: true })).toBe(false);
  });
});

describe('a share', () => {
  const chosen = (seed: number) => met(new FaultSchedule(seed, [{ kind: '500', share: 0.1 }]), 10_000);

  it('is about what it says', () => {
    const count = chosen(1).filter((kind) => kind === '500').length;
    expect(count).toBeGreaterThan(900);
    expect(count).toBeLessThan(1100);
  });

  it('falls on the same requests with the same seed, and on others with another', () => {
    expect(chosen(1)).toEqual(chosen(1));
    expect(chosen(2)).not.toEqual(chosen(1));
  });
});

it('asking changes nothing', () => {
  const schedule = plan({ kind: '500', every: 2, times: 1 });
  met(schedule, 1);
  expect([schedule.due(request)?.kind, schedule.due(request)?.kind]).toEqual(['500', '500']);
});

it('replacing the rules starts the count anew', () => {
  const schedule = plan({ kind: '500', every: 3 });
  met(schedule, 2);
  schedule.replace([{ kind: '500', every: 3 }]);
  expect(met(schedule, 3)).toEqual(['-', '-', '500']);
});
