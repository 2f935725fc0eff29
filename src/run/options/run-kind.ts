/** What each kind of run does with the network beside sending its rows. */
export interface Mode {
  /** The input is a plan: a user who is no longer as it says is a conflict. */
  readonly planned: boolean;
  /** What somebody else has changed of a user does not keep the rest of the row from being sent. */
  readonly partly: boolean;
  /** Users are read, and only what differs is sent. */
  readonly compares: boolean;
  /** A user who was read a while ago is read again right before they are changed. */
  readonly guards: boolean;
  /** Users get what they had: a security group that was renamed since is still that. */
  readonly givesBack: boolean;
}

export const modes: Readonly<Record<RunCommand, Mode>> = {
  update: { planned: false, partly: false, compares: false, guards: false, givesBack: false },
  reconcile: { planned: false, partly: false, compares: true, guards: true, givesBack: false },
  apply: { planned: true, partly: false, compares: true, guards: true, givesBack: false },
  undo: { planned: true, partly: true, compares: true, guards: true, givesBack: true },
};
export const commands = ['update', 'reconcile', 'apply', 'undo'] as const;

/** What kind of run it was started as. */
export type RunCommand = (typeof commands)[number];
