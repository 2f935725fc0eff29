/** Reading the service's yes: a 200 counts only where its body is UpdateUser's answer for the user asked about. */
import { z } from 'zod';
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

/** The answer, or what is wrong with it: never a word of its content. */
export function readUpdateUserAnswer(
  body: string,
  command: Command,
): { answer: UpdateUserAnswer } | { wrong: string } {
  const parsed = parse(body);
  if (!parsed.success) return { wrong: 'the answer is not of the form that the service gives' };
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

/** Names of the fields that the answer shows with another value than was asked for. */
export function differingFields({ details }: Command, answer: UpdateUserAnswer): string[] {
  const names = (['firstName', 'lastName', 'inviteCode', 'codeValidation'] as const).filter(
    (name) => details[name] !== undefined && answer[name] != null && details[name] !== answer[name],
  );
  const { securityGroupIds: asked } = details;
  const { securityGroupIds: got } = answer;
  if (!asked || !got || sameMembers(asked, got)) return names;
  return [...names, 'securityGroupIds'];
}

/** `asked` names nothing twice. */
function sameMembers(asked: readonly string[], got: readonly string[]): boolean {
  const members = new Set(got);
  return asked.length === got.length && asked.every((member) => members.has(member));
}
