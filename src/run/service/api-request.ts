import type { Attempt } from '../../model.js';
import type { RequestKind } from '../../pace/limiters.js';
import { initialRetryState, type RetryState } from '../../pace/retry-policy.js';
import type { Client } from '../../wickr/client.js';

/**
 * How a request ended: `answered` and `refused` by its last attempt, `stopped` with the run, `withheld` because what
 * has to hold for it no longer holds.
 */
export type Completion =
  | { readonly kind: 'answered' | 'stopped' | 'withheld' }
  | { readonly kind: 'refused'; readonly reason: string };

/** What a look at a request's precondition comes to. `wait`: it is to be looked at again after so many ms. */
export type Verdict = 'holds' | 'withhold' | { readonly wait: number };

/** What has to hold for a request to be sent. It is judged before each attempt, when nothing else is to be waited for. */
export interface Precondition {
  /**
   * Whether it was seen to hold so recently that nobody has to look again.
   *
   * @param looked whether that was for this very attempt: no look is over in no time
   */
  isFresh(looked: boolean): boolean;
  /** Looks again. Rejects with a WickrBulkError if that is not possible. */
  look(): Promise<Verdict>;
}

/** One request to the service and its attempts so far. A class, so that an attempt costs no closure. */
export abstract class ApiRequest<Answer, Result> {
  attempts = 0;
  /** How many of the attempts met RateLimitError. */
  throttled = 0;
  /** Epoch ms of the first attempt; 0 before it. */
  startedAt = 0;
  last: Attempt<Answer> | undefined;
  retryState: RetryState = initialRetryState;

  /** The service model's name of the operation, which is also that of its IAM action. */
  abstract readonly operation: string;
  abstract readonly requestKind: RequestKind;
  /** The row of the input that the request is for; undefined if it is for no single row. */
  abstract readonly row: number | undefined;
  /** Whether the run can do without the answer. If so, a refusal by 401 or 403 does not put the credentials in doubt. */
  abstract readonly isOptional: boolean;
  /** What to do once the reason for a stop is gone, as a clause in the middle of a sentence. */
  abstract readonly remedy: string;
  /** Undefined if it can be sent whatever the state of the network is. */
  readonly precondition: Precondition | undefined = undefined;
  /** Makes one attempt. */
  abstract send(client: Client): Promise<Attempt<Answer>>;
  /** Turns what the attempts came to into the request's result. */
  abstract complete(completion: Completion): Result;

  record(attempt: Attempt<Answer>): void {
    const { result } = attempt;
    this.attempts += 1;
    this.startedAt ||= attempt.sentAt;
    this.last = attempt;
    if ('failure' in result && result.failure.kind === 'throttle') this.throttled += 1;
  }
}
