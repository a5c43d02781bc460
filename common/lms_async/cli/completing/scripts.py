"""The scripts that make a shell ask ``lms`` for suggestions.

Each script runs ``lms`` with two variables, which :mod:`.answering` reads: the words before the
word at the cursor, one per line, and this word up to the cursor. If ``lms`` prints nothing, the
shell completes names of files.

The scripts of typer are not used. The one for PowerShell changes what Tab does in other commands,
those for fish and PowerShell need control characters in the output, and none of them lets the user
continue typing after ``FIELD=``.
"""

from __future__ import annotations

from enum import StrEnum

# After ``FIELD=``, bash and zsh would add a blank. bash before version 4 has no compopt.
_BASH = r"""
_lms_completion() {
    local IFS=$'\n' suggestion
    COMPREPLY=()
    while read -r suggestion; do
        COMPREPLY+=("${suggestion%% *}")
    done < <(_LMS_WORDS="${COMP_WORDS[*]:0:COMP_CWORD}" _LMS_WORD="${COMP_WORDS[COMP_CWORD]}" \
        lms 2>/dev/null)
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]]; then
        compopt -o nospace 2>/dev/null
    fi
}

complete -o default -F _lms_completion lms
"""
_ZSH = r"""
#compdef lms

_lms_completion() {
    local -a suggestions
    suggestions=("${(@f)$(_LMS_WORDS="${(F)words[1,CURRENT-1]}" _LMS_WORD="$PREFIX" \
        lms 2>/dev/null)}")
    suggestions=("${(@)suggestions/ /:}")
    if [[ -z "${suggestions[*]}" ]]; then
        _files
    elif [[ "${suggestions[1]%%:*}" == *= ]]; then
        _describe lms suggestions -S ''
    else
        _describe lms suggestions
    fi
}

compdef _lms_completion lms
"""
_FISH = r"""
function __lms_completion
    set -lx _LMS_WORDS (commandline -opc | string collect)
    set -lx _LMS_WORD (commandline -ct)
    set -l suggestions (lms 2>/dev/null)
    if test (count $suggestions) -gt 0
        string replace -- ' ' \t $suggestions
    else
        __fish_complete_path $_LMS_WORD
    end
end

complete --command lms --erase
complete --command lms --no-files --keep-order --arguments '(__lms_completion)'
"""
_POWERSHELL = r"""
Register-ArgumentCompleter -Native -CommandName lms -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $before = $commandAst.CommandElements |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { $_.Extent.Text }
    try {
        $env:_LMS_WORDS = $before -join "`n"
        $env:_LMS_WORD = $wordToComplete
        $suggestions = @(lms 2>$null)
    } finally {
        Remove-Item 'Env:_LMS_WORDS', 'Env:_LMS_WORD' -ErrorAction SilentlyContinue
    }
    foreach ($suggestion in $suggestions) {
        $word, $help = $suggestion -split ' ', 2
        if (-not $help) { $help = $word }
        [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $help)
    }
}
"""


class Shell(StrEnum):
    """A shell for which there is a script."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"
    POWERSHELL = "powershell"


_SCRIPTS = {
    Shell.BASH: _BASH,
    Shell.ZSH: _ZSH,
    Shell.FISH: _FISH,
    Shell.POWERSHELL: _POWERSHELL,
}


def completion_script(shell: Shell) -> str:
    """Return the script for ``shell``, which has to run when the shell starts."""
    return _SCRIPTS[shell].strip("\n")
