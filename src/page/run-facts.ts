/** What a page says of a run beside its numbers: what was asked, by whom, and which files there are. */
import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import type { RunRecord } from '../run/state/run-record.js';
import { sharedRateText } from '../screen/status.js';
import { count } from '../text/count.js';
import { printable } from '../text/printable.js';
import type { RunStatus } from '../verbs/run-status.js';
import type { Fact } from './view/page-data.js';

/** What was asked and by whom. Without values of users: those of conditions and rules are in a file of their own. */
export function askedFacts(
  record: RunRecord,
  status: Pick<RunStatus, 'state' | 'worker' | 'sharedRate'>,
): Fact[] {
  const { input, networkId, region, endpoint, identity, startedAt, retryOf, undoOf, rules, version } = record;
  const from = input.path === '-' ? 'standard input' : input.path;
  const facts: (readonly [string, string | undefined])[] = [
    ['input', `${from}: ${count(input.rows)} rows, ${count(input.size)} bytes`],
    ['SHA-256 of the input', input.sha256],
    ['retry of', retryOf],
    ['undo of', undoOf],
    ['network', networkId],
    ['region', region],
    ['endpoint', endpoint],
    ['credentials', identity?.source],
    ['profile', identity?.profile],
    ['AWS account', identity?.account ?? identity?.accountByKey],
    ['caller', identity?.arn],
    [
      'conditions and rules',
      rules && `${Object.keys(rules).join(', ')}: rules.json has them with their values`,
    ],
    ['started', startedAt],
    ['worker', status.worker],
    ['shared rate', sharedRateText(status)],
    ['by', `wickr-bulk ${version}`],
  ];
  return facts.flatMap(([name, value]) => (value ? [[name, printable(value)] as const] : []));
}

const files: readonly (readonly [name: RegExp, what: string])[] = [
  [/^report\.(csv|jsonl)$/, 'a line for every row: what became of it'],
  [/^failed\.(csv|jsonl)$/, 'the rows that did not succeed, to be corrected and run again'],
  [/^missing\.(csv|jsonl)$/, 'rows of users who are not in the network'],
  [/^unlisted\.csv$/, 'users of the network whom no row names'],
  [/^untranslated\.csv$/, 'values that a table has no translation for'],
  [/^before\.jsonl$/, 'what the users were before: for undo'],
  [/^run\.json$/, 'what was asked'],
  [/^summary\.json$/, 'what it came to, for programs'],
  [/^metrics\.jsonl$/, 'the run over time'],
];

/** The files of a run's folder that a person may want. */
export async function fileFacts(folder: string): Promise<Fact[]> {
  const names = await readdir(folder).catch(() => []);
  const known = files.flatMap(([pattern, what]) =>
    names.filter((name) => pattern.test(name)).map((name) => [name, what] as const),
  );
  return [['folder', printable(folder)], ...known];
}

/** The file's own name, as the page says where more rows are. */
export const reportName = (path: string): string => basename(path);
