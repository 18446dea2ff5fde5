"""Gradient descent, momentum, and the adaptive methods; defaults are PyTorch's where it has them.

In every formula g is the gradient, η the learning rate, θ ← θ + step.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from gdanim.calls import Limits, NotNegative, Share
from gdanim.losses.base import Array
from gdanim.optimizers.base import Optimizer, State, zeros


def gd() -> Optimizer:
    """Gradient descent: θ ← θ − η g.

    Source: Cauchy (1847), Méthode générale pour la résolution des systèmes d'équations simultanées.
    """

    def update(g: Array, state: State, theta: Array, eta: float) -> tuple[Array, State]:
        return -eta * g, state

    return Optimizer(lambda theta: None, update, plain=True, limit=2.0)


def momentum(momentum: Share = 0.9, dampening: Share = 0.0) -> Optimizer:
    """Heavy ball: v ← μ v + (1 − dampening) g, θ ← θ − η v; the first v is g.

    Source: Polyak (1964), Some Methods of Speeding Up the Convergence of Iteration Methods, eq. 9;
    in the form of Sutskever et al. (2013), as PyTorch has it.
    """

    def update(g: Array, state: State, theta: Array, eta: float) -> tuple[Array, State]:
        k, v = state
        v = g if k == 0 else momentum * v + (1 - dampening) * g
        return -eta * v, (k + 1, v)

    return Optimizer(zeros(1), update, limit=2 * (1 + momentum) / (1 - dampening), state_names=("v",))


def nesterov(momentum: Share = 0.9) -> Optimizer:
    """Nesterov's accelerated gradient: v ← μ v + g, θ ← θ − η (g + μ v).

    Source: Nesterov (1983), A Method of Solving a Convex Programming Problem with Convergence Rate
    O(1/k²); in the form of Sutskever et al. (2013), as PyTorch has it.
    """

    def update(g: Array, state: State, theta: Array, eta: float) -> tuple[Array, State]:
        k, v = state
        v = g if k == 0 else momentum * v + g
        return -eta * (g + momentum * v), (k + 1, v)

    return Optimizer(zeros(1), update, limit=2 * (1 + momentum) / (1 + 2 * momentum), state_names=("v",))


def adagrad(eps: NotNegative = 1e-10) -> Optimizer:
    """AdaGrad: s ← s + g², θ ← θ − η g/(√s + ε).

    Source: Duchi, Hazan and Singer (2011), Adaptive Subgradient Methods, figure 1, diagonal case.
    """

    def update(g: Array, state: State, theta: Array, eta: float) -> tuple[Array, State]:
        k, s = state
        s = s + g * g
        return -eta * g / (np.sqrt(s) + eps), (k + 1, s)

    return Optimizer(zeros(1), update, fading=True, state_names=("s",))


def rmsprop(alpha: Share = 0.99, eps: NotNegative = 1e-8, momentum: Share = 0.0) -> Optimizer:
    """RMSprop: s ← α s + (1 − α) g², v ← μ v + g/(√s + ε), θ ← θ − η v.

    Source: Tieleman and Hinton (2012), Neural Networks for Machine Learning, lecture 6.5.
    """

    def update(g: Array, state: State, theta: Array, eta: float) -> tuple[Array, State]:
        k, s, v = state
        s = alpha * s + (1 - alpha) * g * g
        v = momentum * v + g / (np.sqrt(s) + eps)
        return -eta * v, (k + 1, s, v)

    return Optimizer(zeros(2), update, normed=True, state_names=("s", "v"))


def adadelta(rho: Share = 0.9, eps: NotNegative = 1e-6) -> Optimizer:
    """Adadelta: s ← ρ s + (1 − ρ) g², d = g √(u + ε)/√(s + ε), u ← ρ u + (1 − ρ) d², θ ← θ − η d.

    Source: Zeiler (2012), ADADELTA, algorithm 1; its η is 1.
    """

    def update(g: Array, state: State, theta: Array, eta: float) -> tuple[Array, State]:
        k, s, u = state
        s = rho * s + (1 - rho) * g * g
        d = np.sqrt(u + eps) / np.sqrt(s + eps) * g
        u = rho * u + (1 - rho) * d * d
        return -eta * d, (k + 1, s, u)

    return Optimizer(zeros(2), update, normed=True, usual=1.0, state_names=("s", "u"))


def adam(beta1: Share = 0.9, beta2: Share = 0.999, eps: NotNegative = 1e-8) -> Optimizer:
    """Adam: m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², θ ← θ − η m̂/(√v̂ + ε), hats without bias.

    Source: Kingma and Ba (2015), Adam, algorithm 1.
    """

    def update(g: Array, state: State, theta: Array, eta: float) -> tuple[Array, State]:
        k, m, v = state
        k, m, v = k + 1, beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
        mhat, vhat = m / (1 - beta1**k), v / (1 - beta2**k)
        return -eta * mhat / (np.sqrt(vhat) + eps), (k, m, v)

    return Optimizer(zeros(2), update, normed=True, state_names=("m", "v"))


def amsgrad(beta1: Share = 0.9, beta2: Share = 0.999, eps: NotNegative = 1e-8) -> Optimizer:
    """AMSGrad: Adam with vmax, the largest v so far, in place of v.

    Source: Reddi, Kale and Kumar (2018), On the Convergence of Adam and Beyond, algorithm 2; with
    Adam's bias correction, as PyTorch has it.
    """

    def update(g: Array, state: State, theta: Array, eta: float) -> tuple[Array, State]:
        k, m, v, most = state
        k, m, v = k + 1, beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
        most = np.maximum(most, v)
        denominator = np.sqrt(most) / np.sqrt(1 - beta2**k) + eps
        return -eta / (1 - beta1**k) * m / denominator, (k, m, v, most)

    return Optimizer(zeros(3), update, normed=True, state_names=("m", "v", "vmax"))


def adamw(
    beta1: Share = 0.9, beta2: Share = 0.999, eps: NotNegative = 1e-8, weight_decay: NotNegative = 0.01
) -> Optimizer:
    """AdamW: Adam's step, and θ ← (1 − η λ) θ beside it.

    Source: Loshchilov and Hutter (2019), Decoupled Weight Decay Regularization, algorithm 2.
    """
    inner = adam(beta1, beta2, eps)

    def update(g: Array, state: State, theta: Array, eta: float) -> tuple[Array, State]:
        step, state = inner.update(g, state, theta, eta)
        return step - eta * weight_decay * theta, state

    return Optimizer(inner.init, update, normed=True, state_names=inner.state_names)


def adamax(beta1: Share = 0.9, beta2: Share = 0.999, eps: NotNegative = 1e-8) -> Optimizer:
    """AdaMax: m as in Adam, u ← max(β₂ u, |g| + ε), θ ← θ − η m/((1 − β₁ᵏ) u).

    Source: Kingma and Ba (2015), Adam, algorithm 2.
    """

    def update(g: Array, state: State, theta: Array, eta: float) -> tuple[Array, State]:
        k, m, u = state
        k, m = k + 1, beta1 * m + (1 - beta1) * g
        u = np.maximum(beta2 * u, np.abs(g) + eps)
        return -eta / (1 - beta1**k) * m / u, (k, m, u)

    return Optimizer(zeros(2), update, normed=True, state_names=("m", "u"))


def nadam(
    beta1: Share = 0.9, beta2: Share = 0.999, eps: NotNegative = 1e-8, momentum_decay: NotNegative = 0.004
) -> Optimizer:
    """NAdam: Adam with Nesterov's look ahead; μₖ = β₁ (1 − ½ 0.96^(kψ)), Πμ their product.

    Source: Dozat (2016), Incorporating Nesterov Momentum into Adam, algorithm 8.
    """

    def factor(k: int) -> Any:
        return beta1 * (1 - 0.5 * 0.96 ** (k * momentum_decay))

    def init(theta: Array) -> State:
        return 0, 1.0, np.zeros_like(theta), np.zeros_like(theta)

    def update(g: Array, state: State, theta: Array, eta: float) -> tuple[Array, State]:
        k, product, m, v = state
        k, m, v = k + 1, beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
        now, ahead = factor(k), factor(k + 1)
        product *= now
        denominator = np.sqrt(v / (1 - beta2**k)) + eps
        step = -eta * (1 - now) / (1 - product) * g / denominator
        return step - eta * ahead / (1 - product * ahead) * m / denominator, (k, product, m, v)

    return Optimizer(init, update, normed=True, state_names=("Πμ", "m", "v"))


def radam(beta1: Share = 0.9, beta2: Share = 0.999, eps: NotNegative = 1e-8) -> Optimizer:
    """RAdam: Adam whose adaptive part waits until its variance can be trusted (ρₖ > 5).

    Source: Liu et al. (2020), On the Variance of the Adaptive Learning Rate and Beyond, algorithm 2.
    """
    longest = max(5.0, 2 / (1 - beta2) - 1)  # under 5 it is never trusted

    def update(g: Array, state: State, theta: Array, eta: float) -> tuple[Array, State]:
        k, m, v = state
        k, m, v = k + 1, beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
        mhat = m / (1 - beta1**k)
        rho = longest - 2 * k * beta2**k / (1 - beta2**k)
        late = np.maximum(rho, 5.0)  # before, there is no such root
        rectified = np.sqrt((late - 4) * (late - 2) * longest / ((longest - 4) * (longest - 2) * late))
        adaptive = np.sqrt(1 - beta2**k) / (np.sqrt(v) + eps)
        step = -eta * mhat
        return np.where(rho > 5, step * rectified * adaptive, step), (k, m, v)

    return Optimizer(zeros(2), update, normed=True, state_names=("m", "v"))


def rprop(
    down: Share = 0.5,
    up: Annotated[float, Limits(1)] = 1.2,
    smallest: NotNegative = 1e-6,
    largest: NotNegative = 50.0,
) -> Optimizer:
    """Rprop: each parameter has its own step size Δ, which grows while g has the sign of the last one, h.

    Source: Riedmiller and Braun (1993), A Direct Adaptive Method for Faster Backpropagation
    Learning: The RPROP Algorithm; without weight backtracking, as PyTorch has it.
    """

    def update(g: Array, state: State, theta: Array, eta: float) -> tuple[Array, State]:
        k, last, size = state
        if k == 0:
            size = np.full_like(theta, eta)
        sign = np.sign(g * last)
        size = np.clip(size * np.where(sign > 0, up, np.where(sign < 0, down, 1.0)), smallest, largest)
        g = np.where(sign < 0, 0.0, g)
        return -np.sign(g) * size, (k + 1, g, size)

    return Optimizer(zeros(2), update, normed=True, state_names=("h", "Δ"))


def lion(beta1: Share = 0.9, beta2: Share = 0.99, weight_decay: NotNegative = 0.0) -> Optimizer:
    """Lion: θ ← θ − η (sign(β₁ m + (1 − β₁) g) + λ θ), m ← β₂ m + (1 − β₂) g.

    Source: Chen et al. (2023), Symbolic Discovery of Optimization Algorithms, algorithm 2.
    """

    def update(g: Array, state: State, theta: Array, eta: float) -> tuple[Array, State]:
        k, m = state
        step = -eta * (np.sign(beta1 * m + (1 - beta1) * g) + weight_decay * theta)
        return step, (k + 1, beta2 * m + (1 - beta2) * g)

    return Optimizer(zeros(1), update, normed=True, state_names=("m",))


def yogi(beta1: Share = 0.9, beta2: Share = 0.999, eps: NotNegative = 1e-3) -> Optimizer:
    """Yogi: v ← v − (1 − β₂) sign(v − g²) g², θ ← θ − η m/(√v + ε).

    Source: Zaheer et al. (2018), Adaptive Methods for Nonconvex Optimization, algorithm 2.
    """

    def update(g: Array, state: State, theta: Array, eta: float) -> tuple[Array, State]:
        k, m, v = state
        m = beta1 * m + (1 - beta1) * g
        v = v - (1 - beta2) * np.sign(v - g * g) * g * g
        return -eta * m / (np.sqrt(v) + eps), (k + 1, m, v)

    return Optimizer(zeros(2), update, state_names=("m", "v"))


def adabelief(beta1: Share = 0.9, beta2: Share = 0.999, eps: NotNegative = 1e-8) -> Optimizer:
    """AdaBelief: Adam with s ← β₂ s + (1 − β₂)(g − m)² + ε in place of v.

    Source: Zhuang et al. (2020), AdaBelief Optimizer, algorithm 2.
    """

    def update(g: Array, state: State, theta: Array, eta: float) -> tuple[Array, State]:
        k, m, s = state
        k, m = k + 1, beta1 * m + (1 - beta1) * g
        s = beta2 * s + (1 - beta2) * (g - m) ** 2 + eps
        mhat, shat = m / (1 - beta1**k), s / (1 - beta2**k)
        return -eta * mhat / (np.sqrt(shat) + eps), (k, m, s)

    return Optimizer(zeros(2), update, normed=True, state_names=("m", "s"))
