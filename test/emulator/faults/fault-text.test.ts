import { expect, it } from 'vitest';
import { EmulatorOptionError, type FaultRule, parseFault } from '../../../src/emulator/server.js';

it.each<[string, FaultRule]>([
  ['reset-after', { kind: 'reset-after' }],
  ['500:every=7', { kind: '500', every: 7 }],
  ['hang:for=10000042:applied', { kind: 'hang', userId: '10000042', applied: true }],
  ['throttle:for=ListUsers:retry-after=2', { kind: 'throttle', operation: 'ListUsers', retryAfter: 2 }],
  ['slow:ms=20:after=100:times=3', { kind: 'slow', ms: 20, after: 100, times: 3 }],
  ['500,half,hang:share=2%', { kinds: ['500', 'half', 'hang'], share: 0.02 }],
  ['html:share=0.5', { kind: 'html', share: 0.5 }],
  ['skew:ms=-600000:code=RequestTimeTooSkewed', { kind: 'skew', ms: -600_000, code: 'RequestTimeTooSkewed' }],
  ['big:bytes=endless', { kind: 'big', bytes: Number.POSITIVE_INFINITY }],
  ['reset-before:for=any', { kind: 'reset-before', operation: 'any' }],
])('reads %s', (text, rule) => {
  expect(parseFault(text)).toEqual(rule);
});

it.each([
  ['', /no fault ""/],
  ['boom', /no fault "boom"/],
  ['toString', /no fault "toString"/],
  ['500,', /no fault ""/],
  ['500:every', /no parameter "every"/],
  ['500:every=', /no parameter "every="/],
  ['500:evry=7', /no parameter "evry=7"/],
  ['500:every=0', /every/],
  ['500:every=x', /every/],
  ['500:every=1.5', /every/],
  ['500:times=-1', /times/],
  ['500:after=-1', /after/],
  ['500:share=2', /share/],
  ['500:share=0.1:every=3', /share/],
  ['slow:ms=-1', /ms/],
  ['slow:ms=long', /ms/],
  ['slow:applied', /applied/],
  ['500:for=DeleteUser', /operation/],
  ['500:for=12345678901', /userId/],
  ['skew:code=Nonsense', /code/],
  ['big:bytes=-5', /bytes/],
])('refuses "%s", and says what would do', (text, message) => {
  const attempt = () => parseFault(text);
  expect(attempt).toThrow(EmulatorOptionError);
  expect(attempt).toThrow(message);
  expect(attempt).toThrow(expect.objectContaining({ hint: expect.stringMatching(/\w+ \w+/) }));
});
