import { describe, expect, it } from 'vitest';
import { CredentialsError } from '../../src/errors.js';
import { CredentialGate } from '../../src/wickr/credential-gate.js';

const key = (accessKeyId: string) => ({ accessKeyId, secretAccessKey: 's' });

/** A provider that gives the keys in turn, one further at each forced refresh. */
function turns(...names: string[]) {
  let refreshes = 0;
  const provider = async ({ forceRefresh = false } = {}) => {
    if (forceRefresh) refreshes += 1;
    const name = names[Math.min(refreshes, names.length - 1)];
    if (name === undefined || name === 'none') throw new Error('nothing found');
    return key(name);
  };
  return { provider, refreshes: () => refreshes };
}

async function entered(gate: CredentialGate): Promise<boolean> {
  let is = false;
  void gate.enter().then(() => {
    is = true;
  });
  await new Promise(setImmediate);
  return is;
}

describe('the gate', () => {
  it('refreshes once for all who are refused together, and lets one try', async () => {
    const { provider, refreshes } = turns('a', 'b');
    const gate = new CredentialGate(provider);
    await gate.provider();
    const verdicts = await Promise.all([gate.refused(0), gate.refused(0), gate.refused(0)]);
    expect(verdicts).toEqual(['lead', 'follow', 'follow']);
    expect(refreshes()).toBe(1);
    expect(await entered(gate)).toBe(false);
    gate.passed(gate.present);
    expect(await gate.enter()).toBe(1);
  });

  it('stops where the refresh brings the same again', async () => {
    const gate = new CredentialGate(turns('a', 'a').provider);
    await gate.provider();
    expect(await Promise.all([gate.refused(0), gate.refused(0)])).toEqual(['stop', 'stop']);
    expect(await gate.enter()).toBeUndefined();
  });

  it('stops where the refresh fails', async () => {
    const gate = new CredentialGate(turns('a', 'none').provider);
    await gate.provider();
    expect(await gate.refused(0)).toBe('stop');
  });

  it('stops where the new ones are refused as well, without a second refresh', async () => {
    const { provider, refreshes } = turns('a', 'b', 'c');
    const gate = new CredentialGate(provider);
    await gate.provider();
    expect(await gate.refused(0)).toBe('lead');
    expect(await gate.refused(1)).toBe('stop');
    expect(refreshes()).toBe(1);
    expect(await gate.enter()).toBeUndefined();
  });

  it('refreshes again once the new ones have served: a long run outlives many', async () => {
    const gate = new CredentialGate(turns('a', 'b', 'c').provider);
    await gate.provider();
    await gate.refused(0);
    gate.passed(1);
    expect(await gate.refused(1)).toBe('lead');
  });

  it('tells one who comes late with old ones to follow', async () => {
    const gate = new CredentialGate(turns('a', 'b').provider);
    await gate.provider();
    await gate.refused(0);
    gate.passed(1);
    expect(await gate.refused(0)).toBe('follow');
  });

  it('opens when the trial was not heard', async () => {
    const gate = new CredentialGate(turns('a', 'b').provider);
    await gate.provider();
    await gate.refused(0);
    gate.unheard(gate.present);
    expect(await gate.enter()).toBe(1);
  });

  it('says what to do where there are no credentials', async () => {
    await expect(new CredentialGate(turns('none').provider).provider()).rejects.toThrow(CredentialsError);
  });
});
