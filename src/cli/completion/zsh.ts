import type { CommandModel, FlagModel, Values } from './model.js';

/** A script that completes `els-assign` in zsh, sourced or found in `fpath`. */
export function zshScript(commands: readonly CommandModel[]): string {
  const described = commands.map(({ name, description }) => quoted(`${name}:${description}`));
  return `#compdef els-assign
# zsh completion for els-assign: source <(els-assign completion zsh)
_els_assign() {
  if ((CURRENT == 2)); then
    local -a commands
    commands=(
${described.map((each) => `      ${each}`).join('\n')}
    )
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
${commands.map(commandCase).join('\n')}
  esac
}
if [[ $funcstack[1] == _els_assign ]]; then
  _els_assign "$@"
else
  compdef _els_assign els-assign
fi
`;
}

function commandCase({ name, flags, argument }: CommandModel): string {
  const specs = flags.map(flagSpec);
  if (argument) specs.push(`1:${escaped(argument.placeholder)}:${action(argument)}`);
  return `    ${name})\n      _arguments \\\n${specs.map((spec) => `        ${quoted(spec)}`).join(' \\\n')}\n      ;;`;
}

/** https://zsh.sourceforge.io/Doc/Release/Completion-System.html, _arguments */
function flagSpec({ flag, description, values }: FlagModel): string {
  const text = `[${escaped(description)}]`;
  return values ? `*${flag}=${text}:${escaped(values.placeholder)}:${action(values)}` : `*${flag}${text}`;
}

function action({ words, takesFiles, isList }: Values): string {
  if (words.length === 0) return takesFiles ? '_files' : ' ';
  if (isList) return `{_sequence compadd - ${words.join(' ')}}`;
  const space = words.every((word) => word.endsWith('=')) ? ' -S ""' : '';
  return `{compadd${space} -- ${words.join(' ')}${takesFiles ? '; _files' : ''}}`;
}

function escaped(text: string): string {
  return text.replace(/[\\[\]:]/g, '\\$&');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
