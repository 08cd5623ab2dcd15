/** A piece of SQL text: plain, a value to bind (`:name`), or an identifier to quote (`:"name"`). */
export type SqlPiece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bind'; readonly name: string }
  | { readonly kind: 'identifier'; readonly name: string };

/**
 * What PostgreSQL reads as one token in which a colon means nothing: comments (block comments nest and are
 * handled apart), quoted strings and identifiers, dollar quotes, casts. Source: PostgreSQL manual, 4.1 Lexical
 * Structure; the `:name` and `:"name"` forms are psql's.
 */
const TOKEN = new RegExp(
  [
    /--[^\n]*/,
    /\/\*/,
    /(?<![\w$])[eE]'(?:[^'\\]|\\[\s\S]|'')*'/,
    /'(?:[^']|'')*'/,
    /"(?:[^"]|"")*"/,
    /(?<![\w$])\$(?<tag>[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/,
    /::|:=/,
    /:"(?<identifier>[A-Za-z_]\w*)"/,
    /:(?<bind>[A-Za-z_]\w*)/,
  ]
    .map((part) => part.source)
    .join('|'),
  'g',
);

/**
 * Splits SQL text at its named binds.
 *
 * @param sql text of a SQL file
 * @returns the pieces in order; joined, they are the text again
 */
export function splitSql(sql: string): SqlPiece[] {
  const pieces: SqlPiece[] = [];
  const scanner = new RegExp(TOKEN);
  let from = 0;
  for (let match = scanner.exec(sql); match !== null; match = scanner.exec(sql)) {
    const name = match.groups?.['bind'] ?? match.groups?.['identifier'];
    if (name === undefined) {
      scanner.lastIndex = endOfOpaque(sql, match);
      continue;
    }
    pieces.push({ kind: 'text', text: sql.slice(from, match.index) });
    pieces.push({ kind: match.groups?.['bind'] === undefined ? 'identifier' : 'bind', name });
    from = scanner.lastIndex;
  }
  pieces.push({ kind: 'text', text: sql.slice(from) });
  return pieces;
}

/**
 * SQL text in which every word is one of the language, a name or a bind: a space in the place of each comment, and `''` in
 * that of each quoted string, quoted identifier and dollar quote.
 */
export function bareSql(sql: string): string {
  const scanner = new RegExp(TOKEN);
  let bare = '';
  let from = 0;
  for (let match = scanner.exec(sql); match !== null; match = scanner.exec(sql)) {
    const [token] = match;
    if (token.startsWith(':')) continue;
    bare += sql.slice(from, match.index) + (/^(?:--|\/\*)/.test(token) ? ' ' : "''");
    scanner.lastIndex = from = endOfOpaque(sql, match);
  }
  return bare + sql.slice(from);
}

/** Where a token that the pattern only opened (block comment, dollar quote) ends; unclosed ones end the text. */
function endOfOpaque(sql: string, match: RegExpExecArray): number {
  const end = match.index + match[0].length;
  if (match[0] === '/*') return endOfBlockComment(sql, end);
  if (match[0].startsWith('$')) {
    const close = sql.indexOf(match[0], end);
    return close === -1 ? sql.length : close + match[0].length;
  }
  return end;
}

function endOfBlockComment(sql: string, from: number): number {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = from;
  let depth = 1;
  for (let match = edge.exec(sql); match !== null; match = edge.exec(sql)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
  return sql.length;
}
