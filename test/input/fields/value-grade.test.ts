import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import type { ColumnName } from '../../../src/input/columns/column-names.js';
import { gradeOf } from '../../../src/input/fields/value-grade.js';
import { parseSet } from '../../../src/input/options/set-option.js';
import { randomCases } from '../../length.js';
import { commands, csv, jsonl, NETWORK, problems, read, warnings } from '../samples.js';

type Case = [what: string, text: string, reason: RegExp];

const gradeIn = (column: ColumnName, text: string) => gradeOf(column, text)?.grade ?? 'fine';

describe('damage is an error in every text column', () => {
  it.each<Case>([
    ['an escape', 'Io\u001b[31mna', /^has a control character, U\+001B \(escape\) at character 3/],
    ['a NUL', 'Iona\0', /^has a control character, U\+0000 \(NUL\) at character 5/],
    ['a control character of Latin-1', 'Tam\u0085s', /U\+0085 at character 4/],
    ['a tab inside', 'Iona\tKerr', /U\+0009 \(tab\) at character 5/],
    ['a vertical tab', 'a\vb', /U\+000B at character 2/],
    [
      'a replacement character',
      'Bj\ufffdrk',
      /^has U\+FFFD \(replacement character\) at character 3: a letter was lost/,
    ],
    ['a zero-width space alone', '\u200b', /^has nothing but characters that are not seen/],
    ['a blank of braille and a joiner', '\u2800\u200d \u2060', /nothing but characters that are not seen/],
    ['a filler', '\u3164', /nothing but characters that are not seen/],
    ...['#N/A', '#n/a', '#NAME?', '#REF!', '#VALUE!', '#DIV/0!', '#NULL!', '#SPILL!', '#NUM!', ' #REF! '].map(
      (text) => [`a spreadsheet's ${text}`, text, /^is an error value of a spreadsheet/] as Case,
    ),
    ...['#NV', '#BEZUG!', '#NOM?', '#¡VALOR!', '#N/D', '#ÜBERLAUF!', '#ERROR!', '########', 'Err:508'].map(
      (text) => [`another's ${text}`, text, /^is an error value of a spreadsheet/] as Case,
    ),
    ['a NULL of MySQL', '\\N', /^is \\N, a database's word for no value/],
    ...[
      ...['System.Object[]', 'System.String[]', 'System.__ComObject', 'System.Collections.Hashtable'],
      ...['System.Collections.Generic.List`1[System.String]', 'System.Management.Automation.PSObject'],
      ...['Microsoft.ActiveDirectory.Management.ADPropertyValueCollection', '@{Mail=; Id=7}'],
      ...['[object Object]', '[object Promise]', 'java.lang.Object@1b6d3586', '[Ljava.lang.String;@7d4991ad'],
      ...["<class 'str'>", '<hr.Person object at 0x7f3c>'],
    ].map((text) => [text, text, /^is the name of an object, not its text/] as Case),
  ])('%s', (_, text, reason) => {
    for (const column of ['firstName', 'lastName', 'username', 'inviteCode', 'lookupUsername'] as const) {
      const fault = gradeOf(column, text);
      expect(fault?.grade).toBe('error');
      expect(fault?.reason).toMatch(reason);
    }
  });
});

describe('what only a name may have is an error in a username and an invite code', () => {
  it.each([
    ['a blank behind', 'iona@example.org ', /^has white space in it, U\+0020 \(blank\) at character 17/],
    ['a blank inside', 'iona kerr', /at character 5/],
    ['a no-break space', 'iona\u00a0kerr', /U\+00A0 \(no-break space\) at character 5/],
    ['a line break', 'iona\nkerr', /U\+000A \(line end\) at character 5/],
    [
      'a zero-width space',
      'iona@example.org\u200b',
      /not seen, U\+200B \(zero-width space\) at character 17/,
    ],
    ['a joiner', 'io\u200dna', /U\+200D \(zero-width joiner\) at character 3/],
    ['a byte order mark', '\ufeffiona@example.org', /U\+FEFF \(byte order mark\) at character 1/],
    ['digits in scientific notation', '1.2E+46', /^is a number in scientific notation/],
    ['with a comma', '1,2e-07', /^is a number in scientific notation/],
    ['a link', 'mailto:iona@example.org', /^begins with "mailto:"/],
    ['a name beside it', 'Iona Kerr <iona@example.org>', /^is a name with an address in <>/],
  ])('%s', (_, text, reason) => {
    for (const column of ['username', 'inviteCode'] as const) {
      expect(gradeIn(column, text)).toBe('error');
      expect(gradeOf(column, text)?.reason).toMatch(reason);
    }
    expect(gradeIn('firstName', text)).not.toBe('error');
  });

  it('but only a warning in the username by which a user is looked up: the network may have it so', () => {
    expect(gradeOf('lookupUsername', 'user72@example.org\u200b')).toEqual({
      grade: 'warning',
      reason: 'has a character that is not seen, U+200B (zero-width space) at character 19: take it out',
    });
    expect(gradeIn('lookupUsername', 'mailto:a@example.org')).toBe('warning');
  });
});

describe('what is likely not meant is a warning', () => {
  it.each<Case>([
    ['a blank behind', 'Mara ', /^has white space around it, a blank at character 5/],
    ['a tab in front', '\tMara', /^has white space around it, U\+0009 \(tab\) at character 1/],
    ['a no-break space around', '\u00a0Mara\u00a0', /U\+00A0 \(no-break space\) at character 1/],
    ['a line break', 'Mara\r\nLind', /^has a line break in it/],
    ['a line separator', 'Mara\u2028Lind', /^has a line break in it/],
    ...['NULL', 'Null', 'null', 'nan', 'NaN', 'None', 'undefined', 'N/A', 'n/a', 'NA', '<null>', 'nil'].map(
      (text) => [text, text, /^is a word that programs write for no value/] as Case,
    ),
    [
      'UTF-8 read as Windows-1252',
      'ZoÃ«',
      /^has letters at character 3 that look like UTF-8 read as Windows/,
    ],
    ['the same, with an apostrophe', 'Oâ€™Hara', /at character 2/],
    ['the same, Cyrillic', 'ÐžÐ»ÑŒÐ³Ð°', /at character 1/],
    ['the same, Polish', 'KrawÄ™t', /at character 5/],
    ['an entity', 'Jos&eacute;', /^has an HTML entity in it/],
    ['a numeric entity', 'O&#39;Hara', /^has an HTML entity in it/],
    ['a formula that is a text', '="Mara"', /^is written as ="…"/],
    ['a zero-width space inside', 'Ma\u200bra', /not seen, U\+200B \(zero-width space\) at character 3/],
    ['a joiner at the end', 'Mara\u200d', /U\+200D/],
    ['a text direction', '\u202eMara', /U\+202E \(right-to-left override\)/],
  ])('%s', (_, text, reason) => {
    expect(gradeOf('firstName', text)?.reason).toMatch(reason);
    expect(gradeIn('lastName', text)).toBe('warning');
  });
});

describe('what is right beside it is fine', () => {
  it.each([
    ...['Nan', 'Na', 'Nil', 'Nona', 'Nulle', 'Noné', 'Ana', 'Undefine'],
    ...["O'Hara", 'O’Hara', 'Anne-Marie', 'J. R.', 'Ó Séaghdha', 'de la Cruz', 'İpek', 'Nguyễn', 'Zoe\u0308'],
    ...[
      'ĎURÍŠEK',
      'GROẞ',
      'Weiß',
      'Ærø',
      'Ångström',
      'Ölçer',
      'São',
      'João',
      'Þórður',
      'Ðorđe',
      'AT&T',
      'A & B;',
    ],
    ...[
      'نیمه\u200cجان',
      'क्\u200dष',
      'මල්\u200dවානේ',
      '👩‍👩‍👧',
      '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
      '葛\u{e0100}城',
    ],
    ...[
      'Mara\u00a0Lind',
      'א\u200fב',
      '=1+1',
      '@SUM(A1)',
      '+1',
      '#1',
      '#',
      '# Mara',
      'Err: 508',
      'N',
      '12E5',
      '\\Nora',
    ],
  ])('%s', (text) => {
    expect(gradeOf('lastName', text)).toBeUndefined();
  });

  it.each([
    'system.admin',
    'System.Admin',
    'microsoft.lead',
    'a+b@example.org',
    '12e5',
    'ana@münchen.example',
    'null@example.org',
  ])('the username %s', (text) => {
    expect(gradeOf('username', text)).toBeUndefined();
  });

  it('a number, true and false are not looked at', () => {
    expect(gradeOf('codeValidation', '#N/A')).toBeUndefined();
  });
});

const scripts = [
  ...[
    'Latin',
    'Greek',
    'Cyrillic',
    'Armenian',
    'Hebrew',
    'Arabic',
    'Syriac',
    'Thaana',
    'Devanagari',
    'Bengali',
  ],
  ...['Gurmukhi', 'Gujarati', 'Oriya', 'Tamil', 'Telugu', 'Kannada', 'Malayalam', 'Sinhala', 'Thai', 'Lao'],
  ...['Tibetan', 'Myanmar', 'Georgian', 'Hangul', 'Ethiopic', 'Cherokee', 'Khmer', 'Mongolian', 'Hiragana'],
  ...['Katakana', 'Bopomofo', 'Han', 'Yi', 'Tagalog', 'Balinese', 'Javanese', 'Sundanese', 'Tifinagh', 'Vai'],
  ...['Adlam', 'Nko', 'Osage', 'Chakma', 'Lisu', 'Canadian_Aboriginal'],
];

describe('names in many scripts are never an error', () => {
  const lettersOf = (script: string): string[] => {
    const pattern = new RegExp(`[\\p{Script=${script}}&&[\\p{L}\\p{M}]]`, 'v');
    const letters: string[] = [];
    for (let code = 0x41; code < 0x30000 && letters.length < 400; code++) {
      const letter = String.fromCodePoint(code);
      if (pattern.test(letter)) letters.push(letter);
    }
    return letters;
  };
  const word = fc
    .constantFrom(...scripts.map(lettersOf))
    .chain((letters) => fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: 8 }));
  const joined = fc
    .tuple(
      word,
      fc.constantFrom(
        '',
        '\u200d',
        '\u200c',
        '\u0301',
        '\u0323\u0302',
        ' ',
        '-',
        "'",
        '’',
        '·',
        '\u00a0',
        '\u{1f469}\u200d\u{1f467}',
        '👍🏽',
        '🇮🇪',
        '❤\ufe0f',
      ),
      word,
    )
    .map(([a, between, b]) => `A${a.join('')}${between}${b.join('')}a`);

  it('whatever joins them', () => {
    expect(scripts.map(lettersOf).filter(({ length }) => length < 5)).toEqual([]);
    fc.assert(
      fc.property(joined, (name) => {
        expect(gradeOf('firstName', name)?.grade).not.toBe('error');
        const table = stringify([
          ['userId', 'firstName'],
          ['7', name],
        ]);
        for (const reading of [
          read(csv, table),
          read(jsonl, JSON.stringify({ userId: '7', firstName: name })),
        ])
          expect(commands(reading)).toEqual([
            { networkId: NETWORK, userId: '7', details: { firstName: name } },
          ]);
      }),
      randomCases(300, 5000),
    );
  });
});

describe('every way in is graded alike', () => {
  const row = (text: string, options = {}) => [
    read(
      csv,
      stringify(
        [
          ['userId', 'lastName'],
          ['7', text],
        ],
        { quoted: true },
      ),
      { networkId: NETWORK, ...options },
    ),
    read(jsonl, JSON.stringify({ userId: '7', lastName: text }), { networkId: NETWORK, ...options }),
    read(jsonl, JSON.stringify({ userId: '7', userDetails: { lastName: text } }), {
      networkId: NETWORK,
      ...options,
    }),
  ];

  it('an error makes the row invalid', () => {
    for (const reading of row('#REF!'))
      expect(problems(reading).join()).toMatch(/lastName: is an error value of a spread/);
  });

  it('with a warning it is sent as it stands', () => {
    for (const reading of row('Mara ')) {
      expect(warnings(reading).join()).toMatch(/lastName: has white space around it/);
      expect(commands(reading)[0]?.details).toEqual({ lastName: 'Mara ' });
    }
  });

  it('`strict` makes it invalid', () => {
    for (const reading of row('Mara ', { strict: true })) {
      expect(problems(reading).join()).toMatch(/lastName: has white space around it/);
      expect(warnings(reading)).toEqual([]);
    }
  });

  it('`accept` says that a word is a name, in that field alone', () => {
    for (const reading of row('Null', { strict: true, accept: ['Last Name'] }))
      expect(commands(reading)[0]?.details).toEqual({ lastName: 'Null' });
    for (const reading of row('Null', { accept: ['firstName'] })) expect(warnings(reading)).toHaveLength(1);
    for (const reading of row('#N/A', { accept: ['lastName'] })) expect(problems(reading)).toHaveLength(1);
    expect(() => row('Null', { accept: ['lastNme'] })).toThrow(
      '"lastNme": there is no such field (nearest: lastName)',
    );
  });

  it('groups', () => {
    const [one, two] = ['grp-a\u200b', 'grp-a;grp-\u200bb'].map((groups) =>
      read(csv, `userId,securityGroupIds\n7,${groups}\n`),
    );
    expect(problems(one as never)[0]).toMatch(/securityGroupIds: has a character that is not seen, U\+200B/);
    expect(problems(two as never)[0]).toMatch(
      /securityGroupIds: group 2 of 2 has a character that is not seen/,
    );
    const list = { userId: '7', securityGroupNames: ['Sales', 'Ops\u001b'] };
    expect(problems(read(jsonl, JSON.stringify(list)))[0]).toMatch(/group 2 of 2 has a control character/);
  });

  it('`set`: damage is refused, doubt is told once', () => {
    expect(() => parseSet(['lastName=#N/A'])).toThrow(UsageError);
    expect(() =>
      parseSet(['lastName=NULL'], { singleGroup: false, strict: true, accepted: new Set() }),
    ).toThrow('`set` lastName: is a word that programs write for no value');
    const reading = read(csv, 'userId\n7\n8\n', { networkId: NETWORK, set: ['lastName=NULL'] });
    expect(commands(reading)).toHaveLength(2);
    expect(warnings(reading)).toEqual([]);
    expect(reading.reader.optionWarnings.map(({ reason }) => reason).join()).toMatch(
      /^the value of `set` is a word that programs write/,
    );
  });

  it('but not what a user was, which an undo puts back', () => {
    const line = {
      networkId: NETWORK,
      userId: '7',
      userDetails: { lastName: '#N/A' },
      before: { lastName: 'A' },
    };
    expect(commands(read(jsonl, JSON.stringify(line), { planned: true }))[0]?.details).toEqual({
      lastName: '#N/A',
    });
  });
});
