import { describe, expect, it } from 'vitest';
import { CredentialsError } from '../../src/errors.js';
import { CredentialGate, type CredentialToken } from '../../src/wickr/credential-gate.js';
import type { CredentialProvider } from '../../src/wickr/credentials.js';

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

async function isLetIn(gate: CredentialGate): Promise<boolean> {
  let isIn = false;
  void gate.enter().then(() => {
    isIn = true;
  });
  await new Promise(setImmediate);
  return isIn;
}

/** A gate whose credentials have been asked for, and the token of a request with them. */
async function opened(
  provider: CredentialProvider,
): Promise<{ gate: CredentialGate; token: CredentialToken }> {
  const gate = new CredentialGate(provider);
  await gate.provider();
  return { gate, token: await entered(gate) };
}

async function entered(gate: CredentialGate): Promise<CredentialToken> {
  const token = await gate.enter();
  if (!token) throw new Error('the gate is closed for good');
  return token;
}

describe('the gate', () => {
  it('refreshes once for all requests that are refused together, and lets one of them try', async () => {
    const { provider, refreshes } = turns('a', 'b');
    const { gate, token } = await opened(provider);
    expect(gate.token).toBe(token);
    const refusals = [token.refused(), token.refused(), token.refused()];
    expect(gate.token).toBeUndefined();
    expect(await Promise.all(refusals)).toEqual([true, true, true]);
    expect(refreshes()).toBe(1);
    expect(gate.token).toBeUndefined();
    const trial = await entered(gate);
    expect(await isLetIn(gate)).toBe(false);
    trial.accepted();
    expect(await entered(gate)).toBe(trial);
    expect(gate.token).toBe(trial);
  });

  it('lets one of those try that waited while the credentials were refreshed', async () => {
    const { gate, token } = await opened(turns('a', 'b').provider);
    const refusal = token.refused();
    const waiting = Array.from({ length: 3 }, () => gate.enter());
    const trial = await Promise.race(waiting);
    expect(await refusal).toBe(true);
    expect(await isLetIn(gate)).toBe(false);
    trial?.accepted();
    expect(await Promise.all(waiting)).toEqual([trial, trial, trial]);
  });

  it('closes for good if the refresh brings the same credentials again', async () => {
    const { gate, token } = await opened(turns('a', 'a').provider);
    expect(await Promise.all([token.refused(), token.refused()])).toEqual([false, false]);
    expect(await gate.enter()).toBeUndefined();
    expect(gate.token).toBeUndefined();
  });

  it('closes for good if the refresh fails', async () => {
    const { token } = await opened(turns('a', 'none').provider);
    expect(await token.refused()).toBe(false);
  });

  it('closes for good if the new credentials are refused as well, without a second refresh', async () => {
    const { provider, refreshes } = turns('a', 'b', 'c');
    const { gate, token } = await opened(provider);
    expect(await token.refused()).toBe(true);
    const trial = await entered(gate);
    const waiting = gate.enter();
    expect(await trial.refused()).toBe(false);
    expect(refreshes()).toBe(1);
    expect(await waiting).toBeUndefined();
  });

  it('refreshes again once the new credentials have been accepted: a long run outlives many', async () => {
    const { gate, token } = await opened(turns('a', 'b', 'c').provider);
    await token.refused();
    const second = await entered(gate);
    second.accepted();
    expect(await second.refused()).toBe(true);
  });

  it('lets a request try again that is refused late, with credentials of before', async () => {
    const { provider, refreshes } = turns('a', 'b');
    const { gate, token } = await opened(provider);
    await token.refused();
    (await entered(gate)).accepted();
    expect(await token.refused()).toBe(true);
    expect(refreshes()).toBe(1);
  });

  it('is not opened by reports on credentials of before', async () => {
    const { gate, token } = await opened(turns('a', 'b').provider);
    await token.refused();
    await entered(gate);
    token.accepted();
    token.unknown();
    expect(await isLetIn(gate)).toBe(false);
  });

  it('opens if the trial ended without a word on the credentials', async () => {
    const { gate, token } = await opened(turns('a', 'b').provider);
    await token.refused();
    const trial = await entered(gate);
    trial.unknown();
    expect(gate.token).toBe(trial);
  });

  it('says what to do if there are no credentials', async () => {
    await expect(new CredentialGate(turns('none').provider).provider()).rejects.toThrow(CredentialsError);
  });
});
