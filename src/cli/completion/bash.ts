import type { CommandModel, FlagModel, Values } from './model.js';

/** A script that completes `els-assign` in bash; nothing of what was typed is evaluated. */
export function bashScript(commands: readonly CommandModel[]): string {
  const first = [...commands.map(({ name }) => name), '--version', '--help'];
  return `# bash completion for els-assign: source <(els-assign completion bash)
_els_assign() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]}
  local words='' files='' list='' prefix='' word
  # bash takes --flag=value for three words.
  if [[ $current == = ]]; then
    current=''
  elif [[ $previous == = ]]; then
    previous=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  if ((COMP_CWORD == 1)); then
    words='${first.join(' ')}'
  else
    case "\${COMP_WORDS[1]} $previous" in
${commands.flatMap(commandCases).join('\n')}
    esac
  fi
  if [[ $list ]]; then prefix=\${current%"\${current##*,}"}; fi
  COMPREPLY=()
  while IFS= read -r word; do
    COMPREPLY+=("$word")
  done < <(compgen -P "$prefix" -W "$words" -- "\${current#"$prefix"}")
  # Files are offered where no word fits, as readline does it; bash 3 cannot be told where none are meant.
  if [[ ! $files ]]; then compopt +o default 2>/dev/null; fi
  if [[ \${COMPREPLY[0]-} == *= ]]; then compopt -o nospace 2>/dev/null; fi
}
complete -o default -F _els_assign els-assign
`;
}

function commandCases({ name, flags, argument }: CommandModel): string[] {
  const words = [...(argument?.words ?? []), ...flags.map(({ flag }) => flag)];
  const rest = { words, takesFiles: argument?.takesFiles ?? false, isList: false };
  return [...flags.flatMap((flag) => flagCase(name, flag)), `      '${name} '*)${assignments(rest)} ;;`];
}

function flagCase(command: string, { flag, values }: FlagModel): string[] {
  return values ? [`      '${command} ${flag}')${assignments(values)} ;;`] : [];
}

function assignments({ words, takesFiles, isList }: Omit<Values, 'placeholder'>): string {
  const set = [
    words.length > 0 ? `words='${words.join(' ')}'` : '',
    takesFiles ? 'files=yes' : '',
    isList ? 'list=yes' : '',
  ];
  return set
    .filter((part) => part !== '')
    .map((part) => ` ${part}`)
    .join('');
}
