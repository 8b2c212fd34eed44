"""The unsigned fields of a signature's CMS must agree with the signed ones.

RFC 5652: the list of digest algorithms, the versions and the outer lengths are under no signature.
So the list must be that of the signers, the versions those that follow from the content, and
nothing may stand between the fields; bytes behind the CMS are zeros (revisions looks at them).
"""

from __future__ import annotations

from typing import Any


def consistent(cms: bytes) -> bool:
    """Whether a CMS (with or without trailing zeros) is spelt as its signed parts require."""
    from asn1crypto.cms import ContentInfo

    try:
        content = ContentInfo.load(cms)
        signed = content["content"]
        signers = list(signed["signer_infos"])
        stated = [algorithm.dump() for algorithm in signed["digest_algorithms"]]
        used = {signer["digest_algorithm"].dump() for signer in signers}
        return (
            all(map(_only_fields, (content, signed, *signers)))
            and len(stated) == len(used)
            and set(stated) == used
            and signed["version"].native == _version(signed, signers)
            and all(signer["version"].native == _signer_version(signer) for signer in signers)
        )
    except (ValueError, TypeError, KeyError):  # what asn1crypto says of bytes that are no CMS
        return False


def _only_fields(sequence: Any) -> bool:
    """Whether the bytes of the sequence are those of its fields and no more."""
    names = [name for name, *_ in sequence._fields]
    return sum(len(sequence[name].dump()) for name in names) == len(sequence.contents)


def _version(signed: Any, signers: list[Any]) -> str:
    plain = signed["encap_content_info"]["content_type"].native == "data"
    return "v1" if plain and all(_signer_version(one) == "v1" for one in signers) else "v3"


def _signer_version(signer: Any) -> str:
    return "v1" if signer["sid"].name == "issuer_and_serial_number" else "v3"
