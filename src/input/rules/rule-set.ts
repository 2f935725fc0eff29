/** The rules that make values of values, in their fixed order: translate, compose, replace. */
import { type Composition, parseCompose } from './compose-option.js';
import { parseReplace, type Replacement } from './replace-option.js';
import { columnsOf } from './template.js';
import { type Translation, translationOf } from './translate-option.js';
import type { TranslationTable } from './translation-table.js';

export interface RuleSet {
  readonly translations: readonly Translation[];
  readonly compositions: readonly Composition[];
  readonly replacements: readonly Replacement[];
}

/** The options that rules are made of. */
export interface RuleOptions {
  /** Tables by which values are translated, at most one a field. */
  readonly translations?: readonly TranslationTable[];
  /** `FIELD=TEMPLATE`: a value made of the file's own columns, in place of the row's own. */
  readonly compose?: readonly string[];
  /** `FIELD=/regex/text/flags`: changes a part of the row's value, or of what the user has if the row has none. */
  readonly replace?: readonly string[];
}

/** @throws UsageError for a rule that cannot be used, InputError for what is wrong in a table */
export const parseRules = ({ translations = [], compose, replace }: RuleOptions): RuleSet => ({
  translations: translations.map(translationOf),
  compositions: parseCompose(compose),
  replacements: parseReplace(replace),
});

export const hasRules = ({ translations, compositions, replacements }: RuleSet): boolean =>
  translations.length + compositions.length + replacements.length > 0;

/** Whether rows can have values made of what their users have. */
export const changesPresent = ({ replacements }: RuleSet): boolean => replacements.length > 0;

/** The columns that templates name. */
export const namedColumns = ({ compositions }: RuleSet): string[] => [
  ...new Set(compositions.flatMap(({ template }) => columnsOf(template))),
];

/** The rules for people, a line each, in the order in which they are carried out. */
export const describeRules = ({ translations, compositions, replacements }: RuleSet): string[] => [
  ...translations.map(
    ({ field, name, size, hasDefault }) =>
      `translate ${field} by ${name}: ${size} ${size === 1 ? 'value' : 'values'}${hasDefault ? ', * among them' : ''}`,
  ),
  ...compositions.map(({ field, text }) => `compose ${field}: ${text}`),
  ...replacements.map(({ field, text }) => `replace ${field}: ${text}`),
];
