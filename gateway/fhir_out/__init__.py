"""The record in FHIR R4, for partners that do not speak GraphQL: an International Patient Summary, made on demand."""
