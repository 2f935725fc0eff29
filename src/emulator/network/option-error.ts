/** An option of the emulator, or a fault's text, that cannot be used. `hint` says what can. */
export class EmulatorOptionError extends Error {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.name = 'EmulatorOptionError';
    this.hint = hint;
  }
}
