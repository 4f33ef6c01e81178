"""The policy language: who may do what, and why not.

A room without waiting and without AWS clients: values go in, a `Decision` comes out. It knows the ground
(ARNs, documents, sources, faults) and nothing of workflows, worlds or calls. The walk through it:

    parse       a document becomes a `Policy`, or `Rejected` with every fault (grammar, operators)
    evaluate    a `Request` and the `Policies` become a `Decision` with its reasons (layers, judgement,
                principal, match, variables, conditions)
    message     the sentence AWS prints for a refusal
    nearest     the statement that came nearest to allowing
    remedy      the smallest policy change that would allow exactly this request

Facts: reference/iam-evaluation.md; what is inferred is marked so in the docstring that relies on it.
"""
