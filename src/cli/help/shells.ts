/** The shells that a completion script can be had for. */
import type { CommandFacts } from './command-facts.js';

export type Shell = 'bash' | 'zsh' | 'fish' | 'powershell';
/** Makes the script that completes these commands. */
type Script = (commands: readonly CommandFacts[]) => string;

/** Each is loaded only if it is asked for. */
export const shells: Readonly<Record<Shell, () => Promise<Script>>> = {
  bash: async () => (await import('./bash.js')).bashCompletion,
  zsh: async () => (await import('./zsh.js')).zshCompletion,
  fish: async () => (await import('./fish.js')).fishCompletion,
  powershell: async () => (await import('./powershell.js')).powershellCompletion,
};
