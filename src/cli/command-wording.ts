/** The library's messages in the command's words. */
import type { StopReason } from '../errors.js';
import type { Summary } from '../model.js';
import { renderSummary } from '../screen/summary.js';
import type { Wording } from '../wording.js';
import { commandName } from './command-names.js';
import { type Exited, withExitCode } from './exit-codes.js';

/**
 * A name in backticks that stands by itself, maybe of an option that is to be switched off: the names of files and
 * columns that a message repeats have other characters right beside them.
 */
const NAMED = /(?<![^\s(])`([A-Za-z]+)(: false)?`(?![^\s.,:;!?)'])/g;

/** A message or a hint with flags and verbs in the place of the library's names; other words keep their backticks. */
export const inCommandWords = (text: string): string =>
  text.replace(NAMED, (word, name: string, off?: string) => commandName(name, off !== undefined) ?? word);

export const reasonInCommandWords = (reason: StopReason): StopReason => ({
  ...reason,
  message: inCommandWords(reason.message),
  hint: inCommandWords(reason.hint),
});

/** The summary as `summary.json`, `--json` and the screen have it. */
export function commandSummary(summary: Summary): Summary & Exited {
  const { stopped } = summary;
  return withExitCode(stopped ? { ...summary, stopped: reasonInCommandWords(stopped) } : summary);
}

/** For what a run writes into its folder. */
export const commandWording: Wording = {
  text: inCommandWords,
  summary: commandSummary,
  screen: (summary) => renderSummary(commandSummary(summary)),
};
