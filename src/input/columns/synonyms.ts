/** What HR systems and directories call the columns that `map` auto looks for. Data: add to it freely. */
import type { ColumnName } from './column-names.js';

/** What a column of an HR file holds. */
type ColumnMeaning = 'first' | 'preferred' | 'last' | 'email';

const fields: Readonly<Record<ColumnMeaning, ColumnName>> = {
  first: 'firstName',
  preferred: 'firstName',
  last: 'lastName',
  email: 'lookupUsername',
};

/**
 * Compared without case, spaces, punctuation and accents. Names with more than one meaning are missing on purpose:
 * `Name` (often the whole name), `apelido` (a surname in Portugal, a nickname in Brazil).
 */
const synonyms: Readonly<Record<ColumnMeaning, readonly string[]>> = {
  first: [
    ...['first name', 'given name', 'forename', 'legal first name', 'legal given name', 'first legal name'],
    // GAM's, as those of last names below.
    'name.givenName',
    ...['Vorname', 'Vornamen', 'amtlicher Vorname', 'gesetzlicher Vorname'],
    ...['prénom', 'prénoms', 'prénom légal', 'prénom officiel'],
    ...['nombre', 'nombres', 'nombre de pila', 'primer nombre', 'nombre legal'],
    ...['voornaam', 'voornamen', 'officiële voornaam', 'wettelijke voornaam'],
    ...['nome', 'nome di battesimo', 'nome proprio', 'nome legale'],
    ...['primeiro nome', 'nome próprio', 'nomes próprios', 'nome legal'],
  ],
  preferred: [
    ...[
      'preferred name',
      'preferred first name',
      'preferred given name',
      'known as',
      'nickname',
      'nick name',
    ],
    ...['goes by', 'chosen name', 'chosen first name', 'preferred firstname'],
    ...['Rufname', 'bevorzugter Vorname', 'bevorzugter Name', 'Spitzname'],
    ...["prénom d'usage", 'prénom usuel', 'prénom préféré', 'nom préféré', 'surnom'],
    ...['nombre preferido', 'nombre de uso', 'nombre elegido', 'apodo'],
    ...['roepnaam', 'voorkeursnaam', 'bijnaam'],
    ...['nome preferito', "nome d'uso", 'soprannome'],
    ...['nome preferido', 'nome social', 'nome preferencial'],
  ],
  last: [
    ...['last name', 'surname', 'sn', 'family name', 'legal last name', 'legal surname', 'last legal name'],
    ...['legal family name', 'preferred last name', 'name.familyName'],
    ...['Nachname', 'Familienname', 'Zuname', 'amtlicher Nachname'],
    ...['nom', 'nom de famille', "nom d'usage", 'nom de naissance', 'nom légal'],
    ...['apellido', 'apellidos', 'primer apellido', 'segundo apellido'],
    ...['achternaam', 'familienaam', 'geboortenaam'],
    ...['cognome'],
    ...['sobrenome', 'último nome', 'nome de família'],
  ],
  email: [
    ...['email', 'email address', 'mail', 'mail address', 'work email', 'work email address'],
    ...['primary email', 'primary email address', 'primary work email', 'primary work email address'],
    ...['business email', 'business email address', 'company email', 'corporate email', 'office email'],
    ...['personal email', 'personal email address', 'private email', 'home email', 'secondary email'],
    ...['email work', 'email personal', 'email primary', 'upn', 'user principal name'],
    ...['E-Mail-Adresse', 'Mailadresse', 'geschäftliche E-Mail', 'geschäftliche E-Mail-Adresse'],
    ...['dienstliche E-Mail', 'dienstliche E-Mail-Adresse', 'private E-Mail-Adresse', 'E-Mail geschäftlich'],
    ...['E-Mail dienstlich', 'E-Mail privat', 'berufliche E-Mail'],
    ...['courriel', 'adresse e-mail', 'adresse mail', 'adresse électronique', 'adresse courriel'],
    ...[
      'e-mail professionnel',
      'adresse e-mail professionnelle',
      'courriel professionnel',
      'mail professionnel',
    ],
    ...['e-mail personnel', 'adresse e-mail personnelle', 'courriel personnel'],
    ...['correo', 'correo electrónico', 'dirección de correo electrónico', 'correo corporativo'],
    ...[
      'correo electrónico corporativo',
      'correo de trabajo',
      'correo personal',
      'correo electrónico personal',
    ],
    ...['e-mailadres', 'mailadres', 'zakelijk e-mailadres', 'werk e-mail', 'zakelijke e-mail'],
    ...['privé e-mail', 'privé e-mailadres', 'persoonlijk e-mailadres'],
    ...['posta elettronica', 'indirizzo email', 'indirizzo di posta elettronica', 'email aziendale'],
    ...['email di lavoro', 'email personale'],
    ...['correio eletrónico', 'correio eletrônico', 'endereço de e-mail', 'e-mail corporativo'],
    ...['e-mail profissional', 'e-mail de trabalho', 'e-mail pessoal'],
  ],
};

/**
 * What stands in brackets behind a name in a directory's template: an attribute, as in Entra's `First name [givenName]`,
 * or a remark, as in Google's `First Name [Required]`.
 */
const BRACKETS = /^(?<name>[^[\]]+)\[(?<inner>[^[\]]+)\]\s*(?:required|optional)?\s*$/i;
const REMARK = /^(?:required|optional|read only|upload only)$/i;

/** Of these, names that as often mean a whole name: certain only if the file has the other half beside them. */
const wholeNames: ReadonlySet<string> = new Set(
  [
    ...['preferred name', 'chosen name', 'bevorzugter Name', 'voorkeursnaam'],
    ...['nombre', 'nombres', 'nombre legal', 'nombre preferido', 'nombre de uso', 'nombre elegido'],
    ...['nome', 'nome legale', 'nome preferito', "nome d'uso", 'nome legal', 'nome preferido', 'nome social'],
    ...['nome preferencial', 'nom', "nom d'usage", 'nom légal', 'nom préféré'],
  ].map(folded),
);

const byFolded = new Map<string, ColumnName>(
  (Object.keys(synonyms) as ColumnMeaning[]).flatMap((meaning) =>
    synonyms[meaning].map((name) => [folded(name), fields[meaning]] as const),
  ),
);

/** The name that counts. */
function withoutTemplate(name: string): string {
  const { name: before = name, inner = '' } = BRACKETS.exec(name)?.groups ?? {};
  // What can only be uploaded is a new value, and no name of what there is.
  if (/^upload only$/i.test(inner.trim())) return name;
  return inner === '' || REMARK.test(inner.trim()) ? before : inner;
}

/** The name as synonyms are compared. */
function folded(name: string): string {
  return withoutTemplate(name)
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

/** The field that a column with this name most likely has; undefined if the name is not known. */
export function synonymOf(name: string): ColumnName | undefined {
  return byFolded.get(folded(name));
}

/** Whether a column that auto reads as a first or last name may have whole names. */
export function maybeWhole(name: string): boolean {
  return wholeNames.has(folded(name));
}
