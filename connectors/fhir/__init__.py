"""Hospitals, registers and insurers that speak HL7 FHIR R4 (4.0.1) or R5 (5.0.0) over REST."""
