/** The page of a run that is served as long as the command works on it. */
import type { RunServer } from '../index.js';
import { plain } from '../screen/plain.js';
import { type Worded, wording } from '../wording.js';
import { commandWording } from './command-wording.js';
import { notice } from './process/notices.js';
import type { ScreenFlags } from './screen-options.js';

/** What is served; nothing of it keeps a run from going on. */
export interface LivePage {
  /** Opens it, once. @param folder of the run, which is there by now */
  open(folder: string): void;
  /** Has open pages keep how the run has ended. */
  close(): Promise<void>;
}

/** Undefined if none is wanted. */
export function livePage({ serve, servePort }: ScreenFlags): LivePage | undefined {
  if (!serve) return undefined;
  let opening: Promise<RunServer | undefined> | undefined;
  return {
    open: (folder) => {
      opening ??= openServer(folder, servePort).catch((error: unknown) => {
        // The run is what matters.
        notice(`there is no live page: ${plain(error instanceof Error ? error.message : String(error))}\n`);
        return undefined;
      });
    },
    close: async () => {
      const server = await opening;
      opening = undefined;
      await server?.close().catch(() => {});
    },
  };
}

async function openServer(folder: string, servePort: number | undefined): Promise<RunServer> {
  const { serveRun } = await import('../index.js');
  const server = await serveRun(folder, serveOptions(servePort));
  notice(`live page: ${server.url}\n`);
  return server;
}

/** What the library takes for the flags. */
export const serveOptions = (servePort: number | undefined): { servePort?: number } & Worded => ({
  ...(servePort !== undefined && { servePort }),
  [wording]: commandWording,
});
