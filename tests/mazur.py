"""Matt Mazur, "A Step by Step Backpropagation Example" (2015): his network, and the numbers he gives."""

from typing import Any

# Two inputs, two hidden neurons, two outputs; his text leaves the biases as they are.
LOSS = (
    "net_h1 = w1*i1 + w2*i2 + b1; out_h1 = sigmoid(net_h1);"
    " net_h2 = w3*i1 + w4*i2 + b1; out_h2 = sigmoid(net_h2);"
    " net_o1 = w5*out_h1 + w6*out_h2 + b2; out_o1 = sigmoid(net_o1);"
    " net_o2 = w7*out_h1 + w8*out_h2 + b2; out_o2 = sigmoid(net_o2);"
    " E_o1 = (t1 - out_o1)^2/2; E_o2 = (t2 - out_o2)^2/2; E = E_o1 + E_o2"
)
LET = {"i1": 0.05, "i2": 0.10, "b1": 0.35, "b2": 0.60, "t1": 0.01, "t2": 0.99}
WEIGHTS = (0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55)
RATE = 0.5
SETTINGS: dict[str, Any] = {"loss": LOSS, "let": LET, "start": WEIGHTS, "learning_rate": RATE}

FORWARD = {
    "net_h1": 0.3775,
    "out_h1": 0.593269992,
    "out_h2": 0.596884378,
    "net_o1": 1.105905967,
    "out_o1": 0.75136507,
    "out_o2": 0.772928465,
    "E_o1": 0.274811083,
    "E_o2": 0.023560026,
    "E": 0.298371109,
}
# ∂target/∂source, and what comes back along the edge, where he gives it.
SLOPES = {
    ("out_o1", "E_o1"): 0.74136507,
    ("net_o1", "out_o1"): 0.186815602,
    ("w5", "net_o1"): 0.593269992,
    ("net_h1", "out_h1"): 0.241300709,
    ("w1", "net_h1"): 0.05,
    ("out_h1", "net_o1"): 0.40,
}
PRODUCTS = {
    ("w5", "net_o1"): 0.082167041,
    ("net_o1", "out_o1"): 0.138498562,
    ("out_h1", "net_o1"): 0.055399425,
    ("out_h1", "net_o2"): -0.019049119,
    ("w1", "net_h1"): 0.000438568,
}
SUM = {"out_h1": 0.036350306}  # at the fan-out, of the two paths
UPDATED = (0.149780716, 0.19956143, 0.24975114, 0.29950229, 0.35891648, 0.408666186, 0.511301270, 0.561370121)
AFTER_ONE = 0.291027924
AFTER_10_000 = 0.0000351085
OUTPUTS_THEN = {"out_o1": 0.015912196, "out_o2": 0.984065734}
