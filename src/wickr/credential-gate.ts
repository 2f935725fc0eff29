/** One gate in front of all requests of a run, which closes while credentials are in doubt. */
import { CredentialsError } from '../errors.js';
import type { CredentialProvider, Credentials } from './credentials.js';

/**
 * Holds all requests back while refused credentials are being replaced. A refusal leads to one forced refresh,
 * shared by all who met it; the first to be refused then tries the new credentials while the others wait for what it
 * finds. So credentials that no longer hold cost the requests in flight and one more.
 */
export class CredentialGate {
  private credentials: Credentials | undefined;
  /** Counts the credentials in use; a refusal of an older generation says nothing about the present one. */
  private generation = 0;
  /** Whether a request with the present generation has been accepted. */
  private proven = true;
  private refreshing: Promise<boolean> | undefined;
  private trial: { readonly over: Promise<void>; readonly end: () => void } | undefined;
  private closed = false;
  private readonly source: CredentialProvider;

  constructor(source: CredentialProvider) {
    this.source = source;
  }

  /** The provider to sign with. @throws CredentialsError where there are no credentials */
  readonly provider = async (): Promise<Credentials> => {
    this.credentials = await this.resolve(false);
    return this.credentials;
  };

  /** Whether requests may be sent just now. */
  get isOpen(): boolean {
    return !this.refreshing && !this.trial && !this.closed;
  }

  /** Waits until requests may be sent; gives the generation to report back, or undefined once none may any more. */
  async enter(): Promise<number | undefined> {
    while (this.refreshing || this.trial) await (this.refreshing ?? this.trial?.over);
    return this.closed ? undefined : this.generation;
  }

  /** Tells that a request of this generation got past the check of its credentials. */
  passed(generation: number): void {
    if (generation !== this.generation) return;
    this.proven = true;
    this.endTrial();
  }

  /** Tells that a request ended without a word on its credentials: a trial has to be left to somebody else. */
  unheard(generation: number): void {
    if (generation === this.generation) this.endTrial();
  }

  /**
   * Tells that a request's credentials were refused. Gives whether to try again: `lead` at once and alone, `follow`
   * through `enter`, `stop` not at all.
   */
  async refused(generation: number): Promise<'lead' | 'follow' | 'stop'> {
    if (this.closed) return 'stop';
    if (generation !== this.generation) return 'follow';
    if (this.refreshing) {
      await this.refreshing;
      return this.closed ? 'stop' : 'follow';
    }
    if (!this.proven) return this.close();
    this.refreshing = this.refresh();
    const changed = await this.refreshing;
    this.refreshing = undefined;
    if (!changed) return this.close();
    this.generation += 1;
    this.proven = false;
    let end = () => {};
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.trial = { over, end };
    return 'lead';
  }

  /** The generation that a leader tries. */
  get present(): number {
    return this.generation;
  }

  private close(): 'stop' {
    this.closed = true;
    this.endTrial();
    return 'stop';
  }

  private endTrial(): void {
    this.trial?.end();
    this.trial = undefined;
  }

  private async refresh(): Promise<boolean> {
    const before = this.credentials;
    const after = await this.resolve(true).catch(() => undefined);
    if (!after) return false;
    this.credentials = after;
    return before?.accessKeyId !== after.accessKeyId || before?.sessionToken !== after.sessionToken;
  }

  private async resolve(forceRefresh: boolean): Promise<Credentials> {
    const credentials = await this.ask(forceRefresh);
    if (isHeaderText(credentials.accessKeyId) && isHeaderText(credentials.sessionToken ?? '-'))
      return credentials;
    throw new CredentialsError(
      'the AWS access key ID or session token has a character that none of them has',
      'Look for a blank, a line end or a quote that was copied along.',
    );
  }

  private async ask(forceRefresh: boolean): Promise<Credentials> {
    try {
      return await this.source({ forceRefresh });
    } catch (cause) {
      throw new CredentialsError(
        'no AWS credentials were found, or they could not be refreshed',
        'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile with --profile ("aws sso login" first where it uses SSO).',
        { cause },
      );
    }
  }
}
const isHeaderText = (text: string) => /^[\x21-\x7e]+$/.test(text);
