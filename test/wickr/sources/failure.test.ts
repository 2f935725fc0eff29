import { expect, it } from 'vitest';
import { CredentialsError } from '../../../src/errors.js';
import { DeadlineError, StoppedError, within } from '../../../src/wickr/sources/deadline.js';
import { failureOf, redactCause } from '../../../src/wickr/sources/failure.js';

const role = { arn: 'arn:aws:iam::111122223333:role/R' };
const keys = {
  kind: 'keys',
  profile: 'base',
  credentials: { accessKeyId: 'A', secretAccessKey: 's' },
} as const;
const assumed = { kind: 'assume-role', profile: 'hr', role, with: keys } as const;
const sso = { kind: 'sso', profile: 'hr' } as const;
const process = { kind: 'process', profile: 'hr', command: 'x' } as const;
const withCode = (code: string, message: string) => Object.assign(new Error(message), { code });

it.each([
  [
    'a host that is unknown',
    assumed,
    withCode('ENOTFOUND', 'getaddrinfo ENOTFOUND sts.eu-west-1.amazonaws.com'),
    'ENOTFOUND sts.eu-west-1.amazonaws.com',
    'HTTPS_PROXY',
  ],
  [
    'one that is wrapped',
    sso,
    new Error('the SDK failed', { cause: withCode('ECONNREFUSED', '') }),
    'ECONNREFUSED',
    'HTTPS_PROXY',
  ],
  [
    'an expired session',
    sso,
    new Error('The SSO session associated with this profile has expired.'),
    'the session has expired',
    'aws sso login --profile hr',
  ],
  [
    'a refused role',
    assumed,
    new Error('User: arn:aws:iam::111122223333:user/a is not authorized to perform: sts:AssumeRole'),
    'is not authorized',
    'trust policy',
  ],
  [
    'a wrong code',
    assumed,
    new Error('MultiFactorAuthentication failed with invalid MFA one time pass code.'),
    'MultiFactor',
    'next code',
  ],
  ['a process that waits', process, new DeadlineError(60_000), 'no answer within 60 s', 'may wait for input'],
])('%s is said with what to do', (_, source, cause, words, hint) => {
  const error = failureOf(source, cause);
  expect(error).toBeInstanceOf(CredentialsError);
  expect(error.message).toContain(words);
  expect((error as CredentialsError).hint).toContain(hint);
  expect(error.cause).toBe(cause);
});

it('a stop is no failure', () => {
  const stop = new StoppedError();
  expect(failureOf(sso, stop)).toBe(stop);
});

it.each([
  ['vault: token=hvs.CAESIJx refused', 'hvs'],
  ['https://user:pass@proxy.example:3128 refused', 'pass'],
  ['{"SecretAccessKey": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}', 'wJalr'],
  ['key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY is wrong', 'wJalr'],
  ['AKIAIOSFODNN7EXAMPLE is not active', 'AKIA'],
])('no secret stays: %s', (text, secret) => {
  expect(redactCause(text)).not.toContain(secret);
  expect(redactCause(text)).toContain('<secret>');
});

it('one printable line stays of what a program says', () => {
  expect(redactCause('Vault is sealed\nat main.go:12')).toBe('Vault is sealed');
  expect(redactCause('a\u202eb\u0007')).toBe('a�b�');
  expect(redactCause('x'.repeat(1000)).length).toBe(300);
});

it('a wait ends with its deadline or its signal, and the task is told', async () => {
  let told: AbortSignal | undefined;
  const hangs = (signal: AbortSignal) => {
    told = signal;
    return new Promise<never>(() => {});
  };
  const signal = new AbortController().signal;
  await expect(within({ deadline: 1, signal }, hangs)).rejects.toThrow(DeadlineError);
  expect(told?.aborted).toBe(true);
  const stopping = new AbortController();
  const waiting = within({ deadline: 3_600_000, signal: stopping.signal }, hangs);
  stopping.abort();
  await expect(waiting).rejects.toThrow(StoppedError);
  await expect(within({ deadline: 1, signal: stopping.signal }, hangs)).rejects.toThrow(StoppedError);
});
