/** A page that follows a run. */
import type { PageData } from '../view/page-data.js';
import type { RowChunk } from '../view/row-chunk.js';
import { find } from './dom.js';

export interface LiveEvents {
  readonly onPage: (page: PageData) => void;
  readonly onRows: (chunk: RowChunk) => void;
  /** All rows are told again. */
  readonly onAnew: () => void;
}

/** Takes the events that the program sends. When it has ended, the page stays as it is, and says so. */
export function follow({ onPage, onRows, onAnew }: LiveEvents): void {
  const source = new EventSource(`${location.pathname}/events`);
  const say = (text: string) => {
    find('#live').textContent = text;
  };
  const on = (name: string, take: (data: unknown) => void) =>
    source.addEventListener(name, ({ data }: MessageEvent<string>) => take(JSON.parse(data)));
  on('page', (page) => {
    onPage(page as PageData);
    say('Live');
  });
  on('rows', (chunk) => onRows(chunk as RowChunk));
  on('anew', onAnew);
  on('end', () => {
    source.close();
    say('Not live any more: this page stays as it is.');
  });
  source.addEventListener('error', () => say('Nothing is heard any more: this is how it stood last.'));
}
