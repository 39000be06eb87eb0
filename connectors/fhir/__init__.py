"""Hospitals, registers and insurers that speak HL7 FHIR R4 (4.0.1) over REST."""
