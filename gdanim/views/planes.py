"""What each node of a net makes of the plane of two features, from −1 to 1."""

from __future__ import annotations

import numpy as np

from gdanim.losses.base import Array
from gdanim.losses.functions import sigmoid
from gdanim.losses.learned import Learned
from gdanim.losses.nets import ACTIVATIONS, Net
from gdanim.losses.neurons import ONE, Wired

PAD = 0.08  # of the range of the data, to either side
BOUNDED = {"tanh": (1.0, 0.0), "sigmoid": (2.0, -1.0)}  # what makes −1 … 1 of what an activation gives


class PlaneValues:
    """The values of a net's nodes over the plane of its two inputs.

    What lies between two bounds is spread over −1 … 1; any other value v is v/(1 + |v|).

    Args:
        net, loss: the net, and the same with its data.
        cells: places along each side of the plane.

    Attributes:
        low, high: the corners of the plane.
    """

    def __init__(self, net: Wired, loss: Learned, cells: int) -> None:
        features = loss.table.features
        low, high = features.min(axis=0), features.max(axis=0)
        pad = np.where(high > low, PAD * (high - low), 1.0)
        self.low, self.high, self._cells = low - pad, high + pad, cells
        middles = (np.arange(cells) + 0.5) / cells
        across, up = np.meshgrid(middles, middles)
        shares = np.stack([across.ravel(), up.ravel()])
        self._inputs = list((2.0 * shares - 1.0).reshape(2, cells, cells))
        self._plane = self.low[:, None] + shares * (self.high - self.low)[:, None]
        self._activation = loss.activation if isinstance(loss, Net) else ""
        self._probable = loss.cost.probable and len(net.layers[-1]) == 1
        order = net.inputs
        self._layers = []
        for layer in net.layers:
            place = {vertex: i for i, vertex in enumerate(order)}
            weights = np.zeros((len(layer), len(order)), np.intp)
            biases = np.zeros(len(layer), np.intp)
            for row, neuron in enumerate(layer):
                for edge in (edge for edge in net.weights if edge.target == neuron.sum):
                    if edge.source == ONE:
                        biases[row] = edge.factor
                    else:
                        weights[row, place[edge.source]] = edge.factor
            self._layers.append((weights, biases))
            order = [neuron.value for neuron in layer]

    def spot(self, features: Array) -> Array:
        """Where a row stands on the plane: shares of its width and height, (2,)."""
        return np.asarray((features - self.low) / (self.high - self.low))

    def of(self, theta: Array, layers: int) -> list[Array]:
        """The pictures of the inputs, and of the nodes of so many layers: each (cells, cells), upwards."""
        found, h = list(self._inputs), self._plane
        with np.errstate(all="ignore"):
            for number, (weights, biases) in enumerate(self._layers[:layers], 1):
                z = theta[weights] @ h + theta[biases][:, None]
                last = number == len(self._layers)
                h = z if last else ACTIVATIONS[self._activation].function(z)
                bounded = BOUNDED.get("" if last else self._activation)
                if last and self._probable:
                    h, bounded = sigmoid(z), BOUNDED["sigmoid"]
                shown = h * bounded[0] + bounded[1] if bounded else h / (1.0 + np.abs(h))
                found += list(np.nan_to_num(shown).reshape(-1, self._cells, self._cells))
        return found
