import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { InputError, UsageError } from '../../../src/errors.js';
import type { RowsInput, UserUpdate } from '../../../src/rows-input.js';
import { bytesOf } from '../../../src/run/prepare/input-bytes.js';

type Unnamed = Exclude<RowsInput, string>;
type Reading = Parameters<typeof bytesOf>[1];

async function read(input: unknown, reading: Reading = {}): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of bytesOf(input as Unnamed, reading).bytes) parts.push(part);
  return Buffer.concat(parts).toString();
}

async function* items<T>(...list: T[]): AsyncGenerator<T> {
  yield* list;
}

const rows: UserUpdate[] = [
  { userId: '1', firstName: 'Zoë', lastName: undefined, securityGroupIds: ['a', 'b'] },
  { userId: '2', inviteCodeTtl: 7, codeValidation: true },
];
const lines =
  '{"userId":"1","firstName":"Zoë","securityGroupIds":["a","b"]}\n{"userId":"2","inviteCodeTtl":7,"codeValidation":true}\n';

describe('objects become lines of JSON', () => {
  it.each<[string, () => unknown]>([
    ['a list', () => rows],
    ['a set', () => new Set(rows)],
    ['a generator', () => rows.values()],
    ['an async generator', () => items(...rows)],
    ['a Readable of objects', () => Readable.from(rows)],
    ['a Web stream', () => Readable.toWeb(Readable.from(rows))],
    ['objects of a class', () => rows.map((row) => Object.assign(new (class User {})(), row))],
    ['objects that say what they are', () => rows.map((row) => ({ password: 'x', toJSON: () => row }))],
  ])('of %s', async (_case, input) => {
    expect(bytesOf(input() as Unnamed, {}).format).toBe('jsonl');
    expect(await read(input())).toBe(lines);
  });

  it('of none nothing', async () => {
    expect(await read([])).toBe('');
    expect(await read(items())).toBe('');
  });

  it('some at a time', async () => {
    let [given, parts] = [0, 0];
    function* many() {
      for (; given < 10_000; given += 1) yield { userId: String(given), firstName: 'x'.repeat(30) };
    }
    for await (const part of bytesOf(many(), {}).bytes) {
      expect(part.length).toBeLessThan(70_000);
      if (parts === 0) expect(given).toBeLessThan(2000);
      parts += 1;
    }
    expect([given, parts > 5]).toEqual([10_000, true]);
  });
});

describe('bytes stay as they are', () => {
  const bytes = () => [Buffer.from('userId,first'), new Uint8Array(Buffer.from('Name\n1,Zoë\n'))];

  it.each<[string, () => unknown]>([
    ['a Readable', () => Readable.from(bytes(), { objectMode: false })],
    ['a Readable that does not know that it has bytes', () => Readable.from(bytes())],
    ['a Web stream', () => Readable.toWeb(Readable.from(bytes(), { objectMode: false }))],
    ['a Web stream that does not iterate', () => onlyReader(bytes())],
    ['an async generator', () => items(...bytes())],
    ['a list', () => bytes()],
  ])('of %s', async (_case, input) => {
    expect(bytesOf(input() as Unnamed, { format: 'csv' }).format).toBe('csv');
    expect(await read(input(), { format: 'csv' })).toBe('userId,firstName\n1,Zoë\n');
  });

  it('of a Readable untouched, so that whoever copies it can abort it', () => {
    const stream = new PassThrough();
    expect(bytesOf(stream, { format: 'csv' }).bytes).toBe(stream);
  });
});

/** As a Web stream of a runtime in which it has no iterator. */
function onlyReader(parts: readonly Uint8Array[]) {
  const stream = Readable.toWeb(Readable.from(parts, { objectMode: false }));
  return { getReader: () => stream.getReader() };
}

describe('what does not go together is refused', () => {
  it.each<[string, unknown, Reading, RegExp]>([
    ['bytes without a format', items(Buffer.from('x')), {}, /`format`: csv or jsonl/],
    ['objects as CSV', rows, { format: 'csv' }, /Leave out `format`/],
    ['objects in an encoding', rows, { encoding: 'utf-16le' }, /Leave out .*`encoding`/],
  ])('%s', async (_case, input, reading, hint) => {
    const error: unknown = await read(input, reading).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).hint).toMatch(hint);
  });

  it('something else among bytes', async () => {
    const input = items<unknown>(Buffer.from('a'), 'b');
    await expect(read(input, { format: 'csv' })).rejects.toThrow('its item 1 is something else');
  });
});

describe('an item that is no row is named by its index', () => {
  const circle: Record<string, unknown> = { userId: '1' };
  circle.self = circle;

  it.each<[unknown, string]>([
    ['text', '`input`[1] is a string'],
    [7, '`input`[1] is a number'],
    [null, '`input`[1] is null'],
    [undefined, '`input`[1] is undefined'],
    [['a'], '`input`[1] is of the class Array'],
    [new Map(), '`input`[1] is of the class Map'],
    [{ toJSON: () => 'text' }, '`input`[1] is a string'],
    [{ userId: 10n }, '`input`[1].userId is a bigint, which JSON cannot hold'],
    [{ userId: Symbol('x') }, '`input`[1].userId is a symbol'],
    [{ firstName: () => 'Zoë' }, '`input`[1].firstName is a function'],
    [{ inviteCodeTtl: Number.NaN }, '`input`[1].inviteCodeTtl is NaN'],
    [{ inviteCodeTtl: Number.POSITIVE_INFINITY }, '`input`[1].inviteCodeTtl is Infinity'],
    [{ firstName: new Date() }, '`input`[1].firstName is of the class Date'],
    [{ securityGroupIds: new Set(['a']) }, '`input`[1].securityGroupIds is of the class Set'],
    [{ securityGroupIds: ['a', undefined] }, '`input`[1].securityGroupIds[1] is undefined'],
    [{ securityGroupIds: [['a', 1n]] }, '`input`[1].securityGroupIds[0][1] is a bigint'],
    [{ userDetails: { firstName: 1n } }, '`input`[1].userDetails.firstName is a bigint'],
    [{ 'a\u202e\n': 1n }, '`input`[1].a�� is a bigint'],
    [circle, 'is nested too deeply, or within itself'],
  ])('%o', async (item, message) => {
    for (const input of [[{ userId: '0' }, item], items<unknown>({ userId: '0' }, item)]) {
      const error: unknown = await read(input).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(InputError);
      expect((error as InputError).message).toContain(message);
    }
  });
});

describe('an input that throws', () => {
  const failing = {
    *list() {
      yield { userId: '1' };
      throw new RangeError('lost the database');
    },
    async *stream() {
      yield* this.list();
    },
  };

  it.each(['list', 'stream'] as const)('is said to have done so: a %s', async (kind) => {
    const error: unknown = await read(failing[kind]()).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({
      message: expect.stringContaining('asked for its item 1'),
      cause: expect.any(RangeError),
    });
  });
});

describe('an input is let go of', () => {
  /** Gives rows until it is told to stop. */
  function endless() {
    const state = { closed: 0 };
    const iterator = {
      next: async () => ({ done: false, value: { userId: '1' } as object }),
      return: async () => {
        state.closed += 1;
        return { done: true as const, value: undefined };
      },
    };
    return { state, iterator, input: { [Symbol.asyncIterator]: () => iterator } };
  }

  it('when its reader leaves', async () => {
    const { state, input } = endless();
    for await (const _ of bytesOf(input, {}).bytes) break;
    expect(state.closed).toBe(1);
  });

  it('when nothing is read of it at all', () => {
    const { state, input } = endless();
    bytesOf(input, {}).close();
    expect(state.closed).toBe(1);
  });

  it('when an item is no row', async () => {
    const { state, iterator, input } = endless();
    iterator.next = async () => ({ done: false, value: [] });
    await expect(read(input)).rejects.toThrow(InputError);
    expect(state.closed).toBe(1);
  });

  it('when the caller stops, while it is waited for', async () => {
    const { state, iterator, input } = endless();
    const stopping = new AbortController();
    iterator.next = () => new Promise(() => {});
    const reading = read(input, { signal: stopping.signal });
    setImmediate(() => stopping.abort(new RangeError('enough')));
    await expect(reading).rejects.toThrow('enough');
    expect(state.closed).toBe(1);
  });

  it('when the caller stops, though it gives row after row without a pause', async () => {
    let isClosed = false;
    function* endlessly() {
      try {
        for (;;) yield { userId: '1', firstName: 'x'.repeat(1000) };
      } finally {
        isClosed = true;
      }
    }
    const signal = AbortSignal.abort(new RangeError('enough'));
    await expect(read(endlessly(), { signal })).rejects.toThrow('enough');
    expect(isClosed).toBe(true);
  });

  it('but not when it has ended by itself', async () => {
    const { state, iterator, input } = endless();
    iterator.next = async () => ({ done: true, value: {} });
    await read(input);
    expect(state.closed).toBe(0);
  });
});
