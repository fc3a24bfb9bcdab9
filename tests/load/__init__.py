"""Load on a generated web: a soak of hundreds of thousands of pages, and throughput beside other programs.

    python -m tests.load.soak [--urls 200000] [--hosts 500]
    python -m tests.load.throughput [--pages 2000] [--others FOLDER_OF_THEIR_ENVIRONMENT]

Both serve the web themselves, on loopback, in a process of its own.
"""
