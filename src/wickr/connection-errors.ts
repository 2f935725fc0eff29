/** Errors of the connection that no retry heals: a name that does not exist, a partner that TLS does not accept. */

/** What happened, and what to do. */
export interface Unreachable {
  readonly message: string;
  readonly hint: string;
}

const unknownHost: Unreachable = {
  message: 'the host name is unknown',
  hint: 'Check --region and --endpoint-url: either the name is wrong, or this machine cannot look it up (VPN, DNS, proxy).',
};
const untrusted: Unreachable = {
  message: "the server's certificate is signed by nobody whom this machine trusts",
  hint: 'Where a proxy or a private endpoint has a certificate of its own, name its CA file in NODE_EXTRA_CA_CERTS; else check --endpoint-url.',
};
const outOfDate: Unreachable = {
  message: "the server's certificate has expired or is not valid yet",
  hint: "Check this machine's clock; if it is right, the certificate has to be renewed.",
};
const otherName: Unreachable = {
  message: "the server's certificate is for another host name",
  hint: 'Give --endpoint-url the name that stands in the certificate, and check --region.',
};
const noTls: Unreachable = {
  message: 'no encrypted connection could be agreed on',
  hint: 'Check scheme and port of --endpoint-url: often a port that speaks plain http, or a proxy in between.',
};

/** By Node's and OpenSSL's codes; the first that fits. EAI_AGAIN is none of them: the resolver itself says to try again. */
const known: readonly (readonly [RegExp, Unreachable])[] = [
  [/^ENOTFOUND$/, unknownHost],
  [/^(CERT_HAS_EXPIRED|CERT_NOT_YET_VALID)$/, outOfDate],
  [/^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/, otherName],
  [/CERT|^UNABLE_TO_|^INVALID_(CA|PURPOSE)$|^PATH_LENGTH_EXCEEDED$/, untrusted],
  [/^(ERR_SSL_|ERR_TLS_|EPROTO$)/, noTls],
];

/** What an error code of the connection means where it can never pass by itself; undefined where it can. */
export function unreachable(code: string): Unreachable | undefined {
  return known.find(([pattern]) => pattern.test(code))?.[1];
}
