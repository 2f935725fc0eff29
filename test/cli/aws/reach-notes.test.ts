import { expect, it } from 'vitest';
import { reachNotes } from '../../../src/cli/aws/reach-notes.js';
import { type ReachFlags, reachSettings, type Variables } from '../../../src/cli/aws/reach-settings.js';

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

it.each<[string, ReachFlags, Variables, 'the plan' | 'the run' | undefined, string[]]>([
  [AWS, { region: 'us-east-1' }, {}, undefined, ['region us-east-1 from --region']],
  [
    AWS,
    { profile: 'hr', useFipsEndpoint: false },
    { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
    undefined,
    ['region us-east-1 from profile "hr"', 'profile "hr" from --profile', 'CA bundle from profile "hr"'],
  ],
  [
    AWS,
    {},
    proxied,
    undefined,
    ['region us-east-1 from profile "default"', 'proxy proxy.corp.example:3128 from HTTPS_PROXY'],
  ],
  [
    'https://spared.example',
    { region: 'us-east-1', endpointUrl: 'https://spared.example' },
    proxied,
    undefined,
    ['region us-east-1 from --region', 'endpoint from --endpoint-url'],
  ],
  [LOCAL, { region: 'us-east-1' }, {}, 'the run', ['region us-east-1 from the run']],
  [
    LOCAL,
    {},
    { AWS_ENDPOINT_URL: LOCAL, AWS_PROFILE: 'x' },
    'the plan',
    ['region us-east-1 from the plan', 'endpoint from AWS_ENDPOINT_URL', 'profile "x" from AWS_PROFILE'],
  ],
  [
    'https://admin.wickr-fips.us-east-1.amazonaws.com',
    { profile: 'fips' },
    { AWS_REGION: 'us-east-1', AWS_USE_FIPS_ENDPOINT: 'TRUE' },
    undefined,
    ['region us-east-1 from AWS_REGION', 'FIPS from AWS_USE_FIPS_ENDPOINT', 'profile "fips" from --profile'],
  ],
])('%s %j %j %s', (url, flags, env, known, notes) => {
  const destination = { networkId: '12345678', region: 'us-east-1', endpoint: new URL(url) };
  expect(reachNotes(destination, reachSettings(flags, env, files), known)).toEqual(notes);
});
