import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { groupOf } from '../../src/verbs/find-group.js';

const groups = [
  { id: 'a', name: 'Sales', members: 0 },
  { id: 'b', name: 'SALES', members: 0 },
  { id: 'c', name: 'Büro', members: 0 },
  { id: 'd', name: 'a', members: 0 },
  { id: 'e', name: 'Twin', members: 0 },
  { id: 'f', name: 'Twin', members: 0 },
];

describe('a group is meant', () => {
  it.each([
    ['by its exact name', 'SALES', 'b'],
    ['by its name whatever its case', 'BÜRO', 'c'],
    ['by its name in another normal form', 'Bu\u0308ro', 'c'],
    ['by its ID', 'e', 'e'],
    ['by its name, though that is the ID of another', 'a', 'd'],
  ])('%s', (_case, wanted, id) => {
    expect(groupOf(groups, wanted).id).toBe(id);
  });
});

describe('no group is meant', () => {
  const refusal = (wanted: string, of = groups) => {
    try {
      return groupOf(of, wanted);
    } catch (error) {
      return error;
    }
  };

  it.each([
    ['by a name that is several ones but for the case', 'sales', '"SALES (b)", "Sales (a)"'],
    ['by a name that two have', 'Twin', '"Twin (e)", "Twin (f)"'],
    ['by a name that nobody has', 'Sale', 'the network has 6: "Büro", "SALES"'],
  ])('%s', (_case, wanted, said) => {
    expect(refusal(wanted)).toBeInstanceOf(UsageError);
    expect(String(refusal(wanted))).toContain(wanted === 'Sale' ? 'the network has 6' : said);
    expect(String(refusal(wanted))).toContain(said.split(': ').at(-1)?.split(', ')[0]);
  });

  it('among many, of which the first are named, and nothing unseen is shown', () => {
    const many = Array.from({ length: 50 }, (_, i) => ({ id: `${i}`, name: `G\u202e${i + 10}`, members: 0 }));
    const said = String(refusal('none', many));
    expect(said).toContain('has 50: "G�10", "G�11"');
    expect(said).toContain('and 30 more');
    expect(said).not.toContain('\u202e');
  });
});
