import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { mapColumns } from '../../../src/input/columns/column-mapping.js';
import { columnNames } from '../../../src/input/columns/column-names.js';
import { parseMap } from '../../../src/input/columns/map-option.js';
import { randomCases } from '../../length.js';
import { csv, jsonl, NETWORK, problems, read } from '../samples.js';

/** `column → field how` of each column that is read. */
function mapped(names: readonly string[], map: readonly string[]): string[] {
  const result = mapColumns(names, parseMap(map));
  if ('fault' in result) throw new Error(`${result.fault.message}. ${result.fault.hint}`);
  return result.mapping.flatMap(({ column, field, how }) =>
    field === undefined ? [] : [`${column} → ${field} ${how}`],
  );
}

describe('auto', () => {
  it.each([
    [
      ['Legal First Name', 'Surname', 'Work Email'],
      ['firstName', 'lastName', 'lookupUsername'],
    ],
    [
      ['VORNAME', 'Nachname', 'E-Mail-Adresse'],
      ['firstName', 'lastName', 'lookupUsername'],
    ],
    [
      ['Prénom', 'Nom', 'Adresse électronique'],
      ['firstName', 'lastName', 'lookupUsername'],
    ],
    [
      ['prenom', 'nom de famille', 'courriel'],
      ['firstName', 'lastName', 'lookupUsername'],
    ],
    [
      ['Nombre', 'Apellidos', 'Correo Electrónico'],
      ['firstName', 'lastName', 'lookupUsername'],
    ],
    [
      ['Roepnaam', 'Achternaam', 'E-mailadres'],
      ['firstName', 'lastName', 'lookupUsername'],
    ],
    [
      ['Nome', 'Cognome', 'Indirizzo e-mail'],
      ['firstName', 'lastName', 'lookupUsername'],
    ],
    [
      ['Primeiro nome', 'Sobrenome', 'Endereço de e-mail'],
      ['firstName', 'lastName', 'lookupUsername'],
    ],
    [
      ['givenName', 'sn', 'userPrincipalName'],
      ['firstName', 'lastName', 'lookupUsername'],
    ],
    [
      ['Known As', 'Family-Name', 'UPN'],
      ['firstName', 'lastName', 'lookupUsername'],
    ],
  ])('knows %j', (names, fields) => {
    expect(mapped(names, ['auto'])).toEqual(names.map((name, at) => `${name} → ${fields[at]} auto`));
  });

  it.each([[['Name']], [['Department']], [['Apelido']], [['constructor']], [['']]])(
    'guesses nothing of %j',
    (names) => {
      expect(mapped(names, ['auto'])).toEqual([]);
    },
  );

  it('leaves e-mail addresses alone if the file tells users by our own names', () => {
    expect(mapped(['userId', 'Email'], ['auto'])).toEqual(['userId → userId name']);
    expect(mapped(['lookup username', 'Email'], ['auto'])).toEqual(['lookup username → lookupUsername name']);
    expect(mapped(['No', 'Email'], ['auto', 'No=userId'])).toEqual(['No → userId map']);
  });

  it('takes both if the user ID may be a number that HR gave the user', () => {
    expect(mapped(['User ID', 'Email'], ['auto'])).toEqual([
      'User ID → userId name',
      'Email → lookupUsername auto',
    ]);
  });

  it.each([
    [
      ['Legal First Name', 'Preferred Name'],
      '"Legal First Name" and "Preferred Name" could each be firstName. ' +
        'Say which counts: `map` "Legal First Name=firstName" or `map` "Preferred Name=firstName".',
    ],
    [
      ['First Name', 'Known As'],
      '"First Name" and "Known As" could each be firstName. ' +
        'Say which counts: `map` "First Name=firstName" or `map` "Known As=firstName".',
    ],
    [
      ['Work Email', 'Personal E-Mail'],
      '"Work Email" and "Personal E-Mail" could each be lookupUsername. ' +
        'Say which counts: `map` "Work Email=lookupUsername" or `map` "Personal E-Mail=lookupUsername".',
    ],
    [['Email', 'Email'], '"Email" and "Email" could each be lookupUsername. Rename or delete one of them.'],
  ])('chooses nothing silently: %j', (names, message) => {
    expect(() => mapped(names, ['auto'])).toThrow(message);
  });

  it('is content with each of the answers that it asks for', () => {
    const names = ['Email', 'E-Mail', 'First Name', 'Rufname', 'Legal first name'];
    for (const email of ['Email', 'E-Mail']) {
      for (const first of ['First Name', 'Rufname', 'Legal first name']) {
        expect(mapped(names, ['auto', `${email}=lookupUsername`, `${first}=firstName`]).sort()).toEqual(
          [`${email} → lookupUsername map`, `${first} → firstName map`].sort(),
        );
      }
    }
  });
});

describe('a column that is named', () => {
  it('counts more than what its name or auto says', () => {
    expect(mapped(['userId', 'firstName', 'Rufname'], ['Rufname=firstName'])).toEqual([
      'userId → userId name',
      'Rufname → firstName map',
    ]);
    expect(mapped(['userId', 'firstName', 'Surname'], ['auto', 'surname=ignore'])).toEqual([
      'userId → userId name',
      'firstName → firstName name',
    ]);
  });

  it('may hold the sign itself', () => {
    expect(mapped(['a=b'], ['a=b=firstName'])).toEqual(['a=b → firstName map']);
  });

  it.each([
    [['nonsense'], /"nonsense" is neither auto nor COLUMN=FIELD/],
    [['=firstName'], /is neither auto nor/],
    [['X=frstName'], /there is no field "frstName" \(nearest: firstName\)/],
    [['X=ignor'], /nearest: ignore/],
    [['X=userId', 'Y=user ID'], /gives both "X" and "Y" to userId/],
    [['X=userId', 'X=ignore'], /names the column "X" twice/],
  ])('is refused: %j', (map, message) => {
    expect(() => parseMap(map)).toThrow(UsageError);
    expect(() => parseMap(map)).toThrow(message);
  });

  it('has to be in the file, and only once', () => {
    const refusal = (header: string, map: readonly string[]) =>
      read(csv, `${header}\n1,2,3\n`, { networkId: NETWORK, map }).error?.message;
    expect(refusal('userId,Wrk Email,x', ['Work Email=lookupUsername'])).toBe(
      'line 1: `map` names the column "Work Email", which the input does not have (nearest: "Wrk Email")',
    );
    expect(refusal('userId,Name,name', ['NAME=firstName'])).toBe(
      'line 1: `map` names "NAME", and columns 2 and 3 have that name',
    );
    expect(refusal('userId,a b,a-b', ['AB=ignore'])).toBeUndefined();
    expect(refusal('Annabel,Lee,x', ['auto'])).toContain('does not look like a header');
  });
});

it('never reads two columns as one field, nor a column as what it was not told', () => {
  const name = fc.oneof(
    fc.constantFrom<string[]>(...columnNames),
    fc.constantFrom('Email', 'E-Mail', 'First Name', 'Rufname', 'Nom', 'User ID', 'Dept', '', 'a=b'),
  );
  const target = fc.oneof(fc.constantFrom<string[]>(...columnNames), fc.constant('ignore'));
  const rule = fc.oneof(
    fc.constant('auto'),
    fc.tuple(name, target).map(([a, b]) => `${a}=${b}`),
  );
  let done = 0;
  fc.assert(
    fc.property(fc.array(name, { maxLength: 6 }), fc.array(rule, { maxLength: 3 }), (names, map) => {
      let rules: ReturnType<typeof parseMap>;
      try {
        rules = parseMap(map);
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError);
        return;
      }
      const result = mapColumns(names, rules);
      if ('fault' in result) return;
      done++;
      expect(result.mapping.map(({ column }) => column)).toEqual(names);
      const fields = result.mapping.flatMap(({ field }) => field ?? []);
      expect(new Set(fields).size).toBe(fields.length);
      for (const { how } of result.mapping) if (how === 'auto') expect(rules?.auto).toBe(true);
    }),
    randomCases(200, 2000),
  );
  expect(done).toBeGreaterThan(100);
});

describe('a username-like column under auto', () => {
  const choices = (name: string) =>
    `Say which: \`map\` "${name}=lookupUsername" for the usernames that they have, \`map\` "${name}=username" for those that they shall get, or \`map\` "${name}=ignore" for neither.`;

  it.each([
    [['Username', 'Email', 'First Name', 'Last Name'], 'Username'],
    [['user name', 'Correo'], 'user name'],
    [['username', 'email'], 'username'],
    [['userId', 'User Name', 'Vorname'], 'User Name'],
    [['User ID', 'username', 'Vorname'], 'username'],
    [['lookupUsername', 'USERNAME'], 'USERNAME'],
  ])('is refused beside another word for who is meant: %j', (names, name) => {
    expect(() => mapped(names, ['auto'])).toThrow(
      `"${name}" could be the usernames that users have or those that they shall get`,
    );
    expect(() => mapped(names, ['auto'])).toThrow(choices(name));
    // A file that has our own name for who is meant can have no second one.
    const fields = names.includes('lookupUsername')
      ? ['username', 'ignore']
      : ['lookupUsername', 'username', 'ignore'];
    for (const field of fields) {
      const read = mapped(names, ['auto', `${name}=${field}`]).filter((line) => line.startsWith(`${name} →`));
      expect(read).toEqual(field === 'ignore' ? [] : [`${name} → ${field} map`]);
    }
  });

  it('is ours beside our own name for who is meant, and says who if nothing else does', () => {
    expect(mapped(['userId', 'username'], ['auto'])).toEqual([
      'userId → userId name',
      'username → username name',
    ]);
    expect(mapped(['lookupUsername', 'username', 'Email'], ['auto'])).toEqual([
      'lookupUsername → lookupUsername name',
      'username → username name',
    ]);
    const m365 = [
      'User Name',
      'First Name',
      'Last Name',
      'Display Name',
      'Office Number',
      'Alternate Email Address',
    ];
    expect(mapped(m365, ['auto'])).toEqual([
      'User Name → lookupUsername auto',
      'First Name → firstName name',
      'Last Name → lastName name',
    ]);
  });

  it('is what it is called without auto', () => {
    expect(mapped(['Username', 'Email'], ['Email=lookupUsername'])).toEqual([
      'Username → username name',
      'Email → lookupUsername map',
    ]);
  });
});

describe('a word that may mean a whole name', () => {
  it.each(['Nombre', 'Nome', 'Preferred Name', 'Chosen name', 'NOMBRES', 'Nome legale', 'Bevorzugter Name'])(
    '%s is refused without a column of last names',
    (name) => {
      expect(() => mapped(['Correo', name], ['auto'])).toThrow(
        `"${name}" could be first names or whole names, as there is no column of last names. ` +
          `Say which: \`map\` "${name}=firstName", or \`map\` "${name}=ignore" to leave it out.`,
      );
      expect(mapped(['Correo', name], ['auto', `${name}=firstName`])).toHaveLength(2);
      expect(mapped(['Correo', name, 'Apellidos'], ['auto'])).toHaveLength(3);
      expect(mapped(['Correo', name, 'Cognome'], ['auto', 'Cognome=ignore'])).toHaveLength(2);
    },
  );

  it('Nom without one of first names', () => {
    expect(() => mapped(['Courriel', 'Nom'], ['auto'])).toThrow('"Nom" could be last names or whole names');
    expect(mapped(['Courriel', 'Nom', 'Prénom'], ['auto'])).toHaveLength(3);
    expect(mapped(['Courriel', 'Prénom'], ['auto'])).toHaveLength(2);
  });
});

it.each([
  [
    'Google',
    [
      'First Name [Required]',
      'Last Name [Required]',
      'Email Address [Required]',
      'Org Unit Path [Required]',
      'New Primary Email [UPLOAD ONLY]',
    ],
    3,
  ],
  [
    'Entra',
    [
      'Name [displayName] Required',
      'User name [userPrincipalName] Required',
      'First name [givenName]',
      'Last name [surname]',
      'Block sign in (Yes/No) [accountEnabled] Required',
    ],
    3,
  ],
  ['GAM', ['primaryEmail', 'name.givenName', 'name.familyName', 'name.fullName'], 3],
  ['Microsoft 365', ['Display name', 'First name', 'Last name', 'User principal name', 'Proxy addresses'], 3],
])('auto knows the headers of %s', (_, names, read) => {
  const fields = mapped(names, ['auto']).map((line) => line.split(' → ')[1]?.split(' ')[0]);
  expect(fields.sort()).toEqual(['firstName', 'lastName', 'lookupUsername'].slice(0, read));
});

it('names with letters that are written in two ways are one', () => {
  expect(mapped(['userId', 'Pre\u0301nom'], ['Pr\u00e9nom=firstName'])[1]).toMatch(/firstName map$/);
  expect(mapped(['userId', 'PR\u00c9NOM'], ['Pre\u0301nom=firstName'])[1]).toMatch(/firstName map$/);
  expect(() => parseMap(['Pre\u0301nom=firstName', 'Pr\u00e9nom=ignore'])).toThrow('twice');
});

it('names that are mapped help to find the delimiter', () => {
  const input = 'Kennung;Kostenstelle, Ort, Land\n7;A, B, C\n';
  const { rows, error } = read(csv, input, {
    networkId: NETWORK,
    map: ['Kennung=userId'],
    set: ['firstName=A'],
  });
  expect(error).toBeUndefined();
  expect(rows).toMatchObject([{ command: { userId: '7' } }]);
});

describe('a refusal that a mapping would solve says which', () => {
  const hint = (header: string, map?: readonly string[]) =>
    read(csv, `${header}\n1,2,3\n`, { networkId: NETWORK, ...(map && { map }) }).error?.hint;
  it.each([
    ['userId,frstName,x', undefined, '`map` "frstName=firstName"'],
    [
      'userId,Surname,x',
      undefined,
      '`map` auto reads "Surname" as lastName, and so does `map` "Surname=lastName"',
    ],
    ['firstName,Kennung,x', ['auto'], '`map` "COLUMN=lookupUsername"'],
    ['Vorname,Kennung,x', undefined, '`map` "Vorname=firstName"'],
    ['a,b,c', undefined, '`map` "COLUMN=firstName"'],
  ])('%s', (header, map, expected) => {
    expect(hint(header, map)).toContain(expected);
  });
});

describe('a JSONL row', () => {
  const lines = (rows: readonly object[], map: readonly string[]) =>
    read(jsonl, rows.map((row) => JSON.stringify(row)).join('\n'), { networkId: NETWORK, map });

  it('has its keys mapped as columns are, whatever rows have which', () => {
    const { rows, reader } = lines(
      [
        { 'Work Email': 'ann@x.org', Vorname: 'Ann', Dept: 'EMEA' },
        { 'Work Email': 'bob@x.org', Surname: 'Lee' },
      ],
      ['auto'],
    );
    expect(rows).toMatchObject([
      { named: { lookupUsername: 'ann@x.org', details: { firstName: 'Ann' } } },
      { named: { lookupUsername: 'bob@x.org', details: { lastName: 'Lee' } } },
    ]);
    expect(reader.mapping?.map(({ column, field }) => [column, field])).toEqual([
      ['Work Email', 'lookupUsername'],
      ['Vorname', 'firstName'],
      ['Dept', undefined],
      ['Surname', 'lastName'],
    ]);
  });

  it('is refused if another key than in the rows before would be the field', () => {
    const both = { userId: '1', Rufname: 'A', 'Legal First Name': 'B' };
    const found = problems(
      lines([{ userId: '1', Rufname: 'A' }, { userId: '2', 'Legal First Name': 'B' }, both], ['auto']),
    );
    expect(found).toHaveLength(2);
    expect(found[0]).toContain('2: "Rufname" and "Legal First Name" could each be firstName. Say which');
    expect(found[1]).toMatch(/^3: "Rufname" and "Legal First Name"/);
  });

  it('is missed if no row has the key that is named', () => {
    const { error } = lines([{ userId: '1', Vorname: 'A' }], ['Vornamen=firstName']);
    expect(error?.message).toBe(
      '`map` names the column "Vornamen", which the input does not have (nearest: "Vorname")',
    );
  });
});
