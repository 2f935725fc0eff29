/** The command line that a run's record stands for, with what was given as flags, by the file or by variables. */
import { flagOf, type Option } from '../run/options/table/option.js';
import { optionTable } from '../run/options/table/option-table.js';
import type { RunRecord } from '../run/state/run-record.js';
import { shellWord } from '../screen/shell-word.js';

/** What starts the same run again, but for values that no record keeps: those stand as `…`. */
export function commandLine({
  command,
  input,
  networkId,
  region,
  options,
  retryOf,
  undoOf,
}: RunRecord): string {
  const { setAgain = [], ...kept } = options;
  const reach = [`--network-id ${shellWord(networkId)}`, `--region ${shellWord(region)}`];
  const flags = Object.entries(kept).flatMap(([name, value]) => flagsOf(name, value));
  const again = setAgain.map((field) => `--set ${field}=…`);
  const [what, ...more] = start({ command, input, retryOf, undoOf }, reach);
  return [`wickr-bulk ${what}`, ...more, ...flags, ...again].join(' \\\n  ');
}

/** A retry and an undo take network and region from the run that they name, a plan has its own. */
function start(
  { command, input, retryOf, undoOf }: Pick<RunRecord, 'command' | 'input' | 'retryOf' | 'undoOf'>,
  reach: readonly string[],
): readonly string[] {
  if (retryOf !== undefined) return [`retry ${shellWord(retryOf)}`];
  if (undoOf !== undefined) return [`undo ${shellWord(undoOf)}`];
  if (command === 'undo') return ['undo'];
  const line = `${command} ${input.path === '-' ? '-' : shellWord(input.path)}`;
  return command === 'apply' ? [line] : [line, ...reach];
}

function flagsOf(name: string, value: unknown): string[] {
  const option = optionTable.get(name);
  const flag = option && flagOf([name, option]);
  if (!option || flag === undefined || value === undefined || value === null) return [];
  if (value === true) return [flag];
  if (value === false) return option.flag?.off === undefined ? [] : [flag.replace('--', '--no-')];
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.map((one) => `${flag} ${shellWord(asText(option, one))}`);
}

/** Times are milliseconds in a record, and seconds on a command line. */
const asText = ({ checkText }: Option, value: unknown): string =>
  String(typeof value === 'number' && checkText ? value / 1000 : value);
