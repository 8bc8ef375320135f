export PATH=/work/ci12/.venv/bin:$PATH PYTHONPATH=/tmp/w/kern XDG_CACHE_HOME=/tmp/w/cache-kern
unset NUMBA_CACHE_DIR PYTHONDONTWRITEBYTECODE
