/** An input that is no file as the bytes of one: a stream as it is, rows that are objects as lines of JSON. */
import { Readable } from 'node:stream';
import { InputError, UsageError, WickrBulkError } from '../../errors.js';
import type { FileFormat } from '../../input/source/format.js';
import type { ByteStream, RowsInput } from '../../rows-input.js';
import { rowLine } from './row-line.js';

/** Characters given out at once. */
const BLOCK = 64 * 1024;

type Unnamed = Exclude<RowsInput, string>;
type Step = IteratorResult<unknown>;

/** How it is to be read. */
interface Reading {
  readonly format?: FileFormat | undefined;
  readonly encoding?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** An input as bytes. */
export interface InputBytes {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** JSONL for objects; undefined if a stream's is not known. */
  readonly format: FileFormat | undefined;
  /** Lets go of an input that is not read to its end. */
  close(): void;
}

/**
 * Takes an input at once, as what gives its items only once may do so soon, and gives its bytes. The first item decides
 * whether there are bytes or objects, so what does not fit is noticed only when the bytes are read.
 *
 * Reading them throws UsageError if `format` or `encoding` does not go with the input, InputError if an item is
 * neither bytes nor an object that JSON can hold or if the input throws, and the signal's reason once it is aborted.
 */
export function bytesOf(input: Unnamed, reading: Reading): InputBytes {
  // Known to give bytes, and whoever copies them can abort it.
  if (input instanceof Readable && !input.readableObjectMode)
    return { bytes: input, format: reading.format, close: () => {} };
  const items = new Items(input, reading.signal);
  const bytes = blocksOf(items, reading);
  return { bytes, format: reading.format ?? 'jsonl', close: () => items.close() };
}

async function* blocksOf(items: Items, reading: Reading): AsyncGenerator<Uint8Array> {
  let text = '';
  let kind: 'bytes' | 'objects' | undefined;
  try {
    for (let index = 0; ; index += 1) {
      const step = items.next(index);
      const { done, value } = step instanceof Promise ? await step : step;
      if (done) break;
      kind ??= kindOf(value, reading);
      if (kind === 'bytes') {
        yield bytesIn(value, index);
        continue;
      }
      text += rowLine(value, index);
      if (text.length < BLOCK) continue;
      yield Buffer.from(text);
      text = '';
      reading.signal?.throwIfAborted();
    }
    if (text !== '') yield Buffer.from(text);
  } finally {
    items.close();
  }
}

/** What the first item says of the others. @throws UsageError if the options say something else */
function kindOf(first: unknown, { format, encoding }: Reading): 'bytes' | 'objects' {
  if (first instanceof Uint8Array) {
    if (format !== undefined) return 'bytes';
    throw new UsageError(
      'a stream of bytes has no name that tells its format',
      'Give `format`: csv or jsonl.',
    );
  }
  if ((format ?? 'jsonl') === 'jsonl' && encoding === undefined) return 'objects';
  throw new UsageError(
    `the items of \`input\` are no bytes, so they have no ${encoding === undefined ? 'format' : 'encoding'} to choose`,
    'Leave out `format` and `encoding`, or give the bytes of a file as Uint8Array.',
  );
}

function bytesIn(value: unknown, index: number): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new InputError(
    `\`input\` gives bytes, but its item ${index} is something else; nothing was sent`,
    'Let it give nothing but Uint8Array, or nothing but objects.',
  );
}

/** The items of an input. A wait for one of them ends when the signal is aborted. */
class Items {
  readonly #iterator: AsyncIterator<unknown> | Iterator<unknown>;
  readonly #isAsync: boolean;
  readonly #signal: AbortSignal | undefined;
  #isOver = false;

  constructor(input: Unnamed, signal: AbortSignal | undefined) {
    this.#isAsync = !(Symbol.iterator in input) || Symbol.asyncIterator in input;
    this.#iterator = iteratorOf(input);
    this.#signal = signal;
  }

  /** @throws InputError if the input throws, the signal's reason once it is aborted */
  next(index: number): Step | Promise<Step> {
    try {
      const step = this.#iterator.next();
      if (this.#isAsync) return this.#unlessAborted(this.#settled(step, index));
      return this.#noted(step as Step);
    } catch (cause) {
      this.#isOver = true;
      throw thrown(cause, index);
    }
  }

  /** Lets go of an input that is not at its end, without waiting: what gives its items may be stuck. */
  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    void Promise.resolve(this.#iterator.return?.()).catch(() => {});
  }

  async #settled(step: Step | Promise<Step>, index: number): Promise<Step> {
    try {
      return this.#noted(await step);
    } catch (cause) {
      this.#isOver = true;
      throw thrown(cause, index);
    }
  }

  #noted(step: Step): Step {
    if (step.done) this.#isOver = true;
    return step;
  }

  #unlessAborted(step: Promise<Step>): Promise<Step> {
    const signal = this.#signal;
    if (!signal) return step;
    return new Promise((resolve, reject) => {
      const onAbort = () => reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) onAbort();
      step.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    });
  }
}

function iteratorOf(input: Unnamed): AsyncIterator<unknown> | Iterator<unknown> {
  if (Symbol.asyncIterator in input) return input[Symbol.asyncIterator]();
  return Symbol.iterator in input ? input[Symbol.iterator]() : readerIterator(input);
}

/** For a Web stream that is read by its reader alone. */
function readerIterator(stream: ByteStream): AsyncIterator<unknown> {
  const reader = stream.getReader();
  return {
    async next() {
      const { done, value } = await reader.read();
      return done ? { done, value: undefined } : { done, value };
    },
    async return() {
      await reader.cancel();
      return { done: true, value: undefined };
    },
  };
}

const thrown = (cause: unknown, index: number) =>
  cause instanceof WickrBulkError
    ? cause
    : new InputError(
        `\`input\` threw an error when it was asked for its item ${index}; nothing was sent`,
        'The error is the `cause` of this one.',
        { cause },
      );
