"""`python -m appcreds_sync`."""

from appcreds_sync.cli import main

if __name__ == "__main__":
    main()
