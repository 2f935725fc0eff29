/** What a command says on standard error beside its result. With `--quiet` it waits for how the command ends. */

let held: string[] | undefined;
let clear = () => {};

/** @param cleared makes room on the screen for what is said; undefined if there is nothing to clear any more */
export function beforeNotices(cleared: (() => void) | undefined): void {
  clear = cleared ?? (() => {});
}

/** From here on nothing is said until the end. */
export function holdNotices(): void {
  held ??= [];
}

/** @param text whole lines */
export function notice(text: string): void {
  if (held) {
    held.push(text);
    return;
  }
  clear();
  process.stderr.write(text);
}

/** Says what was held back, unless all went well. */
export function endNotices(exitCode: number): void {
  const texts = held ?? [];
  held = undefined;
  if (exitCode !== 0) for (const text of texts) process.stderr.write(text);
}
