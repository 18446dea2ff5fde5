"""`python -m gdanim` is `gdanim`."""

from gdanim.cli import main

if __name__ == "__main__":
    main()
