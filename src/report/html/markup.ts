/** Text that is HTML: what was put into it is escaped. */
export class Markup {
  constructor(readonly text: string) {}
}

/** What may stand in a template; strings and numbers are text. */
export type Content = Markup | string | number | readonly Content[];

/** Only what the program itself says may be written here as it is. */
export function raw(text: string): Markup {
  return new Markup(text);
}

/** A template of HTML; every text put in is escaped, for elements and for quoted attributes alike. */
export function html(literals: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  const parts = literals.map((literal, position) => literal + write(contents[position] ?? ''));
  return new Markup(parts.join(''));
}

function write(content: Content): string {
  if (content instanceof Markup) return content.text;
  if (typeof content === 'object') return content.map(write).join('');
  return escape(String(content));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
