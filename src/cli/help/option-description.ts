import { Help, type Option } from 'commander';

const commander = new Help();

/** What help says of a flag: its choices only if the text has not named each of them. */
export function optionDescription(option: Option): string {
  const { description, argChoices = [] } = option;
  const named = argChoices.every((choice) => description.includes(choice));
  return named && option.defaultValue === undefined ? description : commander.optionDescription(option);
}
