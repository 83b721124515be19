"""Certified enclosures of real numbers, for values that are not rational.

An `Interval` is a pair of integers over a power of two that encloses one real
number; every operation rounds outwards, so the enclosure is never lost. `exp`,
`log`, `erf` and `root` stay exact where the value is rational (exp 0, log 1, erf 0,
the root of a perfect power) and enclose it otherwise.

Sources: R. E. Moore, Interval Analysis (1966), for the arithmetic; the Taylor
series of exp with halved argument, log x = 2 artanh((x-1)/(x+1)), Machin's formula
for pi, and the series of erf with positive terms (Abramowitz and Stegun 7.1.6), with
the error bounds derived where they are used.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, isqrt

from symgrad.calculus.limits import LimitReached
from symgrad.records import dataclass

GUARD = 16
"""Extra bits inside `exp`, `log`, `erf` and `root`, so that the result is good to the last ones."""

LARGEST_EXPONENT = 2000
"""Above it `exp` gives up: its value would fill a page."""

LARGEST_ERF = 20
"""Above it `erf` is 1 up to 2^-577, and is enclosed by that."""


class NoValue(Exception):  # noqa: N818 - a state, not a fault
    """An expression has no value at this point; no claim is tested there."""


class Undefined(NoValue):
    """Division by zero, logarithm or root outside its domain, position outside its range."""


@dataclass(frozen=True, slots=True, eq=False)
class Interval:
    """A real number between `low / 2**bits` and `high / 2**bits`, both included."""

    low: int
    high: int
    bits: int

    def bounds(self) -> tuple[Fraction, Fraction]:
        """The two ends as rationals."""
        unit = 1 << self.bits
        return Fraction(self.low, unit), Fraction(self.high, unit)

    def excludes_zero(self) -> bool:
        """Whether the number is certainly not zero."""
        return self.low > 0 or self.high < 0

    def __str__(self) -> str:
        return f"[{_decimal(self.low, self.bits, 0)}, {_decimal(self.high, self.bits, 1)}]"

    def __add__(self, other: Scalar) -> Interval:
        if isinstance(other, int):
            shift = other << self.bits
            return Interval(self.low + shift, self.high + shift, self.bits)
        if not isinstance(other, Fraction | Interval):
            return NotImplemented
        other = enclose(other, self.bits)
        return Interval(self.low + other.low, self.high + other.high, self.bits)

    __radd__ = __add__

    def __mul__(self, other: Scalar) -> Scalar:
        if isinstance(other, int):
            if other >= 0:
                # Exactly 0 times a number is exactly 0: no width, and not an interval.
                return Interval(self.low * other, self.high * other, self.bits) if other else 0
            return Interval(self.high * other, self.low * other, self.bits)
        if not isinstance(other, Fraction | Interval):
            return NotImplemented
        if isinstance(other, Fraction) and not other:
            return 0
        other = enclose(other, self.bits)
        products = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(products) >> self.bits, -(-max(products) >> self.bits), self.bits)

    __rmul__ = __mul__

    def reciprocal(self) -> Interval:
        """1 / x; `Undefined` where x may be zero."""
        if not self.excludes_zero():
            raise Undefined("division by a number that may be zero")
        one = 1 << 2 * self.bits
        return Interval(one // self.high, -(-one // self.low), self.bits)

    def power(self, exponent: int) -> Scalar:
        """X to an integer exponent, by squaring."""
        if exponent < 0:
            return inverse(self.power(-exponent))
        if exponent > LARGEST_EXPONENT:
            raise LimitReached("exponent")
        result: Scalar = 1
        square: Scalar = self
        while exponent:
            if exponent & 1:
                result = result * square
            square = square * square
            exponent >>= 1
        return result


Scalar = int | Fraction | Interval
"""A number; integers are kept apart from fractions because they are ten times faster."""


def enclose(number: Scalar, bits: int) -> Interval:
    """The number as an interval of this precision, rounded outwards."""
    if isinstance(number, Interval):
        shift = bits - number.bits
        if shift >= 0:
            return Interval(number.low << shift, number.high << shift, bits)
        return Interval(number.low >> -shift, -(-number.high >> -shift), bits)
    numerator = number.numerator << bits
    low = numerator // number.denominator
    return Interval(low, low + (low * number.denominator != numerator), bits)


def inverse(number: Scalar) -> Scalar:
    """1 / x, exact for a rational; `Undefined` where x is or may be zero."""
    if isinstance(number, Interval):
        return number.reciprocal()
    if not number:
        raise Undefined("division by zero")
    return Fraction(1) / number


def exp(number: Scalar, bits: int) -> Scalar:
    """The exponential; exact at 0."""
    if not isinstance(number, Interval) and number == 0:
        return 1
    guarded = enclose(number, bits + GUARD)
    limit = LARGEST_EXPONENT << guarded.bits
    if guarded.low < -limit or guarded.high > limit:
        raise LimitReached("exponential of a large number")
    low, high = _exp(guarded.low, guarded.bits)[0], _exp(guarded.high, guarded.bits)[1]
    return enclose(Interval(low, high, guarded.bits), bits)


def log(number: Scalar, bits: int) -> Scalar:
    """The natural logarithm; exact at 1, `Undefined` unless the number is surely positive."""
    if not isinstance(number, Interval) and number == 1:
        return 0
    guarded = enclose(number, bits + GUARD)
    if guarded.low <= 0:
        raise Undefined("logarithm of a number that may not be positive")
    low, high = _log(guarded.low, guarded.bits)[0], _log(guarded.high, guarded.bits)[1]
    return enclose(Interval(low, high, guarded.bits), bits)


def pi(bits: int) -> Interval:
    """Pi = 16 arctan(1/5) - 4 arctan(1/239) (Machin)."""
    fine = bits + GUARD
    low, high = _arctan_of_inverse(5, fine)
    less_low, less_high = _arctan_of_inverse(239, fine)
    return enclose(Interval(16 * low - 4 * less_high, 16 * high - 4 * less_low, fine), bits)


def erf(number: Scalar, bits: int) -> Scalar:
    """The error function; exact at 0."""
    if not isinstance(number, Interval) and number == 0:
        return 0
    guarded = enclose(number, bits + GUARD)
    low, high = _erf(guarded.low, guarded.bits)[0], _erf(guarded.high, guarded.bits)[1]
    return enclose(Interval(low, high, guarded.bits), bits)


def root(number: Scalar, degree: int, bits: int) -> Scalar:
    """The positive root of a positive number; exact where the number is a perfect power."""
    if degree > LARGEST_EXPONENT:
        raise LimitReached("root of a high degree")
    if not isinstance(number, Interval):
        if number <= 0:
            raise Undefined("root of a number that is not positive")
        exact = Fraction(
            _integer_root(number.numerator, degree), _integer_root(number.denominator, degree)
        )
        if exact**degree == number:
            return exact
    # (x 2^(d b))^(1/d) = x^(1/d) 2^b: the root of the scaled integer has b bits.
    scaled = enclose(number, degree * (bits + GUARD))
    if scaled.low <= 0:
        raise Undefined("root of a number that may not be positive")
    low, high = _integer_root(scaled.low, degree), _integer_root(scaled.high, degree) + 1
    return enclose(Interval(low, high, bits + GUARD), bits)


def _exp(a: int, bits: int) -> tuple[int, int]:
    """Bounds of exp(a / 2^bits), times 2^bits.

    exp x = (exp(x / 2^m))^(2^m) with r = x / 2^m < 1/16. The n-th Taylor term is
    floored twice, so its error e_n <= e_(n-1) / 16 + 2 < 3 units; after N terms
    the last is below 3 units and the rest below 1: in all less than 3 N + 1.
    """
    if a < 0:
        # The inverse of bounds that are good to `bits` relative to a value >= 1.
        low, high = _exp(-a, bits)
        one = 1 << 2 * bits
        return one // high, -(-one // low)
    halvings = max(0, a.bit_length() - bits + 4)
    # Squaring doubles the relative error: one more bit for each.
    fine = bits + halvings + GUARD
    r = a << GUARD  # r / 2^fine = x / 2^halvings
    term = total = 1 << fine
    n = 0
    while term:
        n += 1
        term = (term * r >> fine) // n
        total += term
    low, high = total, total + 3 * n + 1
    for _ in range(halvings):
        low, high = low * low >> fine, -(-high * high >> fine)
    shift = fine - bits
    return low >> shift, -(-high >> shift)


def _log(a: int, bits: int) -> tuple[int, int]:
    """Bounds of log(a / 2^bits), times 2^bits, for a > 0.

    a / 2^bits = y 2^k with 1/2 <= y < 1, and log y = -2 artanh((1 - y) / (1 + y)).
    """
    fine = bits + GUARD
    length = a.bit_length()
    k = length - bits
    low, high = _artanh((1 << length) - a, (1 << length) + a, fine)
    two = _artanh(1, 3, fine)  # log 2 = 2 artanh(1/3)
    shift_low, shift_high = two if k >= 0 else two[::-1]
    low, high = 2 * k * shift_low - 2 * high, 2 * k * shift_high - 2 * low
    return low >> GUARD, -(-high >> GUARD)


def _artanh(numerator: int, denominator: int, bits: int) -> tuple[int, int]:
    """Bounds of artanh(t) = sum t^(2n+1) / (2n+1), times 2^bits, for 0 <= t <= 1/3.

    One series is rounded down, the other up; what is left out is at most the
    next power over 1 - t^2 >= 8/9, so less than twice that power.
    """
    low_power = (numerator << bits) // denominator
    high_power = low_power + 1
    low_square = low_power * low_power >> bits
    high_square = (high_power * high_power >> bits) + 1
    low = high = 0
    odd = 1
    while low_power:
        low += low_power // odd
        high += high_power // odd + 1
        low_power = low_power * low_square >> bits
        high_power = (high_power * high_square >> bits) + 1
        odd += 2
    return low, high + 2 * high_power


def _arctan_of_inverse(n: int, bits: int) -> tuple[int, int]:
    """Bounds of arctan(1/n) = sum (-1)^k / ((2k+1) n^(2k+1)), times 2^bits, for n >= 2.

    Each term is floored twice, so that it is off by less than 2; the terms alternate and
    decrease, so that what is left out after the last is less than 1.
    """
    power = (1 << bits) // n
    total = k = 0
    while power:
        total += -(power // (2 * k + 1)) if k & 1 else power // (2 * k + 1)
        power //= n * n
        k += 1
    return total - 2 * k - 1, total + 2 * k + 1


def _erf(a: int, bits: int) -> tuple[int, int]:
    """Bounds of erf(x), times 2^bits, for x = a / 2^bits.

    erf x = 2 / sqrt(pi) exp(-x^2) S, see `_erf_series`; beyond LARGEST_ERF it lies between
    1 - exp(-x^2) and 1, since 1 - erf(x) < exp(-x^2) / (x sqrt(pi)).
    """
    if a < 0:
        low, high = _erf(-a, bits)
        return -high, -low
    square = Fraction(a * a, 1 << 2 * bits)
    if square > LARGEST_ERF**2:
        decay = enclose(exp(-Fraction(LARGEST_ERF**2), bits), bits)
        return (1 << bits) - decay.high, 1 << bits
    # S is less than x exp(x^2): as many bits more before exp(-x^2) takes them back.
    fine = bits + GUARD + 2 * ceil(square)
    series = Interval(*_erf_series(a, bits, fine), fine)
    scale = enclose(root(pi(fine), 2, fine), fine).reciprocal() * 2
    result = enclose(series * scale * exp(-square, fine), bits)
    return result.low, result.high


def _erf_series(a: int, bits: int, fine: int) -> tuple[int, int]:
    """Bounds of S = sum 2^n x^(2n+1) / (1 3 5 ... (2n+1)), times 2^fine, for x = a / 2^bits >= 0.

    One series is rounded down, the other up. It ends where the quotient of terms is at most
    1/2, so that all that is left out is at most the last term.
    """
    low = high = low_term = high_term = a << fine - bits
    numerator, unit = 2 * a * a, 1 << 2 * bits
    odd = 3
    while low_term or 2 * numerator > odd * unit:
        low_term = low_term * numerator // (odd * unit)
        high_term = -(-high_term * numerator // (odd * unit))
        low += low_term
        high += high_term
        odd += 2
    return low, high + high_term


def _integer_root(number: int, degree: int) -> int:
    """The largest integer whose power of this degree is at most the number (Newton)."""
    if degree == 1 or number < 2:
        return number
    if degree == 2:
        return isqrt(number)
    guess = 1 << -(-number.bit_length() // degree)  # not below the root
    while True:
        better = ((degree - 1) * guess + number // guess ** (degree - 1)) // degree
        if better >= guess:
            return guess
        guess = better


def _decimal(scaled: int, bits: int, up: int) -> str:
    """The number with 12 decimals, rounded down, or up by one unit of the last."""
    tenth = (scaled * 10**12 >> bits) + up
    sign, digits = "-" if tenth < 0 else "", str(abs(tenth)).rjust(13, "0")
    return f"{sign}{digits[:-12]}.{digits[-12:]}"
