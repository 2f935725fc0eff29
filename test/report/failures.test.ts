import { expect, it } from 'vitest';
import type { Outcome } from '../../src/model.js';
import { Failures } from '../../src/report/failures.js';

const failed = (line: number | undefined, message: string, more: Partial<Outcome> = {}) =>
  ({ status: 'failed', errorCode: 'ValidationError', attempts: 1, line, message, ...more }) as Outcome;
const listOf = (outcomes: readonly Outcome[], word = (text: string) => text) => {
  const failures = new Failures();
  for (const outcome of outcomes) failures.add(outcome, word);
  return failures.list();
};

it('rows are put together by status, code and message, the most frequent first', () => {
  const outcomes = [
    failed(9, 'b'),
    failed(7, 'a'),
    failed(3, 'a'),
    failed(5, 'a', { status: 'mismatch' }),
    failed(6, 'a', { errorCode: 'ResourceNotFoundError' }),
  ];
  const [first, ...rest] = listOf(outcomes);
  expect(first).toEqual({
    status: 'failed',
    errorCode: 'ValidationError',
    message: 'a',
    rows: 2,
    lines: [3, 7],
  });
  expect(rest).toHaveLength(3);
});

it('what succeeded, or was not sent as the run stopped, is no failure', () => {
  const others = (['updated', 'unchanged', 'skipped'] as const).map((status) =>
    failed(2, '', { status } as never),
  );
  const stopped = failed(3, 'the run stopped', { status: 'unprocessed', attempts: 0 } as never);
  expect(listOf([...others, stopped])).toEqual([]);
  expect(listOf([{ ...stopped, attempts: 2 } as Outcome])).toHaveLength(1);
});

it('names the first lines, in whatever order they end', () => {
  const [group] = listOf([8, 3, undefined, 9, 2, 5, 4].map((line) => failed(line, 'a')));
  expect(group).toMatchObject({ rows: 7, lines: [2, 3, 4, 5, 8] });
});

it('has the wording that the report has', () => {
  expect(listOf([failed(2, 'see `maxAge`')], (text) => text.toUpperCase())[0]?.message).toBe('SEE `MAXAGE`');
});

it('messages without end are put together by their code', () => {
  const outcomes = Array.from({ length: 500 }, (_, line) => failed(line + 2, `line ${line} is wrong`));
  const [first, ...rest] = listOf(outcomes);
  expect(first).toMatchObject({ message: '', errorCode: 'ValidationError', rows: 400 });
  expect(rest).toHaveLength(9);
});
