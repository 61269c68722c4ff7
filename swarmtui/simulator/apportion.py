"""Divide a whole number into shares, none lost to rounding."""

from collections.abc import Sequence


def apportion(weights: Sequence[float], total: int) -> list[int]:
    """Divide `total` in proportion to `weights`; the largest remainders are rounded up.

    `apportion([2, 1, 1], 4)` is `[2, 1, 1]`; shares may be 0.
    """
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    shares = [int(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda place: shares[place] - exact[place])
    for place in by_remainder[: total - sum(shares)]:
        shares[place] += 1
    return shares
