"""A seeded simulator: months of OPD life through the real services, all checked at each step.

The same seed plays the same life on any database, so a broken invariant can be repeated by its seed
and step. What happens at the bank is known to the simulator, which makes it the judge of custody.

The watcher reads through a second engine. A new invariant gets its line in
tests/simulation/test_pengawas.py.
"""

from tests.simulator.jalan import Report, Request, jalankan

__all__ = ["Report", "Request", "jalankan"]
