/** The option `replace`, FIELD=/regex/text/flags: a part of a value by another, of the file's or of what the user has. */
import { UsageError } from '../../errors.js';
import { linearReplace, RegexError, type Replaces } from './linear-regex.js';
import { splitRule } from './rule-field.js';

/** The fields whose present value a rule can change: texts that the service shows. */
export const presentFields = ['firstName', 'lastName', 'username'] as const;
export type PresentField = (typeof presentFields)[number];

export interface Replacement {
  readonly field: PresentField;
  readonly replaces: Replaces;
  /** As the caller wrote it. */
  readonly text: string;
}

const example = '"username=/@old\\.example$/@new.example/"';
const option = { name: 'replace', form: 'FIELD=/regex/text/', example };

/** Parses the values of `replace`; several of one field are carried out in their order. @throws UsageError */
export const parseReplace = (entries: readonly string[] = []): readonly Replacement[] =>
  entries.map((entry) => {
    const { field, rest } = splitRule(entry, option, presentFields);
    return { field, replaces: replacesOf(rest, field), text: rest };
  });

const FORM = /^\/(?<source>(?:[^\\/]|\\.)+)\/(?<text>(?:[^\\/]|\\[\\/])*)\/(?<flags>[a-z]*)$/su;

function replacesOf(rule: string, field: PresentField): Replaces {
  const { source = '', text = '', flags = '' } = FORM.exec(rule)?.groups ?? {};
  if (source === '')
    throw new UsageError(
      `\`replace\` ${field} is not /regex/text/`,
      `Give \`replace\` ${example}; a / or \\ of the text, or a / of the expression, has a \\ before it, and only the flags i, s and g come behind.`,
    );
  try {
    if (/[^gis]/.test(flags)) throw new RegexError('it can have no other flags than i, s and g');
    return linearReplace(source, flags, text.replaceAll(/\\(.)/gsu, '$1'));
  } catch (cause) {
    if (!(cause instanceof RegexError)) throw cause;
    throw new UsageError(
      `\`replace\` ${field}: the regular expression cannot be used: ${cause.message}`,
      'Write it in another way.',
      { cause },
    );
  }
}

/** What the rules of a field make of a value; undefined if none of them matches. */
export function replaced(
  rules: readonly Replacement[],
  field: PresentField,
  value: string,
): string | undefined {
  let made: string | undefined;
  for (const rule of rules) if (rule.field === field) made = rule.replaces(made ?? value) ?? made;
  return made;
}
