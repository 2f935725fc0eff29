#!/usr/bin/env node
/**
 * Where the command begins. To load the program opens some thirty files at once, so a system that allows fewer is met
 * here, where nothing is loaded yet.
 */
import('./program.js').catch((error: NodeJS.ErrnoException) => {
  if (error.code !== 'EMFILE' && error.code !== 'ENFILE') throw error;
  process.stderr.write(
    `wickr-bulk: the system lets the program open too few files (${error.code}); nothing was sent\n` +
      '  Raise the limit ("ulimit -n 1024") and start again.\n',
  );
  process.exitCode = 1;
});
