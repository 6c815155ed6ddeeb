"""The checker that conftest.py puts on every signature of ganbook: beartype, with an int where a float is asked for."""

from beartype import BeartypeConf, beartype

check = beartype(conf=BeartypeConf(is_pep484_tower=True))
