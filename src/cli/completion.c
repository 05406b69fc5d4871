/* completion: the script that makes a shell ask `sluice __complete`. Everything that can be completed
 * is said there, from the table of commands; the scripts know nothing but their shell. */
#include "cli/cli.h"

static const char bash_script[] =
    "# bash completion of sluice. Load it: source <(sluice completion bash)\n"
    "_sluice() {\n"
    "    local line=${COMP_LINE:0:COMP_POINT} current done candidate file\n"
    "    local -a words=()\n"
    "    read -ra words <<<\"$line\"\n"
    "    [[ $line == *[[:space:]] ]] && words+=(\"\")\n"
    "    current=${words[${#words[@]} - 1]}\n"
    "    # readline breaks words at = and :, and replaces only what is behind the last one\n"
    "    done=${current%\"${current##*[=:]}\"}\n"
    "    COMPREPLY=()\n"
    "    while IFS=$'\\t' read -r candidate _; do\n"
    "        if [[ $candidate == :files ]]; then\n"
    "            compopt -o filenames 2>/dev/null\n"
    "            while IFS= read -r file; do COMPREPLY+=(\"$file\"); done "
    "< <(compgen -f -- \"$current\")\n"
    "        else\n"
    "            COMPREPLY+=(\"${candidate#\"$done\"}\")\n"
    "        fi\n"
    "    done < <(\"${words[0]}\" __complete \"${words[@]:1}\" 2>/dev/null)\n"
    "    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=/.] ]]; then\n"
    "        compopt -o nospace 2>/dev/null\n"
    "    fi\n"
    "    return 0\n"
    "}\n"
    "complete -F _sluice sluice\n";

static const char zsh_script[] =
    "#compdef sluice\n"
    "# zsh completion of sluice: keep it as _sluice in a directory of $fpath.\n"
    "_sluice() {\n"
    "    local line value\n"
    "    local -a ends open end_texts open_texts\n"
    "    for line in \"${(@f)$(\"${words[1]}\" __complete \"${(@)words[2,CURRENT]}\" "
    "2>/dev/null)}\"; do\n"
    "        value=${line%%$'\\t'*}\n"
    "        case $value in\n"
    "        '') ;;\n"
    "        :files) _files ;;\n"
    "        *[=/.]) open+=(\"$value\"); open_texts+=(\"${line/$'\\t'/  }\") ;;\n"
    "        *) ends+=(\"$value\"); end_texts+=(\"${line/$'\\t'/  }\") ;;\n"
    "        esac\n"
    "    done\n"
    "    (( ${#ends} )) && compadd -l -d end_texts -a ends\n"
    "    (( ${#open} )) && compadd -l -S '' -d open_texts -a open\n"
    "    return 0\n"
    "}\n"
    "if [[ $funcstack[1] == _sluice ]]; then _sluice; else compdef _sluice sluice; fi\n";

static const char fish_script[] =
    "# fish completion of sluice: keep it as ~/.config/fish/completions/sluice.fish.\n"
    "function __sluice_complete\n"
    "    set -l current (commandline -ct)\n"
    "    set -l words (commandline -opc) \"$current\"\n"
    "    for line in ($words[1] __complete $words[2..-1] 2>/dev/null)\n"
    "        if test $line = :files\n"
    "            __fish_complete_path $words[-1]\n"
    "        else\n"
    "            echo $line\n"
    "        end\n"
    "    end\n"
    "end\n"
    "complete -c sluice -f -a '(__sluice_complete)'\n";

int cmd_completion(struct cli *c)
{
    static const struct {
        const char *shell;
        const char *script;
    } scripts[] = {{"bash", bash_script}, {"zsh", zsh_script}, {"fish", fish_script}};
    for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
        if (!str_eq(c->words[0], str_of(scripts[i].shell)))
            continue;
        out_str(c, str_of(scripts[i].script));
        return EXIT_DONE;
    }
    return fail(c, EXIT_USAGE,
                arena_fmt(c->a, "no completion for \"%.*s\"", STR_ARG(c->words[0])).ptr,
                STR("shells: bash, zsh, fish"), "sluice help completion");
}
