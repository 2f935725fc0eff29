import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { commandName } from '../../src/cli/command-names.js';
import { commandSummary, inCommandWords } from '../../src/cli/command-wording.js';
import { screenOptions } from '../../src/cli/screen-options.js';
import { addApply } from '../../src/cli/verbs/apply.js';
import { addExport } from '../../src/cli/verbs/export.js';
import { addPlan } from '../../src/cli/verbs/plan.js';
import { addReconcile } from '../../src/cli/verbs/reconcile.js';
import { addResume } from '../../src/cli/verbs/resume.js';
import { addRetry } from '../../src/cli/verbs/retry.js';
import { addStatus } from '../../src/cli/verbs/status.js';
import { addTemplate } from '../../src/cli/verbs/template.js';
import { addUndo } from '../../src/cli/verbs/undo.js';
import { addUpdate } from '../../src/cli/verbs/update.js';
import { addValidate } from '../../src/cli/verbs/validate.js';
import type { Summary } from '../../src/model.js';
import { emptyTally } from '../../src/report/summary.js';
import { flagOf, type Option } from '../../src/run/options/table/option.js';
import { optionsOn } from '../../src/run/options/table/option-table.js';

describe("the library's message", () => {
  it.each([
    ['raise `maxChanges`; `limit` sends less', 'raise --max-changes; --limit sends less'],
    ['`format` needs csv or jsonl\n`rate` is too high', '--format needs csv or jsonl\n--rate is too high'],
    ['give `encoding` utf-16le.', 'give --encoding utf-16le.'],
    ['name another `folder`', 'name another --out'],
    ['`input` is missing', 'INPUT is missing'],
    ['(`throttlePatienceMs`), `timeoutMs`', '(--throttle-patience), --timeout'],
    ['Resume it first with `resumeRun`.', 'Resume it first with "wickr-bulk resume".'],
    ['`updateUsers` with `skipInvalid` sends them', '"wickr-bulk update" with --skip-invalid sends them'],
  ])('%j is for the command %j', (text, expected) => {
    expect(inCommandWords(text)).toBe(expected);
    expect(inCommandWords(expected)).toBe(expected);
  });

  it.each([
    'the columns are `userId` and `firstName`',
    'no `constructor`, no `Ms`, no ` limit `',
    '/runs/`limit`/report.csv cannot be written',
    '--map "`limit`": no such column',
    'x`limit` and `limit`x',
  ])('keeps %j', (text) => {
    expect(inCommandWords(text)).toBe(text);
  });
});

it('every flag and verb of the command that does something in the library is known by its name there', () => {
  const program = new Command();
  const adders = [addUpdate, addValidate, addPlan, addApply, addReconcile, addUndo];
  for (const add of [...adders, addResume, addRetry, addStatus, addExport, addTemplate]) add(program);
  const ofScreen = Object.entries<Option>(screenOptions as Record<string, Option>).map(flagOf);
  const flags = program.commands.flatMap(({ options }) => options.map(({ long }) => long ?? ''));
  const translated = optionsOn().flatMap(([name]) =>
    [commandName(name) ?? [], commandName(name, true) || []].flat(),
  );
  // The locks' folder is chosen by a variable; a resume takes as a flag what is an argument elsewhere.
  const words = ['INPUT', 'XDG_STATE_HOME', ...flags.filter((flag) => flag !== '--input'), ...ofScreen];
  expect(new Set(words)).toEqual(new Set([...translated.filter((flag) => flag !== '--input'), ...ofScreen]));
  const calls = [
    'updateUsers',
    'planUpdate',
    'applyPlan',
    'reconcileUsers',
    'undoRun',
    'resumeRun',
    'retryRun',
  ];
  const others = ['readRunStatus', 'validateInput', 'exportUsers', 'writeTemplate'];
  expect([...calls, ...others].map((name) => commandName(name)).toSorted()).toEqual(
    program.commands.map((command) => `"wickr-bulk ${command.name()}"`).toSorted(),
  );
});

it('a summary says why a run stopped in the words of the command', () => {
  const stopped = { code: 'MAX_ERRORS', message: '`maxErrors` allows 2', hint: 'Try `retryRun`.' } as const;
  const summary = { statuses: emptyTally().statuses, finishedAt: 'then', stopped } as unknown as Summary;
  expect(commandSummary(summary)).toEqual({
    ...summary,
    exitCode: 4,
    stopped: { code: 'MAX_ERRORS', message: '--max-errors allows 2', hint: 'Try "wickr-bulk retry".' },
  });
});
