/** What is behind an error, for a log. */
import { redact } from '../redact.js';

/** Errors that led to each other, at most. */
const MOST = 10;

interface Cause {
  readonly name: string;
  readonly code?: string;
  readonly message: string;
}

/** From the outermost cause to the innermost; values and secrets in their words are hidden. */
export function causesOf(error: unknown): Cause[] {
  const causes: Cause[] = [];
  for (let at = causeOf(error); at !== undefined && causes.length < MOST; at = causeOf(at)) {
    const { name, message, code } = at instanceof Error ? (at as NodeJS.ErrnoException) : asError(at);
    causes.push({
      name,
      ...(typeof code === 'string' && { code }),
      message: redact(message, {}),
    });
  }
  return causes;
}

const causeOf = (error: unknown): unknown => (error instanceof Error ? error.cause : undefined);
const asError = (value: unknown): NodeJS.ErrnoException => ({ name: typeof value, message: String(value) });
