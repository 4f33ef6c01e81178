"""The Amazon States Language: definitions read, checked and compiled; data shaped. Everything here is pure.

`parse` makes the frozen tree of `definition`, `check` says what AWS would refuse, `path`, `intrinsic`, `template` and
`choice` are compiled expressions, `dataflow`, `retry` and `wait` what the interpreter (`states`) asks of a state.
Nothing here waits, calls AWS or knows a policy. Specification: https://states-language.net/spec.html
"""
