"""HTTP messages and calls, both ways, by botocore's models: what stands between AWS's clients and the gate.

`message` is what comes and goes, `request` reads one and `answer` writes one; `signature` and `authentication` say who
signed it. Everything here is pure: no sockets, no waiting, no moto. Documents hold no bytes and no dates: see
`content`. Protocols: https://smithy.io/2.0/aws/protocols.
"""
