"""What a customer is worth: RFM, and how many orders and how much money are still to come (BG/NBD, Gamma-Gamma).

BG/NBD: P. Fader, B. Hardie, K. L. Lee, "Counting Your Customers" the Easy Way, Marketing Science 24(2), 2005: somebody
buys at a rate drawn from a gamma (r, alpha) while alive and drops out after a purchase with a chance drawn from a beta
(a, b). Gamma-Gamma: P. Fader, B. Hardie, The Gamma-Gamma Model of Monetary Value, 2013: what an order is worth varies
around a mean of the customer's own, drawn from a gamma (p, q, v). Times are in days.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import betaln, expit, gammaln, hyp2f1, logsumexp

Floats = NDArray[np.float64]
MIN_CUSTOMERS = 50
"""Fewer cannot tell one customer from another: no model is fitted."""


@dataclass(frozen=True, slots=True)
class Buying:
    """Parameters of BG/NBD: rate of purchases ~ gamma(r, alpha in days), dropping out ~ beta(a, b)."""

    r: float
    alpha: float
    a: float
    b: float


@dataclass(frozen=True, slots=True)
class Spending:
    """Parameters of Gamma-Gamma, money in minor units."""

    p: float
    q: float
    v: float


def likelihood(fit: Buying, x: Floats, t_x: Floats, t: Floats) -> Floats:
    """Log-likelihood of each customer: `x` repeat purchases, the last at `t_x`, watched until `t` (equation 6)."""
    start = gammaln(fit.r + x) - gammaln(fit.r) + fit.r * np.log(fit.alpha)
    stay = betaln(fit.a, fit.b + x) - betaln(fit.a, fit.b) - (fit.r + x) * np.log(fit.alpha + t)
    gone = betaln(fit.a + 1, fit.b + np.maximum(x, 1) - 1) - betaln(fit.a, fit.b)
    gone = np.where(x > 0, gone - (fit.r + x) * np.log(fit.alpha + t_x), -np.inf)
    return np.asarray(start + logsumexp(np.stack([stay, gone]), axis=0), dtype=np.float64)


def fit_buying(x: Floats, t_x: Floats, t: Floats, weight: Floats | None = None) -> Buying | None:
    """The parameters under which these customers are most likely; None when nobody bought again or too few did.

    Customers of the same (x, t_x, t) may be given once with their number as `weight`.
    """
    many = np.ones_like(x) if weight is None else weight
    if many.sum() < MIN_CUSTOMERS or not (x > 0).any():
        return None
    scale = float(np.average(t, weights=many)) or 1.0

    def loss(logs: Floats) -> float:
        r, alpha, a, b = np.exp(logs)
        found = likelihood(Buying(r, alpha, a, b), x, t_x / scale, t / scale)
        return float(-(found * many).sum() / many.sum())

    best: Any = None
    for start in STARTS:
        found = minimize(loss, np.log(start), method="L-BFGS-B", bounds=[BOUNDS] * 4, options={"maxiter": 500})
        if best is None or found.fun < best.fun:
            best = found
        if best.success:
            break
    r, alpha, a, b = np.exp(best.x)
    return Buying(float(r), float(alpha * scale), float(a), float(b)) if np.isfinite(best.fun) else None


BOUNDS = (-8.0, 5.0)
"""Of the logarithms: where all buy alike the likelihood has its best at infinity, and 2F1 none any more."""
STARTS = ((1.0, 1.0, 1.0, 1.0), (0.3, 0.2, 0.8, 2.5), (2.0, 0.5, 0.2, 2.0))
"""In units of the mean time watched; begun elsewhere only when the search does not come to rest."""


def alive(fit: Buying, x: Floats, t_x: Floats, t: Floats) -> Floats:
    """The chance that a customer still buys; of somebody with one purchase it is 1, as the model has it."""
    log_odds = (
        np.log(fit.a)
        - np.log(fit.b + np.maximum(x, 1) - 1)
        + (fit.r + x) * (np.log(fit.alpha + t) - np.log(fit.alpha + t_x))
    )
    return np.asarray(np.where(x > 0, expit(-log_odds), 1.0), dtype=np.float64)


def expected(fit: Buying, x: Floats, t_x: Floats, t: Floats, days: float) -> Floats:
    """Orders to come of each customer in the next `days` (equation 10).

    Written by Euler's transformation of 2F1, whose parameters stay small: as printed it overflows for who buys often.
    """
    a = fit.a if abs(fit.a - 1) > 1e-6 else 1 + 1e-6
    top = a + fit.b + x - 1
    rate = np.clip(days / (fit.alpha + t + days), 0, 1 - 1e-12)
    grown = (1 - rate) ** (a - 1) * hyp2f1(a + fit.b - 1 - fit.r, a - 1, top, rate)
    found = top / (a - 1) * (1 - grown) * alive(fit, x, t_x, t)
    # Where 2F1 is beyond floats: as if nobody who is still here dropped out within these days.
    staying = alive(fit, x, t_x, t) * (fit.r + x) / (fit.alpha + t) * days
    return np.asarray(np.where(np.isfinite(found), np.maximum(found, 0), staying), dtype=np.float64)


def fit_spending(x: Floats, mean: Floats) -> Spending | None:
    """Gamma-Gamma of those who bought again: `mean` is what an order of theirs was worth. None for too few."""
    good = (x > 0) & (mean > 0)
    if good.sum() < MIN_CUSTOMERS:
        return None
    n, m = x[good], mean[good]
    scale = float(m.mean())
    m = m / scale

    def loss(logs: Floats) -> float:
        p, q, v = np.exp(np.clip(logs, -12, 12))
        found = (
            gammaln(p * n + q) - gammaln(p * n) - gammaln(q) + q * np.log(v)
            + (p * n - 1) * np.log(m) + p * n * np.log(n) - (p * n + q) * np.log(n * m + v)
        )  # fmt: skip
        return float(-found.mean())

    best: Any = minimize(loss, np.log([2.0, 3.0, 2.0]), method="L-BFGS-B", options={"maxiter": 500})
    p, q, v = np.exp(np.clip(best.x, -12, 12))
    return Spending(float(p), float(q), float(v * scale)) if np.isfinite(best.fun) and q > 1 else None


def worth(fit: Spending, x: Floats, mean: Floats) -> Floats:
    """What an order of each customer will be worth: their own mean drawn towards everybody's, minor units."""
    everybody = fit.p * fit.v / (fit.q - 1)
    own = fit.p * x / (fit.p * x + fit.q - 1)
    return np.asarray(np.where(x > 0, (1 - own) * everybody + own * mean, everybody), dtype=np.float64)


def fifths(values: Floats) -> NDArray[np.int64]:
    """1 to 5 by rank: equal values get the same, 5 is the highest."""
    if values.size == 0:
        return np.zeros(0, dtype=np.int64)
    ordered = np.sort(values)
    rank = (np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right") - 1) / 2
    return np.clip((rank * 5 / values.size).astype(np.int64) + 1, 1, 5)
