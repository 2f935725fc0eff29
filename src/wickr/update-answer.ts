/** Reads the service's yes: a 200 counts only if its body is UpdateUser's answer about the right user. */
import * as z from 'zod';
import type { Command } from '../model.js';
import type { UpdateUserAnswer } from '../wire-types.js';

const text = z.string().nullish().catch(undefined);

/** Only what is used is checked strictly; the service may add or drop the rest. */
const UpdateUserShape = z.object({
  userId: z.string(),
  networkId: z.string(),
  suspended: z.boolean(),
  firstName: text,
  lastName: text,
  inviteCode: text,
  securityGroupIds: z.array(z.string()).nullish().catch(undefined),
  codeValidation: z.boolean().nullish().catch(undefined),
});

/** The answer, or what is wrong with it, without a word of its content. */
export function readUpdateUserAnswer(
  body: string,
  command: Command,
): { answer: UpdateUserAnswer } | { wrong: string } {
  const parsed = parse(body);
  if (!parsed.success) return { wrong: 'the answer is not in the form that the service uses' };
  const { userId, networkId } = parsed.data;
  if (userId !== command.userId || networkId !== command.networkId) {
    return { wrong: 'the answer is about another user' };
  }
  return { answer: parsed.data };
}

function parse(body: string) {
  try {
    return UpdateUserShape.safeParse(JSON.parse(body));
  } catch {
    return UpdateUserShape.safeParse(undefined);
  }
}

/** The names of the fields that have another value in the answer than in the request. */
export function differingFields({ details }: Command, answer: UpdateUserAnswer): string[] {
  const names = (['firstName', 'lastName', 'inviteCode', 'codeValidation'] as const).filter(
    (name) => details[name] !== undefined && answer[name] != null && details[name] !== answer[name],
  );
  const { securityGroupIds: wanted } = details;
  const { securityGroupIds: got } = answer;
  if (!wanted || !got || sameMembers(wanted, got)) return names;
  return [...names, 'securityGroupIds'];
}

/** `wanted` has no duplicates. */
function sameMembers(wanted: readonly string[], got: readonly string[]): boolean {
  const members = new Set(got);
  return wanted.length === got.length && wanted.every((member) => members.has(member));
}
