import { expect, it } from 'vitest';
import { type ReachFlags, reachSettings, type Variables } from '../../../src/cli/aws/reach-settings.js';
import { startLine } from '../../../src/cli/aws/start-line.js';

const files = {
  configFile: {
    hr: { region: 'us-east-1', services: 'local', ca_bundle: '/ca.pem', use_fips_endpoint: 'true' },
    'services.local': { 'wickr.endpoint_url': 'https://wickr.corp.example:8443/base' },
    default: { region: 'us-east-1' },
  },
  credentialsFile: {},
};
const AWS = 'https://admin.wickr.us-east-1.amazonaws.com';
const LOCAL = 'http://127.0.0.1:4566';
const proxied = { HTTPS_PROXY: 'http://me:secret@proxy.corp.example:3128', NO_PROXY: 'spared.example' };

it.each<[string, ReachFlags, Variables, string | undefined, string]>([
  [
    AWS,
    { region: 'us-east-1' },
    {},
    undefined,
    'wickr-bulk: network 12345678 at admin.wickr.us-east-1.amazonaws.com\n  region from --region\n',
  ],
  [
    AWS,
    { profile: 'hr', useFipsEndpoint: false },
    { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
    undefined,
    'wickr-bulk: network 12345678 at admin.wickr.us-east-1.amazonaws.com\n' +
      '  region from profile "hr", profile "hr" from --profile,\n  CA bundle from profile "hr"\n',
  ],
  [
    AWS,
    {},
    proxied,
    undefined,
    'wickr-bulk: network 12345678 at admin.wickr.us-east-1.amazonaws.com\n' +
      '  region from profile "default", proxy proxy.corp.example:3128 from HTTPS_PROXY\n',
  ],
  [
    'https://spared.example',
    { region: 'us-east-1', endpointUrl: 'https://spared.example' },
    proxied,
    undefined,
    'wickr-bulk: network 12345678 at spared.example\n' +
      '  region us-east-1 from --region, endpoint from --endpoint-url\n',
  ],
  [
    LOCAL,
    { region: 'us-east-1' },
    {},
    'the run',
    'wickr-bulk: network 12345678 at 127.0.0.1:4566 (region us-east-1 from the run)\n',
  ],
  [
    LOCAL,
    {},
    { AWS_ENDPOINT_URL: LOCAL, AWS_PROFILE: 'x' },
    'the plan',
    'wickr-bulk: network 12345678 at 127.0.0.1:4566\n' +
      '  region us-east-1 from the plan, endpoint from AWS_ENDPOINT_URL,\n  profile "x" from AWS_PROFILE\n',
  ],
  [
    'https://admin.wickr-fips.us-east-1.amazonaws.com',
    { profile: 'fips\u001b[31m\n' },
    { AWS_REGION: 'us-east-1', AWS_USE_FIPS_ENDPOINT: 'TRUE' },
    undefined,
    'wickr-bulk: network 12345678 at admin.wickr-fips.us-east-1.amazonaws.com\n' +
      '  region from AWS_REGION, FIPS from AWS_USE_FIPS_ENDPOINT,\n  profile "fips�[31m�" from --profile\n',
  ],
])('%s %j %j %s', (url, flags, env, known, text) => {
  const line = startLine(
    { networkId: '12345678', region: 'us-east-1', endpoint: new URL(url) },
    reachSettings(flags, env, files),
    known,
  );
  expect(line).toBe(text);
  for (const each of line.split('\n')) expect(each.length).toBeLessThanOrEqual(80);
  expect(line).not.toContain('secret');
});
