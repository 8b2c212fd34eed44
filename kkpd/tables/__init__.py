"""The mapped classes by area; `kkpd.models` re-exports them all."""
