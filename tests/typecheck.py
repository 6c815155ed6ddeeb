"""The type checker that conftest.py puts into every signature of ganbook: beartype, with int allowed for float."""

from beartype import BeartypeConf, beartype

check = beartype(conf=BeartypeConf(is_pep484_tower=True))
