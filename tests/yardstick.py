"""The yardstick of verdicts: random runs, each judged by its numbers and by its run of 20 times the length.

`make yardstick` judges 5,000; the tests a sample. What counts as contradicted, for each kind, is said by
the function of that kind in JUDGES: it returns a complaint, or nothing. L is the loss, T the last iterate
of the short run; the scale is how far the highest loss of the short run lies above the lowest known.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

from gdanim.descent import Trajectory, descend
from gdanim.losses import LOSSES, make_loss
from gdanim.losses.base import Array, Loss
from gdanim.optimizers import OPTIMIZERS, SCHEDULES, make_schedule
from gdanim.optimizers.schedules import constant

LONGER = 20
ALLOWED = 5  # contradicted in 1,000 runs; none on quadratics and bowls
FORMULAS = (
    "x^4 - 3*x^2 + x",
    "exp(-w)",
    "w - log(w)",
    "(w1-w2)^2",
    "w1^2 - w2^2 + w1*w2",
    "w1*w2",
    "-w^2",
    "sin(w1) + cos(w2)",
    "w^4",
    "(w-100)^2",
)
ANY_SIZE = ("quadratic", "styblinski-tang", "rastrigin", "rosenbrock", "ackley", "griewank")
HARD = (  # what was once judged wrong, more often than by chance
    ("double-well", "rmsprop"),
    ("x^4 - x^2", "rmsprop"),
    ("double-well", "adagrad"),
    ("x^3 - x", "adagrad"),
    ("bowl", "adagrad"),
    ("rosenbrock", "adagrad"),
    ("wavy", "lbfgs"),
    ("two-wells", "lbfgs"),
    ("double-well", "radam"),
    ("monkey-saddle", "radam"),
    ("himmelblau", "radam"),
    ("quadratic", "gd"),
    ("bowl", "gd"),
    ("himmelblau", "gd"),
    ("bowl", "newton"),
)
BY_SLOPE = ("gd", "momentum", "nesterov")  # their steps grow with the gradient
BY_CURVATURE = ("newton", "backtracking", "lbfgs")


class Setting(NamedTuple):
    """One run, as it would be typed."""

    loss: str
    optimizer: str
    start: tuple[float, ...]
    learning_rate: float
    iterations: int
    schedule: str
    noise: float
    seed: int


class Case(NamedTuple):
    """A run, what it became, and how it went on.

    Attributes:
        quadratic: whether the loss is one.
        limit: 2/λmax there, by the loss's own numbers; infinite for any other loss.
    """

    setting: Setting
    loss: Loss
    short: Trajectory
    long: Trajectory
    quadratic: bool
    limit: float

    @property
    def last(self) -> int:
        return self.short.iterations

    @property
    def later(self) -> Array:
        """The loss from T on."""
        return self.long.loss[self.last :]

    @property
    def scale(self) -> float:
        low = min([float(self.short.loss.min()), *(m.value for m in self.loss.minima)])
        return max(float(self.short.loss.max()) - low, 1e-300)

    @property
    def gone(self) -> float:
        return float(np.linalg.norm(self.short.theta - self.short.theta[-1], axis=1).max())

    @property
    def moved(self) -> float:
        """How far the long run ever gets from iterate T."""
        return float(np.linalg.norm(self.long.theta[self.last :] - self.short.theta[-1], axis=1).max())

    @property
    def out(self) -> float:
        """How far outside the landscape iterate T is, in the landscape's sizes."""
        low, high = np.array(self.loss.domain).T
        theta = self.short.theta[-1]
        return float(np.maximum(low - theta, theta - high).max() / (high - low).max())

    @property
    def ended(self) -> bool:
        """Whether the long run ran out of numbers."""
        return self.long.iterations < LONGER * self.setting.iterations

    @property
    def slope(self) -> float:
        return float(np.linalg.norm(self.loss.gradient(self.short.theta[-1])))

    def eigenvalues(self, theta: Array) -> Array:
        return np.asarray(np.linalg.eigvalsh(self.loss.hessian(theta)))

    def steep(self, k: int) -> float:
        """The gradient of iterate k of the long run, in the direction of the largest eigenvalue."""
        _, vectors = np.linalg.eigh(self.loss.hessian(self.long.theta[0]))
        return abs(float(vectors[:, -1] @ self.loss.gradient(self.long.theta[k])))

    @property
    def steps(self) -> Array:
        """Lengths of the long run's steps."""
        return np.asarray(np.linalg.norm(np.diff(self.long.theta, axis=0), axis=1))


@cache
def loss_of(call: str, dimension: int | None = None) -> Loss:
    return make_loss(call, dimension=dimension)


def random_setting(rng: np.random.Generator) -> Setting:
    names = [*LOSSES, *["quadratic", "bowl"] * 4, *FORMULAS]
    name = str(names[rng.integers(len(names))])
    optimizer = str(rng.choice(list(OPTIMIZERS))) if rng.random() < 0.6 else "gd"
    hard = rng.random() < 0.15
    if hard:
        name, optimizer = HARD[rng.integers(len(HARD))]
    call, dimension = name, None
    if name == "bowl":
        call = f"bowl:condition={10 ** rng.uniform(-1, 2.5):.4g}"
        call += f",rotation={rng.uniform(0, 180):.4g}" if rng.random() < 0.5 else ""
    if name == "quadratic":
        call = f"quadratic:curvature={10 ** rng.uniform(-2, 2):.4g}"
    if name in ANY_SIZE and rng.random() < 0.5:
        dimension = int(rng.integers(2 if name == "rosenbrock" else 1, 5))
    loss = loss_of(call, dimension)
    low, high = np.array(loss.domain).T
    start = rng.uniform(low, high)
    if name == "w - log(w)":
        start = np.abs(start) + 0.01
    if rng.random() < 0.15:  # a round number, or an axis exactly
        start = np.round(start)
    if rng.random() < 0.1:
        start = np.array(loss.start)
    start = np.where(np.isfinite(loss.gradient(start)), start, 1.0)
    steepest = float(np.abs(np.linalg.eigvalsh(loss.hessian(start))).max())
    size = float(np.linalg.norm(high - low))
    if optimizer in BY_SLOPE:
        rate = 2 / max(steepest, 1e-3 * 2 / size) * 10 ** rng.uniform(-2.5, 0.5)
        if rng.random() < 0.1:
            rate = 2 / max(steepest, 1e-3)
    elif optimizer in BY_CURVATURE:
        rate = 10 ** rng.uniform(-1.5, 0.4)
    else:
        rate = size * 10 ** rng.uniform(-3.5, 0.3)
    if optimizer == "radam" and rng.random() < 0.5:  # its first steps grow with the gradient
        rate = 2 / max(steepest, 1e-3 * 2 / size) * 10 ** rng.uniform(-1, 2)
    schedule = str(rng.choice(list(SCHEDULES))) if rng.random() < 0.2 else "constant"
    noise = 0.0
    if rng.random() < (0.5 if hard and optimizer == "gd" else 0.15):
        noise = float(np.linalg.norm(loss.gradient(start))) * 10 ** rng.uniform(-4, 0.5)
    return Setting(
        call,
        optimizer,
        tuple(float(f"{x:.6g}") for x in start),
        float(f"{rate:.6g}"),
        round(10 ** rng.uniform(0, np.log10(200))),
        schedule,
        float(f"{noise:.3g}"),
        int(rng.integers(1000)),
    )


def case_of(setting: Setting) -> Case:
    """Run it, and run it longer; the schedule goes on as it began."""
    loss = loss_of(setting.loss, len(setting.start))
    schedule = make_schedule(setting.schedule, setting.iterations)

    def run(iterations: int) -> Trajectory:
        return descend(
            loss,
            setting.optimizer,
            start=setting.start,
            learning_rate=setting.learning_rate,
            iterations=iterations,
            schedule=constant() if setting.schedule == "constant" else schedule,
            noise=setting.noise,
            seed=setting.seed,
        )

    quadratic = loss.name in ("quadratic", "bowl")
    limit = float("inf")
    if quadratic:
        limit = 2 / float(np.linalg.eigvalsh(loss.hessian(np.zeros(len(setting.start))))[-1])
    return Case(setting, loss, run(setting.iterations), run(LONGER * setting.iterations), quadratic, limit)


def judge(case: Case) -> str | None:
    """A complaint about the short run's verdict, or nothing."""
    with np.errstate(all="ignore"):
        return JUDGES[case.short.outcome.kind](case)


def nothing_claimed(case: Case) -> str | None:
    """Only where the run stands: at its start."""
    return None


def stands_still(case: Case) -> str | None:
    """ "Has not moved": an iterate from `step` on differs from the last of the short run; or it exploded."""
    if case.short.loss[-1] > 1e30 * max(1.0, abs(case.short.loss[0])):
        return "it diverged"
    since = case.short.theta[case.short.outcome.step :]
    return "it moved" if (since != case.short.theta[-1]).any() else None


def stays(case: Case) -> str | None:
    """ "Converges", "local minimum": the longer run gets off by over 1e-3 of the scale of the loss, or by
    a twentieth of the way gone with a loss that is different; or the Hessian has a negative eigenvalue."""
    if case.ended:
        return "it overflows"
    off = np.abs(case.later - case.short.loss[-1])
    if case.gone and off.max() > 1e-3 * case.scale:
        return f"the loss gets {off.max() / case.scale:.3g} of its scale away"
    values = case.eigenvalues(case.short.theta[-1])
    if values[0] < -1e-5 * max(np.abs(values).max(), 1e-9):
        return f"a negative eigenvalue, {values[0]:.3g}"
    return None


def local_minimum(case: Case) -> str | None:
    """As "converges"; and no longer run gets lower than a tenth of the gap."""
    gap = case.short.outcome.gap
    assert gap is not None
    if case.ended:
        return "it overflows"
    if np.abs(case.later - case.short.loss[-1]).max() > 0.1 * gap + 1e-2 * case.scale:
        return "it gets out"
    return None


def comes_near(case: Case) -> str | None:
    """ "Close to a minimum": the longer run ends higher, or a twentieth of the way gone away, or gets
    away by 5 % of the scale in between."""
    if case.ended:
        return "it overflows"
    lowest = float(case.later.min())
    left = (case.short.loss[-1] - lowest) / (case.short.loss[0] - lowest)
    if left > 0.02:
        return f"{left:.2g} of the loss is left"
    if case.later[-1] > case.short.loss[-1] + 1e-3 * case.scale:
        return "it ends higher"
    if np.abs(case.later - case.short.loss[-1]).max() > 0.05 * case.scale:
        return "it gets away"
    return None


def is_close(case: Case) -> str | None:
    """ "Close to a minimum, so far": four Newton steps from the end do not lead to a point where the gradient
    is a thousandth of that at the start, less than a fiftieth of the way away: of the way gone, and of that
    from the start; or more than a fiftieth of the start's loss above it is left."""
    theta = case.short.theta[-1]
    for _ in range(4):
        theta = theta - np.linalg.pinv(case.loss.hessian(theta)) @ case.loss.gradient(theta)
    away, begun = (float(np.linalg.norm(theta - case.short.theta[k])) for k in (-1, 0))
    first = np.linalg.norm(case.loss.gradient(case.short.theta[0]))
    found = np.linalg.norm(case.loss.gradient(theta)) <= 1e-3 * first and case.eigenvalues(theta)[0] > 0
    lowest = float(case.loss.value(theta))
    if not found or away > 0.02 * min(case.gone, begun):
        return "it is not"
    left = (case.short.loss[-1] - lowest) / (case.short.loss[0] - lowest)
    return f"{left:.2g} of the loss is left" if left > 0.02 else None


def has_fallen(case: Case) -> str | None:
    """ "Falls so far": the last loss is not below the first, or not the lowest so far."""
    loss = case.short.loss
    return None if loss[-1] < loss[0] and loss[-1] <= loss.min() else "it was lower before"


def goes_on_down(case: Case) -> str | None:
    """ "Still descending": iterate T is not the lowest so far, or the longer run never gets lower."""
    if case.short.loss[-1] > case.short.loss.min():
        return "the loss was lower before"
    if not case.later.min() < case.short.loss[-1] and not case.ended:
        return "it never gets lower"
    return None


def crawls(case: Case) -> str | None:
    """ "Crawls": as "still descending"; or three times the rate ends higher after as many steps."""
    setting = case.setting._replace(learning_rate=3 * case.setting.learning_rate)
    faster = case_of(setting).short
    if faster.iterations < case.last or faster.loss[-1] > case.short.loss[-1]:
        return "three times the rate is no better"
    return goes_on_down(case)


def comes_closer(case: Case) -> str | None:
    """ "Swings and comes closer": the later half's steps do not turn back; the longer run ends higher, or
    ever rises over what the later half saw, or its last steps are not half as long as the last so far
    (on a quadratic: not shorter, for η may be as near to the limit as it likes);
    or η = … < 2/λmax does not hold on a quadratic."""
    if case.ended:
        return "it overflows"
    half = case.last // 2
    if case.later.max() > case.short.loss[half:].max() + 1e-9 * case.scale:
        return "the loss rises again"
    if case.later[-1] > case.short.loss[-1]:
        return "it ends higher"
    before, after = case.steps[half : case.last].max(), case.steps[-3:].max()
    share = 1 - 1e-12 if case.quadratic else 0.5
    if after > share * before and after > 1e-9 * case.gone:
        return f"its steps are still {after / before:.3g} as long"
    if case.short.plain and case.setting.schedule == "constant" and case.short.learning_rate >= case.limit:
        return "η ≥ 2/λmax"
    return None


def bounces(case: Case) -> str | None:
    """ "Bounces (from k on)": after k the distance to the iterate before the last one exceeds 1e-3 of a step
    anywhere in the longer run."""
    theta = case.long.theta[case.short.outcome.step :]
    if case.ended or np.abs(theta[2:] - theta[:-2]).max() > 1e-3 * case.steps[case.last - 1]:
        return "it does not repeat"
    return None


def zigzags(case: Case) -> str | None:
    """ "Zig-zags": the longer run ends higher or rises over what the later half saw; the condition number
    is not that of the Hessian where the longer run ends, within a third."""
    condition = case.short.outcome.condition
    assert condition is not None
    values = case.eigenvalues(case.long.theta[-1])
    if case.ended or case.later[-1] > case.short.loss[-1]:
        return "it ends higher"
    if not 0.67 < condition / (values[-1] / values[0]) < 1.5:
        return f"the condition number is {values[-1] / values[0]:.3g}"
    return None


def rose(case: Case) -> str | None:
    """ "Overshoots: the loss rises again after k": it does not, or had not fallen before."""
    k = case.short.outcome.step
    loss = case.short.loss
    fell = loss[k] < loss[: k + 1].max()
    return (
        None if loss[k + 1] > loss[k] and fell else "the loss does not rise after k, or did not fall before"
    )


def recovers(case: Case) -> str | None:
    """ "Jumps up, then falls below where it began": one of the two is not so."""
    loss = case.short.loss
    return None if loss[1] > loss[0] > loss[-1] else "it does not"


def runs_away(case: Case) -> str | None:
    """ "Diverges": the longer run comes back to the loss at the start, or, where it is lost far outside
    the landscape, nearer than half of how far it is; or η > 2/λmax is said and false."""
    if case.short.loss[-1] < case.short.loss[0]:
        low, high = np.array(case.loss.domain).T
        away = np.abs(case.long.theta[case.last :] - (low + high) / 2).max(axis=1)
        lost = case.out > 1e3 and away.min() > 0.5 * away[0]
        return None if lost else "it is below its start, and not lost"
    if case.long.loss[case.last + 1 :].min(initial=np.inf) <= case.long.loss[0] + 1e-9 * case.scale:
        return "it comes back to its start"
    if (case.long.loss[case.short.outcome.step + case.short.outcome.overflow :] < case.long.loss[0]).any():
        return "it was below its start after k"
    if case.quadratic and case.short.plain and not case.setting.noise and not case.ended:
        return None if case.short.learning_rate > case.limit * (1 - 1e-6) else "η ≤ 2/λmax"
    return None


def is_above(case: Case) -> str | None:
    """ "Rises so far": the last loss is not the highest so far, or not above the first."""
    loss = case.short.loss
    if loss[-1] > 1e100:
        return "it diverges"
    return None if loss[-1] > loss[0] and loss[-1] >= loss.max() else "the loss was higher before"


def is_higher(case: Case) -> str | None:
    """ "Higher than at the start": the last loss is not above the first."""
    return None if case.short.loss[-1] > case.short.loss[0] else "it is not"


def will_diverge(case: Case) -> str | None:
    """ "Falls so far, but will diverge", "Rises again and will diverge": it has not fallen so far, it does
    not rise; η ≤ 2/λmax for gradient descent on a quadratic;
    on a quadratic the gradient in the steepest direction is shorter at the longer run's end."""
    loss = case.short.loss
    if case.short.outcome.kind == "unstable" and loss[-1] > loss.min():
        return "it was lower before"
    if case.short.outcome.kind == "growing" and not loss[0] > loss[-1] > loss.min():
        return "it is not between"
    if case.short.outcome.limit and not loss[-1] >= loss[-2] and case.short.outcome.kind == "growing":
        return "it does not rise"
    if case.quadratic and case.short.plain and case.short.learning_rate < case.limit * (1 - 1e-9):
        return "η ≤ 2/λmax"
    if (
        case.quadratic
        and not case.setting.noise
        and not case.ended
        and case.steep(-1) < case.steep(case.last)
    ):
        return "it gets closer in the steepest direction"
    return None


def cannot_settle(case: Case) -> str | None:
    """ "Cannot settle": the longer run's gradient vanishes beside where the shorter ended, at a minimum."""
    if case.ended:
        return None
    slope = np.linalg.norm(case.loss.gradient(case.long.theta[-1]))
    first = np.linalg.norm(case.loss.gradient(case.short.theta[0]))
    away = np.linalg.norm(case.long.theta[-1] - case.short.theta[-1])
    return "it does" if slope <= 1e-6 * first and away <= 0.05 * case.gone else None


def stalls(case: Case) -> str | None:
    """ "Closer along one direction, bounces along another": the longer run ends with a loss that is higher,
    or with a gradient in the steepest direction that is not as long as now."""
    if case.ended or case.long.loss[-1] > case.short.loss[-1] + 1e-6 * case.scale:
        return "it ends higher"
    return None if 0.999 < case.steep(-1) / case.steep(case.last) < 1.001 else "the bounce is not as long"


def unstable_point(case: Case) -> str | None:
    """A saddle or a maximum: "stuck", and the longer run gets away by a hundredth of the way gone;
    "lingers" claims no future; for both, eigenvalues of the wrong sign, or no flat spot."""
    values = case.eigenvalues(case.short.theta[-1])
    if not values[0] < 0 or ("maximum" in case.short.outcome.kind and values[-1] > 1e-6 * -values[0]):
        return f"the eigenvalues are {values}"
    if "linger" in case.short.outcome.kind:
        return None
    if case.ended or case.moved > 0.01 * max(case.gone, 1.0):
        return "it gets away"
    return None


def flat(case: Case) -> str | None:
    """ "On a plateau": within its own length again it gains over a tenth of the gap; or it is in a minimum,
    by a Newton step of a ten-thousandth of the landscape that leaves a hundredth of the gradient."""
    theta, hessian = case.short.theta[-1], case.loss.hessian(case.short.theta[-1])
    move = -np.linalg.pinv(hessian) @ case.loss.gradient(theta)
    low, high = np.array(case.loss.domain).T
    short = float(np.linalg.norm(move)) < 1e-4 * float((high - low).max())
    left = np.linalg.norm(case.loss.gradient(theta + move))
    if np.linalg.eigvalsh(hessian)[0] > 1e-6 and short and case.slope > 0 and left < 0.01 * case.slope:
        return "it is in a minimum"
    gap = case.short.outcome.gap
    assert gap is not None
    soon = case.long.loss[case.last : 2 * case.last + 1]
    gained = float(case.short.loss[-1] - soon.min())
    return f"it gains {gained / gap:.2g} of the gap" if gained > 0.1 * gap else None


def no_floor(case: Case) -> str | None:
    """ "Runs away downhill": the longer run does not get lower and farther away all the time."""
    away = np.linalg.norm(case.long.theta - case.long.theta[0], axis=1)[case.last :]
    if case.ended:
        return None
    if not (np.diff(case.later) <= 0).all():
        return "the loss rises"
    return None if away[-1] > 2 * away[0] else "it does not get farther"


def left_the_domain(case: Case) -> str | None:
    """ "Leaves the domain": the run is as long as was asked, or the next point has a loss."""
    return None if case.last < case.setting.iterations else "it did not end"


def shrinks(case: Case) -> str | None:
    """ "The steps shrink": the last step is over a tenth of the first, or longer than the one before, or
    the gradient has shrunk more."""
    g = np.linalg.norm(case.short.gradient, axis=1)
    steps = case.steps[: case.last]
    if steps[-1] > 0.1 * steps[0] or g[-1] / g[0] < steps[-1] / steps[0]:
        return "not more than the gradient"
    return "they grow again" if steps[-1] > steps[-2] else None


def dies_out(case: Case) -> str | None:
    """ "The steps die out": as "the steps shrink"; or the longer run is said to have got to a minimum, or
    makes up for half of what the loss at the end lies above the lowest that is known."""
    lowest = min([float(case.long.loss.min()), *(m.value for m in case.loss.minima)])
    gained = (case.short.loss[-1] - case.long.loss[-1]) / max(case.short.loss[-1] - lowest, 1e-300)
    if case.long.outcome.kind in ("converged", "close", "nearing", "local-minimum"):
        return f"it is {case.long.outcome.kind} later"
    return f"{gained:.2g} of what was left is gone" if gained > 0.5 else shrinks(case)


def rate_gone(case: Case) -> str | None:
    """ "The learning rate has run out": it has not, or the minimum was reached."""
    return None if case.short.rates[-1] < 0.02 * case.short.rates.max() else "it has not"


def wanders(case: Case) -> str | None:
    """ "Wanders about a minimum with the noise": the later half of the longer run has a median loss
    above all that the shorter one's later half saw, or below it by a quarter of the scale, or, of what
    lies above the minimum, by ten times; or the loss falls at every step of the later half."""
    half = case.short.loss[case.last // 2 :]
    median = float(np.median(case.long.loss[len(case.long.loss) // 2 :]))
    if case.ended or median > half.max() + 0.02 * case.scale:
        return "it gets away upwards"
    lowest = float(case.long.loss.min())
    if median < half.min() - 0.25 * case.scale or 10 * (median - lowest) < half.min() - lowest:
        return "it gets far lower"
    return "it falls at every step" if (np.diff(half) < 0).all() else None


def outweighed(case: Case) -> str | None:
    """ "The noise outweighs the slope": the exact gradient is longer than σ√n."""
    n = len(case.setting.start)
    return None if case.slope <= case.setting.noise * np.sqrt(n) else "the slope is steeper"


def descends_in_noise(case: Case) -> str | None:
    """ "Descends through the noise": the later half is not lower on average, or never gets lower later; of
    eight steps and more, the last quarter is not lower than the one before; or as many steps again are
    no lower on average than the last quarter."""
    half = case.last // 2
    early, late = case.short.loss[: half + 1], case.short.loss[half:]
    if case.last >= 8:
        early, late = (
            case.short.loss[half : half + (case.last - half) // 2 + 1],
            late[(case.last - half) // 2 :],
        )
    early, late = early.mean(), late.mean()
    if not (late < early and case.later.min() <= case.short.loss[-1]):
        return "it does not"
    soon = case.long.loss[case.last + 1 : 2 * case.last + 1].mean()
    return None if soon <= late else "it does not go on"


JUDGES: dict[str, Callable[[Case], str | None]] = {
    "start": nothing_claimed,
    "vanished": nothing_claimed,
    "level": nothing_claimed,
    "noisy-on": nothing_claimed,
    "close": is_close,
    "falling": has_fallen,
    "still": stands_still,
    "frozen": stands_still,
    "recovering": recovers,
    "converged": stays,
    "local-minimum": local_minimum,
    "nearing": comes_near,
    "descending": goes_on_down,
    "crawling": crawls,
    "oscillating": comes_closer,
    "swinging": nothing_claimed,
    "bouncing": bounces,
    "stalling": stalls,
    "zigzagging": zigzags,
    "overshooting": rose,
    "diverged": runs_away,
    "rising": is_above,
    "above": is_higher,
    "unstable": will_diverge,
    "growing": will_diverge,
    "trapped": bounces,
    "unsettled": cannot_settle,
    "saddle": unstable_point,
    "maximum": unstable_point,
    "lingering-saddle": unstable_point,
    "lingering-maximum": unstable_point,
    "plateau": flat,
    "unbounded": no_floor,
    "left": left_the_domain,
    "died-out": dies_out,
    "shrinking": shrinks,
    "rate-gone": rate_gone,
    "noisy": wanders,
    "noise-led": outweighed,
    "noisy-descending": descends_in_noise,
}


class Verdicts(NamedTuple):
    """How often each kind was said, of runs of four steps and more too, and what was wrong with which."""

    kinds: Counter[str]
    decided: Counter[str]
    complaints: list[tuple[Case, str]]


def judged(count: int, seed: int) -> Verdicts:
    rng = np.random.default_rng(seed)
    kinds: Counter[str] = Counter()
    decided: Counter[str] = Counter()
    complaints = []
    for _ in range(count):
        with np.errstate(all="ignore"):
            setting = random_setting(rng)
        case = case_of(setting)
        kinds[case.short.outcome.kind] += 1
        if setting.iterations >= 4:
            decided[case.short.outcome.kind] += 1
        complaint = judge(case)
        if complaint:
            complaints.append((case, complaint))
    return Verdicts(kinds, decided, complaints)


def main() -> None:
    """Judge as many runs as the first argument says, with the second for a seed."""
    count, seed = (int(number) for number in (sys.argv[1:] + ["5000", "0"][len(sys.argv) - 1 :])[:2])
    result = judged(count, seed)
    wrong = Counter(case.short.outcome.kind for case, _ in result.complaints)
    for case, complaint in result.complaints:
        print(f"{case.short.outcome.kind}: {complaint}\n    {case.setting}")
    for kind, number in result.kinds.most_common():
        print(f"{kind:20} {number:6} {wrong[kind]:6} contradicted")
    bowls = sum(case.quadratic for case, _ in result.complaints)
    print(f"{len(result.complaints)} of {count} contradicted, {bowls} of them on quadratics and bowls")
    sys.exit(bowls > 0 or 1000 * len(result.complaints) > ALLOWED * count)


if __name__ == "__main__":
    main()
