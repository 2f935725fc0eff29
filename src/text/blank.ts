/** Whether a cell is empty or only white space. */
export function isBlank(text: string): boolean {
  if (text.length === 0) return true;
  const first = text.charCodeAt(0);
  return (first <= SPACE || first > DEL) && text.trim() === '';
}
const SPACE = 32;
const DEL = 127;
