"""PostgreSQL's settings for this machine."""

from __future__ import annotations

import os
from pathlib import Path

MIB = 1024 * 1024
MAX_SHARED_BUFFERS_MIB = 8192
"""A small shop never touches most of it; among ten million customers reading past it costs more than the query."""


def memory_bytes() -> int:
    """Memory this process may use: the machine's, or less where a container sets a limit (cgroup v2)."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
    except OSError:
        return machine
    return min(machine, int(limit)) if limit.isdigit() else machine


def settings(*, memory: int, port: int, throwaway: bool) -> dict[str, str]:
    """Setting -> value. A throwaway server forgets its data at a power cut and is that much quicker."""
    buffers_mib = max(128, min(memory // 4 // MIB, MAX_SHARED_BUFFERS_MIB))
    chosen = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": ".",  # the data folder, mode 700: nobody else's processes get that far
        "max_connections": "100",
        "password_encryption": "scram-sha-256",
        "shared_buffers": f"{buffers_mib}MB",
        "effective_cache_size": f"{max(256, memory // 2 // MIB)}MB",
        "maintenance_work_mem": "128MB",
        "work_mem": "16MB",
        "max_locks_per_transaction": "256",  # a statement over every month of a partitioned table locks each
        "wal_buffers": "16MB",
        "min_wal_size": "256MB",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "synchronous_commit": "on",
        "random_page_cost": "1.1",
        # A brand's opening stock comes in one load: until it is analysed, statements by key read all of its rows.
        "autovacuum_naptime": "10s",
        "autovacuum_analyze_scale_factor": "0.05",
        "jit": "off",  # short statements only; compiling them costs more than it saves
        "idle_in_transaction_session_timeout": "5min",  # an open write transaction holds every outbox reader back
        "timezone": "UTC",
        "log_timezone": "UTC",
        "logging_collector": "on",
        "log_directory": "log",
        "log_filename": "server-%a.log",  # one file a weekday, overwritten: a week is kept
        "log_truncate_on_rotation": "on",
        "log_rotation_age": "1d",
        "log_rotation_size": "0",
        "log_min_duration_statement": "2s",
        "log_checkpoints": "off",
    }
    if throwaway:
        chosen |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "autovacuum_naptime": "5min"}
        chosen |= {"wal_level": "minimal", "max_wal_senders": "0", "shared_buffers": "128MB"}
        chosen |= {"min_wal_size": "64MB", "max_wal_size": "512MB"}  # it may live in memory
    return chosen


def as_file(chosen: dict[str, str]) -> str:
    lines = ["# Written by datong at every start. Your own settings: ALTER SYSTEM SET ... (they win)."]
    return "\n".join([*lines, *(f"{name} = '{value}'" for name, value in chosen.items())]) + "\n"
