"""The false systems of the sandbox city: FHIR servers, the insurance portal, the population register."""
