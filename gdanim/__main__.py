"""`python -m gdanim` is `gdanim`."""

from gdanim.cli import console

if __name__ == "__main__":
    console()
