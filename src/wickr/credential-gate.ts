/** The gate in front of all requests of a run. It closes while the credentials are in doubt. */
import { CredentialsError } from '../errors.js';
import type { CredentialProvider, Credentials } from './credentials.js';

/**
 * A request's leave to be sent with the present credentials. The request reports back once what it learned of them.
 * Requests that share credentials share the token.
 */
export interface CredentialToken {
  /** The service accepted the credentials, whatever it then said about the request. */
  accepted(): void;
  /** The request ended without a word about its credentials. */
  unknown(): void;
  /** The service refused the credentials. Resolves to true if other ones are there to try, false if the run has to stop. */
  refused(): Promise<boolean>;
}

/**
 * Holds all requests back while refused credentials are being replaced. A refusal leads to one forced refresh, which
 * all requests share that were refused together. The first request to enter after it tries the new credentials, while
 * the others wait for its answer. So credentials that no longer hold cost the requests in flight and one more.
 */
export class CredentialGate {
  private credentials: Credentials | undefined;
  /** The token of the credentials in use. A report on an older token says nothing about the present credentials. */
  private current = this.issueToken();
  /** Whether the credentials in use have been accepted; those that the run starts with count as such. */
  private proven = true;
  private refreshing: Promise<void> | undefined;
  private trial: Trial | undefined;
  private closed = false;
  /** Why there were no other credentials when those in use were refused. */
  problem: CredentialsError | undefined;
  private readonly source: CredentialProvider;

  constructor(source: CredentialProvider) {
    this.source = source;
  }

  /** Asks for the credentials to sign with. @throws CredentialsError if there are none */
  readonly provider = async (): Promise<Credentials> => {
    const token = this.current;
    const credentials = await this.resolve(false);
    // Not those from before a refresh that came in between.
    if (token === this.current) this.credentials = credentials;
    return credentials;
  };

  /**
   * The provider to sign with: gives what was asked for last, without asking again. A request asks before what it needs
   * is judged, so that nothing is waited for between that and the signature.
   */
  readonly latest = async (): Promise<Credentials> => this.credentials ?? this.provider();

  /** The token for a request that may be sent at once; undefined while the gate is closed, for a while or for good. */
  get token(): CredentialToken | undefined {
    return this.refreshing || this.trial || this.closed ? undefined : this.current;
  }

  /** Waits until the request may be sent; undefined if none may be sent any more. */
  async enter(): Promise<CredentialToken | undefined> {
    while (this.refreshing || this.trial?.isTaken) await (this.refreshing ?? this.trial?.over);
    if (this.trial) this.trial.isTaken = true;
    return this.closed ? undefined : this.current;
  }

  private issueToken(): CredentialToken {
    const token: CredentialToken = {
      accepted: () => {
        if (token !== this.current) return;
        this.proven = true;
        this.endTrial();
      },
      // A trial that told nothing is over all the same, or everyone would wait for a request that has ended.
      unknown: () => {
        if (token === this.current) this.endTrial();
      },
      refused: () => this.replace(token),
    };
    return token;
  }

  private async replace(token: CredentialToken): Promise<boolean> {
    if (token !== this.current || this.closed) return !this.closed;
    // Replacements that are refused as well are not replaced again.
    if (!this.refreshing && !this.proven) this.close();
    else {
      this.refreshing ??= this.refresh();
      await this.refreshing;
    }
    return !this.closed;
  }

  /** Asks for new credentials; closes the gate for good if there are none. */
  private async refresh(): Promise<void> {
    const before = this.credentials;
    const after = await this.resolve(true).catch((error: unknown) => {
      if (error instanceof CredentialsError) this.problem = error;
      return undefined;
    });
    this.refreshing = undefined;
    if (!after || isSame(before, after)) {
      this.close();
      return;
    }
    this.credentials = after;
    this.current = this.issueToken();
    this.proven = false;
    this.trial = new Trial();
  }

  private close(): void {
    this.closed = true;
    this.endTrial();
  }

  private endTrial(): void {
    this.trial?.end();
    this.trial = undefined;
  }

  private async resolve(forceRefresh: boolean): Promise<Credentials> {
    const credentials = await this.ask(forceRefresh);
    if (isHeaderText(credentials.accessKeyId) && isHeaderText(credentials.sessionToken ?? '-'))
      return credentials;
    throw new CredentialsError(
      'the AWS access key ID or the session token contains a character that cannot be part of it',
      'Look for a blank, a line end or a quote that was copied along.',
    );
  }

  private async ask(forceRefresh: boolean): Promise<Credentials> {
    try {
      return await this.source({ forceRefresh });
    } catch (cause) {
      if (cause instanceof CredentialsError) throw cause;
      throw new CredentialsError(
        'no AWS credentials could be had',
        'Check where they come from, and start again or resume the run.',
        { cause },
      );
    }
  }
}

/** One request tries new credentials while the others wait. */
class Trial {
  /** Whether that request has entered. */
  isTaken = false;
  readonly over: Promise<void>;
  end = () => {};

  constructor() {
    this.over = new Promise((resolve) => {
      this.end = resolve;
    });
  }
}

const isSame = (before: Credentials | undefined, after: Credentials) =>
  before?.accessKeyId === after.accessKeyId && before?.sessionToken === after.sessionToken;

const isHeaderText = (text: string) => /^[\x21-\x7e]+$/.test(text);
