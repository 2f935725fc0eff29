/** What no retry can heal: a host that does not exist, a certificate that TLS does not accept, a sign-in page on the way. */

/** What happened, and what to do. */
export interface Unreachable {
  readonly message: string;
  readonly hint: string;
}

const unknownHost: Unreachable = {
  message: 'the host name is unknown',
  hint: 'Check `region` and `endpointUrl`: either the name is wrong, or this machine cannot look it up (VPN, DNS, proxy).',
};
const untrusted: Unreachable = {
  message: "the server's certificate is not signed by an authority that this machine trusts",
  hint: 'If a proxy or a private endpoint has its own certificate, name the CA file in AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS; otherwise check `endpointUrl`.',
};
const outOfDate: Unreachable = {
  message: "the server's certificate has expired or is not valid yet",
  hint: "Check this machine's clock. If it is right, the certificate has to be renewed.",
};
const otherName: Unreachable = {
  message: "the server's certificate is for another host name",
  hint: 'Use the name in the certificate for `endpointUrl`, and check `region`.',
};
const noTls: Unreachable = {
  message: 'no encrypted connection could be set up',
  hint: 'Check the scheme and the port of `endpointUrl`: often the port speaks plain http, or there is a proxy in between.',
};

const redirect: Unreachable = {
  message: 'something on the way answers with a redirect',
  hint: 'Open the address that it leads to in a browser: often it is the sign-in page of a network or a proxy. Otherwise check `endpointUrl` and the proxy settings.',
};
const proxyLogin: Unreachable = {
  message: 'the proxy wants a user name and a password, or other ones',
  hint: 'Put them into the URL in HTTPS_PROXY (http://user:password@host:port; percent-encode special characters).',
};
const proxyRefused: Unreachable = {
  message: 'the proxy does not let this host be reached',
  hint: 'Ask whoever runs the proxy to let it be, or name the host in NO_PROXY if it can be reached without.',
};
const networkLogin: Unreachable = {
  message: 'the network wants a sign-in first',
  hint: 'Open any page in a browser and sign in to the network.',
};

/** By the codes of Node and OpenSSL; the first match counts. EAI_AGAIN is not among them: it asks for another try. */
const known: readonly (readonly [RegExp, Unreachable])[] = [
  [/^ENOTFOUND$/, unknownHost],
  [/^Http3\d\d$/, redirect],
  [/^Http407$/, proxyLogin],
  [/^Http511$/, networkLogin],
  [/^ProxyRefused$/, proxyRefused],
  [/^(CERT_HAS_EXPIRED|CERT_NOT_YET_VALID)$/, outOfDate],
  [/^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/, otherName],
  [/CERT|^UNABLE_TO_|^INVALID_(CA|PURPOSE)$|^PATH_LENGTH_EXCEEDED$/, untrusted],
  [/^(ERR_SSL_|ERR_TLS_|EPROTO$)/, noTls],
];

/** What a connection's error code means if it can never pass by itself; undefined if it can. */
export function unreachable(code: string): Unreachable | undefined {
  return known.find(([pattern]) => pattern.test(code))?.[1];
}
