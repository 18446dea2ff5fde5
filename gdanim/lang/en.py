"""English."""

NAME = "English"
DECIMAL = "."
WORDS = {
    "title": "Gradient descent to minimise {loss}",
    "loss": "Loss function",
    "learning_rate": "Learning rate",
    "start": "Start",
    "held": "{names} held",
    "minimum": "Minimum",
    "iteration": "Iteration",
    "gradient": "slope {derivative}",
    "step": "step {step}",
    "diverged": "Diverges from {k} on",
    "diverged_why": "Diverges from {k} on, because {why}",
    "overflow": "the numbers overflow after {k}",
    "finished": "After {iterations} iterations: {theta}, {loss}",
    "finished_one": "After 1 iteration: {theta}, {loss}",
    "finished_none": "At the start: {theta}, {loss}",
}
