"""The options of a model that learns from data: what from, what it is, and what it costs to be wrong."""

from __future__ import annotations

from gdanim.kinds import FLAG, NUMBER, ROW, TEXT, WHOLE
from gdanim.option import Group, Needs, Option

# In the order of `--help`.
LEARNING_OPTIONS: dict[str, Option] = {
    name: option.named(name)
    for name, option in {
        "data": Option(
            "",
            TEXT,
            Group.LOSS,
            "What a model learns from, in place of --loss: made here (see gdanim list data), CSV with a"
            " header, npz, a text for next-word, or - for standard input.",
            metavar="NAME[:KEY=VALUE,…]|FILE|-",
            traced=True,
        ),
        "model": Option(
            "",
            TEXT,
            Group.LOSS,
            "What is learned: a name (see gdanim list models) or a formula of columns and parameters such as"
            " 'a*hours + b'.",
            metavar="NAME[:KEY=VALUE,…]|FORMULA",
            unsaid="linear; for classes logistic or softmax; for a text next-word",
            traced=True,
        ),
        "cost": Option(
            "",
            TEXT,
            Group.LOSS,
            "How wrong the model is in one row, of which the loss is the mean: squared, absolute,"
            " huber:delta=1 or cross-entropy.",
            metavar="NAME",
            unsaid="squared, or cross-entropy for classes",
            traced=True,
        ),
        "target": Option(
            "",
            TEXT,
            Group.LOSS,
            "The column of the file that the model has to find.",
            metavar="COLUMN",
            unsaid="the last",
            traced=True,
        ),
        "standardize": Option(
            False,
            FLAG,
            Group.LOSS,
            "Shift and scale each feature to mean 0 and standard deviation 1.",
            traced=True,
        ),
        "squares": Option(
            False,
            FLAG,
            Group.PICTURE,
            "Show each residual as a square too, whose side is the stick: its area is the squared error.",
            needs=Needs.A_VIEW,
        ),
        "init": Option(
            None,
            NUMBER,
            Group.DESCENT,
            "Start from random numbers: of every parameter, with this standard deviation about 0, by --seed.",
            above=0.0,
            most=1e6,
            metavar="DEVIATION",
            unsaid="where the model starts by itself",
            traced=True,
            needs=Needs.COMPUTED,
        ),
        "test": Option(
            0.0,
            NUMBER,
            Group.LOSS,
            "What share of the rows is held out, as in 0.3: nothing is learned from them, and their loss is"
            " shown beside.",
            least=0.0,
            most=0.99,
            metavar="SHARE",
            unsaid="none",
            traced=True,
        ),
        "test_seed": Option(
            0, WHOLE, Group.LOSS, "Seed by which these rows are drawn.", least=0, most=2**32 - 1, traced=True
        ),
        "prompt": Option(
            "",
            TEXT,
            Group.PICTURE,
            "Words after which a model of the next word goes on, such as 'the cat'.",
            metavar="WORDS",
            unsaid="how the text begins",
            needs=Needs.A_VIEW,
        ),
        "row": Option(
            1,
            ROW,
            Group.PICTURE,
            "Which row of the data graph and network tell, from 1; or worst, the one with the largest loss"
            " where the descent starts.",
            least=1,
            metavar="N|worst",
            needs=Needs.A_VIEW,
        ),
    }.items()
}
