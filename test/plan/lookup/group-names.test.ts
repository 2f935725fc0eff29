import { describe, expect, it } from 'vitest';
import { GroupIndex } from '../../../src/plan/lookup/group-names.js';

const names = new GroupIndex([
  { id: 'g1', name: 'Sales', members: 0 },
  { id: 'g2', name: 'EMEA', members: 0 },
  { id: 'g3', name: 'emea', members: 0 },
  { id: 'g4', name: 'Caf\u00e9', members: 0 },
  { id: 'g5', name: 'Twin', members: 0 },
  { id: 'g6', name: 'Twin', members: 0 },
  { id: 'g7', name: 'g1', members: 0 },
]);

describe('a group by its name', () => {
  it('else by its ID, unless that is the name of another', () => {
    expect(names.find(['g2', 'g1'])).toEqual({ ids: ['g2', 'g7'] });
    expect(names.match('G2')).toEqual([]);
  });

  it('exactly, however its letters are composed, else without case', () => {
    expect(names.find(['sales', 'EMEA', 'emea', 'Cafe\u0301'])).toEqual({ ids: ['g1', 'g2', 'g3', 'g4'] });
  });

  it.each([
    [['Sale'], 'the group is unknown to the network; did you mean "Sales"?'],
    [['Sales', 'Cafés'], 'group 2 of 2 is unknown to the network; did you mean "Café"?'],
    [['Marketing'], 'the group is unknown to the network'],
    [['Emea'], 'the group fits 2 groups of the network: give securityGroupIds instead'],
    [['Twin'], 'the group fits 2 groups of the network: give securityGroupIds instead'],
    [['Sales', 'SALES'], 'group 2 of 2 appears twice'],
  ])('says what is wrong with %j', (row, fault) => {
    expect(names.find(row)).toEqual({ fault });
  });

  it('a network without groups has nothing to suggest, and a name cannot spoil the screen', () => {
    expect(new GroupIndex([]).find(['x'])).toEqual({ fault: expect.stringMatching(/which has no groups$/) });
    expect(new GroupIndex([{ id: 'g', name: 'a\u001b[2Jb', members: 0 }]).find(['a[2Jb'])).toEqual({
      fault: expect.stringMatching(/"a�\[2Jb"/),
    });
  });
});
