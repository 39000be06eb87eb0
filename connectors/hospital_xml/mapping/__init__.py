"""Dossiers to records, one file per sort of fact. Pure: no call, no clock."""
