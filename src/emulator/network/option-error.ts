/** An option of the emulator, or the text of a fault, cannot be used. `hint` says what can be. */
export class EmulatorOptionError extends Error {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.name = 'EmulatorOptionError';
    this.hint = hint;
  }
}
