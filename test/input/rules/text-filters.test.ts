import { expect, it } from 'vitest';
import { textFilters } from '../../../src/input/rules/text-filters.js';

it.each([
  ['lower', 'ÄRZTIN Ana', 'ärztin ana'],
  ['upper', 'straße', 'STRASSE'],
  ['trim', '\u00a0 Ana Lee\t', 'Ana Lee'],
  ['ascii', 'Đặng Ærøskøbing Żółć José', 'Dang Aeroskobing Zolc Jose'],
  ['ascii', 'Müller Mu\u0308ller', 'Muller Muller'],
  ['ascii', 'Σωκράτης Щукин 王小明', 'Sokratis Shchukin WangXiaoMing'],
  ['ascii', 'O’Brien', "O'Brien"],
  ['german', 'Müller Mu\u0308ller Groß Änne', 'Mueller Mueller Gross Aenne'],
  ['german', 'ÖZGÜR ẞ Ü', 'OEZGUER SS UE'],
  ['german', 'Åse José Öberg', 'Åse José Oeberg'],
  ['letters', "van der O’Brien-Smith 2., Jr.'", 'vanderOBrienSmith2Jr'],
  ['letters', 'Zoe\u0308 नमस्ते', 'Zoe\u0308नमस्ते'],
  ['initial', ' (Ana)', 'A'],
  ['initial', 'e\u0301lise', 'e\u0301'],
  ['initial', '𐐀bc', '𐐀'],
  ['initial', '42', ''],
])('%s makes of %j %j', (name, text, made) => {
  expect(textFilters[name]?.(text)).toBe(made);
});
