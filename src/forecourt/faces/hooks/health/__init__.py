"""`/healthz`: whether each part of Forecourt works, for the person who runs it and for the programs that watch it."""
