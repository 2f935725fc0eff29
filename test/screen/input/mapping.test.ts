import { expect, it } from 'vitest';
import { renderMapping } from '../../../src/screen/input/mapping.js';

it('shows what is read as what, and what is not used', () => {
  expect(
    renderMapping([
      { column: 'Legal First Name', field: 'firstName', how: 'auto' },
      { column: 'Cost Centre', field: undefined, how: 'name' },
      { column: ' userId', field: 'userId', how: 'name' },
      { column: 'x\u001b[31m\u202e', field: undefined, how: 'map' },
    ]),
  ).toBe("'Legal First Name' → firstName\n'userId' → userId\nnot used: 'Cost Centre', 'x�[31m�'\n");
});

it('shortens a name that is none', () => {
  const column = 'x'.repeat(100_000);
  expect(renderMapping([{ column, field: undefined, how: 'name' }]).length).toBeLessThan(100);
});
