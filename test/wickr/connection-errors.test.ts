import { describe, expect, it } from 'vitest';
import { unreachable } from '../../src/wickr/connection-errors.js';

describe('a code of the connection that no retry heals', () => {
  it.each([
    ['ENOTFOUND', 'host name is unknown', '`region`'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'trusts', 'NODE_EXTRA_CA_CERTS'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'trusts', 'NODE_EXTRA_CA_CERTS'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'trusts', 'NODE_EXTRA_CA_CERTS'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'trusts', 'NODE_EXTRA_CA_CERTS'],
    ['CERT_HAS_EXPIRED', 'expired', 'clock'],
    ['CERT_NOT_YET_VALID', 'not valid yet', 'clock'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'another host name', '`endpointUrl`'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'no encrypted connection', 'plain http'],
    ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'no encrypted connection', 'plain http'],
    ['EPROTO', 'no encrypted connection', 'plain http'],
  ])('%s', (code, message, hint) => {
    expect(unreachable(code)?.message).toContain(message);
    expect(unreachable(code)?.hint).toContain(hint);
  });

  it.each([
    'EAI_AGAIN',
    'ECONNREFUSED',
    'ECONNRESET',
    'ConnectionClosed',
    'Timeout',
    'ENETUNREACH',
    'EHOSTUNREACH',
    'NoAnswer',
  ])('is not %s', (code) => {
    expect(unreachable(code)).toBeUndefined();
  });
});
