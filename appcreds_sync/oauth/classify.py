"""From the answers to a real and a random secret to a verdict. Pure.

Only two *different* answers prove a secret right: nothing in OAuth says whether a provider looks
at the client or at the code first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from appcreds_sync.model.verdict import Verdict, VerdictKind
from appcreds_sync.oauth.reply import ReplyKind

if TYPE_CHECKING:
    from appcreds_sync.oauth.reply import Reply
    from appcreds_sync.oauth.rules import ProviderRules


def verdict_of_grant(host: str, reply: Reply) -> Verdict | None:
    """Return the verdict that a `client_credentials` grant gives; None where it proves nothing."""
    match reply.kind:
        case ReplyKind.TOKEN:
            return _verdict(
                VerdictKind.RIGHT, "token-granted", f"{host} grants this client a token"
            )
        case ReplyKind.UNUSABLE:
            return unreachable(host, reply)
        case _:
            return None


def verdict_of_one(host: str, real: Reply) -> Verdict | None:
    """Return the verdict where the answer to the real secret is enough; None to ask once more."""
    if real.kind is ReplyKind.UNUSABLE:
        return unreachable(host, real)
    if real.kind is ReplyKind.TOKEN:
        return _verdict(VerdictKind.UNKNOWN, "bogus-code-accepted", f"{host} accepts a bogus code")
    if real.expired:
        return _verdict(
            VerdictKind.WRONG, "secret-expired", f"the secret has run out: {host} says {real.words}"
        )
    return None


def verdict_of_both(
    host: str, real: Reply, random: Reply, other_random: Reply | None, rules: ProviderRules
) -> Verdict:
    """Return the verdict on what the real secret got, and a random one.

    `other_random`, the answer to a second random one, is given where `rules.judged_by` is
    `difference`: it shows whether the provider's answers differ by themselves.
    """
    for reply in (random, other_random):
        if reply is not None and reply.kind is ReplyKind.UNUSABLE:
            return unreachable(host, reply)
    same = real.compared == random.compared
    if other_random is not None:
        steady = other_random.compared == random.compared
        return _by_difference(host, real, random, steady=steady, same=same)
    match (real.kind, random.kind):
        case (ReplyKind.CODE_REFUSED | ReplyKind.OTHER_ERROR, ReplyKind.CLIENT_REFUSED):
            return _verdict(
                VerdictKind.RIGHT, "told-apart", f"{host} refuses a random secret, and not this one"
            )
        case (ReplyKind.CLIENT_REFUSED, _) if same:
            return _wrong(host, real, rules)
        case _ if same:
            return _not_told_apart(host, real)
        case _:
            return _unclear(host, real, random)


def unreachable(host: str, reply: Reply) -> Verdict:
    """Return the verdict on an answer that tells nothing about the client."""
    return _verdict(VerdictKind.UNREACHABLE, reply.code, f"{host} {reply.words}")


def _by_difference(host: str, real: Reply, random: Reply, *, steady: bool, same: bool) -> Verdict:
    if not steady:
        return _verdict(
            VerdictKind.UNKNOWN, "unsteady", f"{host} answers the same request in different words"
        )
    if same:
        return _not_told_apart(host, real)
    if real.kind is ReplyKind.CLIENT_REFUSED:  # told apart, yes, but refused all the same
        return _unclear(host, real, random)
    return _verdict(
        VerdictKind.RIGHT,
        "told-apart",
        f"{host} answers all random secrets alike, and this one otherwise",
    )


def _wrong(host: str, real: Reply, rules: ProviderRules) -> Verdict:
    if real.client_unknown:
        code, words = "unknown-client", f"{host} does not know this client id: {real.words}"
    else:
        code, words = (
            "client-refused",
            f"{host} refuses this client id and secret as it refuses a random secret: {real.words}",
        )
    if rules.note:
        words = f"{words} ({rules.note})"
    return _verdict(VerdictKind.WRONG, code, words)


def _unclear(host: str, real: Reply, random: Reply) -> Verdict:
    return _verdict(
        VerdictKind.UNKNOWN,
        "unclear",
        f"{host} says {real.words} to this secret and {random.words} to a random one",
    )


def _not_told_apart(host: str, real: Reply) -> Verdict:
    if real.kind is ReplyKind.CODE_REFUSED:
        code = "code-checked-first"
        words = f"{host} looks at the code before the secret, or needs no secret: {real.words}"
    else:
        code = "not-told-apart"
        words = f"{host} answers this secret and a random one alike: {real.words}"
    return _verdict(VerdictKind.UNKNOWN, code, words)


def _verdict(kind: VerdictKind, code: str, words: str) -> Verdict:
    return Verdict(kind, code, words)
