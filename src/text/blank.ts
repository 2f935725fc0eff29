/** Whether a text is empty or only white space: asked for every cell, so a look at the first character comes first. */
export function isBlank(text: string): boolean {
  if (text.length === 0) return true;
  const first = text.charCodeAt(0);
  return (first <= SPACE || first > DEL) && text.trim() === '';
}
const SPACE = 32;
const DEL = 127;
