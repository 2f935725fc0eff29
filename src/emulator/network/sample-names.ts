/** Names for made-up users, each with an ASCII form for the username: not every name is ASCII. */

/** A name as it is written, and as it appears in an e-mail address. */
export interface Name {
  readonly written: string;
  readonly ascii: string;
}

/** `written/ascii` if dropping the accents is not enough. */
const FIRST =
  "Amina Zoë José Anaïs Łukasz/lukasz Søren/soren Nguyễn D'Arcy Mary-Ann Jean-Luc Oluwaseun Siobhán Björn Chloë " +
  'Ayşe/ayse İbrahim Priya Ravi Mei 伟/wei 小明/xiaoming さくら/sakura 健太/kenta 지민/jimin Ольга/olga Дмитрий/dmitry Ελένη/eleni ' +
  'محمد/mohammed נועה/noa Ana Bo X Þóra/thora Hélène Jürgen Māra Ștefan Tomás Wanjiru Kwame Lupe Inés Fatima Hiroshi ' +
  'Grace Emma Noah Liam Olivia Sofia Mateo Leilani Kai';

const LAST =
  "O'Brien O’Connor D’Angelo García Núñez Müller Weiß/weiss Ødegård/odegard Çelik Kowalczyk Nowák Nguyễn 李/li 王/wang " +
  '山本/yamamoto 佐藤/sato 김/kim Иванова/ivanova Παπαδόπουλος/papadopoulos حسن/hassan כהן/cohen Smith Jones Patel Singh Okafor Adeyemi ' +
  'Mbeki de_la_Cruz van_der_Berg von_Trapp Saint-Exupéry Fitzgerald-Jones Ng O Ó_Súilleabháin Dvořák Šimůnek ' +
  'Lindström Jónsdóttir Silva São_João Dubois Rossi Kaya Haddad Yılmaz/yilmaz Mwangi Tremblay Kealoha';

function parse(list: string): readonly Name[] {
  return list.split(' ').map((entry) => {
    const [name = '', ascii] = entry.split('/');
    return {
      written: name.replaceAll('_', ' '),
      ascii:
        ascii ??
        name
          .normalize('NFD')
          .toLowerCase()
          .replace(/[^a-z]/g, ''),
    };
  });
}

export const firstNames = parse(FIRST);
export const lastNames = parse(LAST);
