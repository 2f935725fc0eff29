/** The header of a run: what is found out about it is kept until all is known, or the run has ended before. */
import { type Header, renderHeader } from '../../screen/header.js';
import { paintFor } from './colours.js';
import { notice } from './notices.js';

let kept: Header | undefined;

export const runHeader = {
  /** From here on what becomes known waits for `show`. */
  begin(job: NonNullable<Header['job']>): void {
    kept = { job };
  },

  /** Takes what has become known. A command that is no run says it at once. */
  add(part: Header): void {
    if (kept) kept = { ...kept, ...part };
    else print(part);
  },

  /** Says what is known, once. */
  show(part: Header = {}): void {
    if (!kept) return;
    // Of a run that has not come as far as its network there is nothing to say.
    if (kept.reach || kept.identity !== undefined || part.start) print({ ...kept, ...part });
    kept = undefined;
  },
};

const print = (header: Header): void => {
  const { stderr } = process;
  notice(
    renderHeader(header, { paint: paintFor(stderr), columns: stderr.isTTY ? stderr.columns : undefined }),
  );
};
