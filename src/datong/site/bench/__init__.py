"""Benchmarks: figures that a change can be judged by, taken on the machine at hand, as ratios where they are claims."""
