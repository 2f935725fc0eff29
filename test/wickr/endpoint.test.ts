import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { resolveEndpoint, stsEndpoint } from '../../src/wickr/endpoint.js';

describe("AWS's own endpoints", () => {
  it.each([
    [{ region: 'us-east-1' }, 'https://admin.wickr.us-east-1.amazonaws.com'],
    [{ region: 'us-east-1', useFipsEndpoint: true }, 'https://admin.wickr-fips.us-east-1.amazonaws.com'],
    [{ region: 'us-east-1', useDualstackEndpoint: true }, 'https://admin.wickr.us-east-1.api.aws'],
    [
      { region: 'us-gov-west-1', useFipsEndpoint: true, useDualstackEndpoint: true },
      'https://admin.wickr-fips.us-gov-west-1.api.aws',
    ],
    [{ region: 'cn-north-1' }, 'https://admin.wickr.cn-north-1.amazonaws.com.cn'],
    [
      { region: 'cn-north-1', useDualstackEndpoint: true },
      'https://admin.wickr.cn-north-1.api.amazonwebservices.com.cn',
    ],
  ])('%j', (options, origin) => {
    expect(resolveEndpoint(options).origin).toBe(origin);
  });
});

describe('a custom endpoint', () => {
  it.each([
    'http://127.0.0.1:8080',
    'http://127.1.2.3',
    'http://localhost:9',
    'http://[::1]:8080',
    'https://proxy.example.com/wickr',
  ])('%s is taken', (endpointUrl) => {
    expect(resolveEndpoint({ region: 'us-east-1', endpointUrl }).href).toContain(endpointUrl);
  });

  it.each([
    ['http://example.com', /unencrypted/],
    ['http://127.evil.com', /unencrypted/],
    ['http://localhost.example.com', /unencrypted/],
    ['ftp://example.com', /not an http/],
    ['example.com', /not an http/],
    ['', /not an http/],
    ['https://user:secret@example.com', /more than/],
    ['https://example.com/?a=b', /more than/],
  ])('%s is refused, and not repeated', (endpointUrl, reason) => {
    const refusal = catchError(() => resolveEndpoint({ region: 'us-east-1', endpointUrl }));
    expect(refusal).toBeInstanceOf(UsageError);
    expect(refusal.message).toMatch(reason);
    expect(refusal.message + (refusal as UsageError).hint).not.toContain('secret');
  });

  it('over plain http to another machine is taken if that is allowed', () => {
    const endpoint = resolveEndpoint({
      region: 'us-east-1',
      endpointUrl: 'http://example.com',
      allowHttp: true,
    });
    expect(endpoint.protocol).toBe('http:');
  });

  it('goes with neither FIPS nor dual-stack', () => {
    const endpointUrl = 'https://example.com';
    expect(() => resolveEndpoint({ region: 'us-east-1', endpointUrl, useFipsEndpoint: true })).toThrow(
      UsageError,
    );
    expect(() => resolveEndpoint({ region: 'us-east-1', endpointUrl, useDualstackEndpoint: true })).toThrow(
      UsageError,
    );
  });
});

it.each(['', 'us east 1', 'us-east-1.evil.com', 'US-EAST-1', '../..'])(
  'the region %j is refused',
  (region) => {
    expect(() => resolveEndpoint({ region })).toThrow(UsageError);
  },
);

function catchError(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

it.each([
  ['us-east-1', false, false, 'https://sts.us-east-1.amazonaws.com'],
  ['us-east-1', true, false, 'https://sts-fips.us-east-1.amazonaws.com'],
  ['eu-west-2', false, true, 'https://sts.eu-west-2.api.aws'],
  ['cn-north-1', false, false, 'https://sts.cn-north-1.amazonaws.com.cn'],
])('STS in %s (FIPS %s, dual-stack %s) is %s', (region, fips, dualstack, url) => {
  expect(stsEndpoint(region, fips, dualstack).origin).toBe(url);
});
